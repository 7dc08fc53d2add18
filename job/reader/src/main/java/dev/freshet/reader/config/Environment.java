package dev.freshet.reader.config;

import dev.freshet.reader.access.Access;
import dev.freshet.reader.access.Guard;
import dev.freshet.reader.secret.BadSecret;
import dev.freshet.reader.secret.SecretText;
import dev.freshet.reader.secret.TlsIdentity;
import dev.freshet.view.declare.Suggestion;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A reader's configuration out of environment variables.
 *
 * <p>All problems are found before any is reported: missing and malformed values, files that cannot
 * be read, a secret given twice, and unknown variables with one of the reader's prefixes.
 *
 * <ul>
 *   <li>{@code FRESHET_READER_}: {@code HOST} (127.0.0.1), {@code PORT} (8080), one or more of
 *       {@code TOKEN}, {@code TOKENS} and {@code JWT_KEY} (with {@code JWT_ISSUER} and {@code
 *       JWT_AUDIENCE}), {@code TLS_CERTIFICATE} and {@code TLS_KEY}, {@code THREADS}, {@code
 *       STORE_CONNECTIONS}, {@code STORE_TIMEOUT_MS}, {@code FALLBACKS}, {@code FALLBACK_QUEUE},
 *       {@code FALLBACK_WAIT_MS}, {@code FALLBACK_TIMEOUT_MS}, {@code FALLBACKS_PER_SECOND} (0: any
 *       number), {@code STREAMS}; tokens, keys and certificates may be in files, {@code TOKEN_FILE}
 *       and so on
 *   <li>{@code FRESHET_MYSQL_}: {@code HOST} (127.0.0.1), {@code PORT} (3306), {@code USER}, {@code
 *       PASSWORD} or {@code PASSWORD_FILE}, {@code DATABASE}, {@code PROPERTIES} of the driver
 *   <li>{@code FRESHET_POSTGRES_}: {@code HOST} (127.0.0.1), {@code PORT} (5432), {@code USER},
 *       {@code PASSWORD} or {@code PASSWORD_FILE}, {@code DATABASE}, {@code SCHEMA} (freshet),
 *       {@code PROPERTIES} of the driver
 *   <li>{@code FRESHET_KAFKA_}: {@code BOOTSTRAP} (empty: no requests are handed over), {@code
 *       TOPIC_PREFIX} (freshet), {@code PROPERTIES} of its clients
 * </ul>
 */
public final class Environment {
  private static final List<String> PREFIXES =
      List.of("FRESHET_READER_", "FRESHET_MYSQL_", "FRESHET_POSTGRES_", "FRESHET_KAFKA_");

  private final Map<String, String> variables;
  private final TreeSet<String> known = new TreeSet<>();
  private final List<String> problems = new ArrayList<>();

  private Environment(Map<String, String> variables) {
    this.variables = variables;
  }

  /**
   * Reads all variables.
   *
   * @throws BadConfig with every problem
   */
  public static ReaderConfig read(Map<String, String> variables) throws BadConfig {
    return new Environment(variables).config();
  }

  private ReaderConfig config() throws BadConfig {
    String host = text("FRESHET_READER_HOST", Optional.of("127.0.0.1"));
    int port = number("FRESHET_READER_PORT", 8080, 0, 65535);
    Optional<TlsIdentity> tls = tls();
    Access access = access();
    Database mysql = database("FRESHET_MYSQL_", 3306);
    Database postgres = database("FRESHET_POSTGRES_", 5432);
    String schema = text("FRESHET_POSTGRES_SCHEMA", Optional.of("freshet"));
    Kafka kafka = kafka();
    Limits limits = limits();
    if (limits.fallbacks() + limits.fallbackQueue() >= limits.threads()) {
      problems.add(
          "FRESHET_READER_THREADS is %d, but %d FALLBACKS and %d in FALLBACK_QUEUE could hold them all; raise it above their sum"
              .formatted(limits.threads(), limits.fallbacks(), limits.fallbackQueue()));
    }
    refuseUnknown();
    if (!problems.isEmpty()) {
      throw new BadConfig(problems);
    }
    return new ReaderConfig(host, port, tls, access, mysql, postgres, schema, kafka, limits);
  }

  private Access access() {
    int before = problems.size();
    Optional<SecretText> token = source("FRESHET_READER_TOKEN");
    Optional<SecretText> tokens = source("FRESHET_READER_TOKENS");
    Optional<SecretText> keys = source("FRESHET_READER_JWT_KEY");
    Optional<String> issuer = optional("FRESHET_READER_JWT_ISSUER");
    Optional<String> audience = optional("FRESHET_READER_JWT_AUDIENCE");
    if (problems.size() == before && token.isEmpty() && tokens.isEmpty() && keys.isEmpty()) {
      problems.add(
          "FRESHET_READER_TOKEN is not set; set it, FRESHET_READER_TOKENS or FRESHET_READER_JWT_KEY,"
              + " or one of them with _FILE");
    }
    if (keys.isEmpty() && (issuer.isPresent() || audience.isPresent())) {
      problems.add(
          "FRESHET_READER_JWT_ISSUER and FRESHET_READER_JWT_AUDIENCE go with FRESHET_READER_JWT_KEY,"
              + " which is not set; set it, or unset them");
    }
    Access access =
        new Access(token, tokens, keys.map(key -> new Access.Signed(key, issuer, audience)));
    if (problems.size() == before) {
      try {
        Guard.check(access);
      } catch (BadSecret e) {
        problems.addAll(e.problems());
      }
    }
    return access;
  }

  private Optional<TlsIdentity> tls() {
    int before = problems.size();
    Optional<SecretText> certificate = source("FRESHET_READER_TLS_CERTIFICATE");
    Optional<SecretText> key = source("FRESHET_READER_TLS_KEY");
    if (problems.size() == before && certificate.isPresent() != key.isPresent()) {
      problems.add(
          "FRESHET_READER_TLS_CERTIFICATE and FRESHET_READER_TLS_KEY go together; set both, or none"
              + " for plain HTTP");
    }
    if (problems.size() > before || certificate.isEmpty() || key.isEmpty()) {
      return Optional.empty();
    }
    TlsIdentity identity = new TlsIdentity(certificate.get(), key.get());
    try {
      // Only to know now that it works.
      var unused = identity.keyStore();
    } catch (BadSecret e) {
      problems.addAll(e.problems());
    }
    return Optional.of(identity);
  }

  private Limits limits() {
    Limits defaults = Limits.DEFAULT;
    return new Limits(
        number("FRESHET_READER_THREADS", defaults.threads(), 16, 1000),
        number("FRESHET_READER_STORE_CONNECTIONS", defaults.storeConnections(), 1, 1000),
        millis("FRESHET_READER_STORE_TIMEOUT_MS", defaults.storeTimeout()),
        number("FRESHET_READER_FALLBACKS", defaults.fallbacks(), 1, 500),
        number("FRESHET_READER_FALLBACK_QUEUE", defaults.fallbackQueue(), 0, 500),
        millis("FRESHET_READER_FALLBACK_WAIT_MS", defaults.fallbackWait()),
        millis("FRESHET_READER_FALLBACK_TIMEOUT_MS", defaults.fallbackTimeout()),
        number("FRESHET_READER_STREAMS", defaults.streams(), 0, 100_000),
        number("FRESHET_READER_FALLBACKS_PER_SECOND", defaults.fallbacksPerSecond(), 0, 1_000_000));
  }

  private Database database(String prefix, int port) {
    return new Database(
        text(prefix + "HOST", Optional.of("127.0.0.1")),
        number(prefix + "PORT", port, 1, 65535),
        text(prefix + "USER", Optional.empty()),
        secret(prefix + "PASSWORD"),
        text(prefix + "DATABASE", Optional.empty()),
        properties(prefix + "PROPERTIES"));
  }

  private Kafka kafka() {
    return new Kafka(
        variable("FRESHET_KAFKA_BOOTSTRAP").map(String::strip).filter(text -> !text.isEmpty()),
        text("FRESHET_KAFKA_TOPIC_PREFIX", Optional.of("freshet")),
        properties("FRESHET_KAFKA_PROPERTIES"));
  }

  /** As in a JDBC address: {@code name=value&name=value}, percent-encoded. */
  private Map<String, String> properties(String name) {
    Map<String, String> properties = new TreeMap<>();
    for (String pair : variable(name).orElse("").split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        properties.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
      } else if (!pair.isBlank()) {
        problems.add(name + " has a part without '='; write name=value&name=value");
      }
    }
    return properties;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private Optional<String> variable(String name) {
    known.add(name);
    return Optional.ofNullable(variables.get(name));
  }

  private String text(String name, Optional<String> otherwise) {
    Optional<String> value = variable(name).or(() -> otherwise);
    if (value.isEmpty() || value.get().isBlank()) {
      problems.add(name + (value.isEmpty() ? " is not set" : " is empty") + "; set it");
      return "";
    }
    return value.get();
  }

  private int number(String name, int otherwise, int least, int most) {
    Optional<String> value = variable(name);
    if (value.isEmpty()) {
      return otherwise;
    }
    try {
      int number = Integer.parseInt(value.get());
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported like a number outside the range.
    }
    problems.add(
        "%s is '%s'; give a whole number from %d to %d".formatted(name, value.get(), least, most));
    return otherwise;
  }

  private Duration millis(String name, Duration otherwise) {
    return Duration.ofMillis(number(name, (int) otherwise.toMillis(), 1, 600_000));
  }

  /** The value itself or the content of a file; never part of a message. */
  private String secret(String name) {
    int before = problems.size();
    Optional<SecretText> source = source(name);
    if (source.isEmpty() && problems.size() == before) {
      problems.add("%s is not set; set it or %s_FILE".formatted(name, name));
    }
    try {
      return source.isPresent() ? source.get().read() : "";
    } catch (BadSecret e) {
      problems.addAll(e.problems());
      return "";
    }
  }

  private Optional<SecretText> source(String name) {
    Optional<String> value = variable(name);
    Optional<String> file = variable(name + "_FILE");
    if (value.isPresent() && file.isPresent()) {
      problems.add("%s and %s_FILE are both set; keep one".formatted(name, name));
      return Optional.empty();
    }
    if (value.isPresent()) {
      if (value.get().isEmpty()) {
        problems.add(name + " is empty; set it");
      }
      return value.filter(text -> !text.isEmpty()).map(SecretText.Given::new);
    }
    try {
      return file.map(path -> new SecretText.InFile(name + "_FILE", Path.of(path)));
    } catch (InvalidPathException e) {
      problems.add("%s_FILE is no path; give the path of a file".formatted(name));
      return Optional.empty();
    }
  }

  private Optional<String> optional(String name) {
    return variable(name).map(String::strip).filter(text -> !text.isEmpty());
  }

  private void refuseUnknown() {
    for (String name : new TreeSet<>(variables.keySet())) {
      if (!known.contains(name) && PREFIXES.stream().anyMatch(name::startsWith)) {
        problems.add(name + " is no setting of the reader" + Suggestion.suffix(name, known));
      }
    }
  }
}
