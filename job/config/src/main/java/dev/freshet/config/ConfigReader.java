package dev.freshet.config;

import dev.freshet.view.declare.Suggestion;
import dev.freshet.view.sql.MysqlSession;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Reads {@code freshet.yaml} and the environment, which goes before it.
 *
 * <p>All problems are found before any is reported: unknown keys and variables, missing and
 * malformed values, files that cannot be read, secrets where they must not stand, and values that
 * do not go together.
 */
public final class ConfigReader {
  private static final int MANY = 1_000_000;
  private static final int MINUTES_10 = 600_000;

  /** What a view's query needs to mean the same everywhere is not for the user to change. */
  private static final Set<String> OWN_MYSQL = ownMysql();

  private static final Set<String> OWN_POSTGRES =
      Set.of("user", "password", "options", "ApplicationName", "reWriteBatchedInserts");
  private static final Set<String> OWN_KAFKA = Set.of("bootstrap.servers");
  private static final Set<String> OWN_FLINK =
      Set.of("rest.address", "rest.port", "execution.target", "parallelism.default");

  private final Path file;
  private final Fields fields;
  private final List<String> problems;

  private ConfigReader(Path file, Fields fields, List<String> problems) {
    this.file = file;
    this.fields = fields;
    this.problems = problems;
  }

  /**
   * Reads a file.
   *
   * @param environment by which settings may be overridden
   * @throws BadConfig with every problem
   */
  public static Config read(Path file, Map<String, String> environment) {
    List<String> problems = new ArrayList<>();
    YamlFile yaml = YamlFile.read(file.toAbsolutePath(), problems);
    Fields fields = new Fields(file.toAbsolutePath(), yaml, environment, problems);
    refuseUnknown(environment, problems);
    Config config = new ConfigReader(file.toAbsolutePath(), fields, problems).config();
    if (!problems.isEmpty()) {
      throw new BadConfig(problems);
    }
    return config;
  }

  private Config config() {
    return new Config(
        file,
        source(),
        fields.folder(Setting.VIEWS_FOLDER),
        store(),
        kafka(),
        flink(),
        reader(),
        job());
  }

  private Config.Source source() {
    return new Config.Source(
        fields.text(Setting.SOURCE_HOST),
        fields.port(Setting.SOURCE_PORT),
        new Config.Account(
            fields.text(Setting.SOURCE_USER), fields.secret(Setting.SOURCE_PASSWORD_FILE)),
        fields.text(Setting.SOURCE_DATABASE),
        fields.number(Setting.SOURCE_SERVER_ID, 0, Integer.MAX_VALUE),
        fields.number(Setting.SOURCE_CHUNK_SIZE, 1, 100 * MANY),
        fields.map(Setting.SOURCE_PROPERTIES, OWN_MYSQL));
  }

  private Config.Store store() {
    return new Config.Store(
        fields.text(Setting.STORE_HOST),
        fields.port(Setting.STORE_PORT),
        new Config.Account(
            fields.text(Setting.STORE_USER), fields.secret(Setting.STORE_PASSWORD_FILE)),
        fields.text(Setting.STORE_DATABASE),
        fields.matching(
            Setting.STORE_SCHEMA,
            "(?!pg_)[^\\p{Cntrl}]{1,63}",
            "a Postgres schema has 1 to 63 characters and does not begin with pg_"),
        fields.map(Setting.STORE_PROPERTIES, OWN_POSTGRES));
  }

  private Config.Kafka kafka() {
    return new Config.Kafka(
        fields.matchingUnlessEmpty(
            Setting.KAFKA_BOOTSTRAP,
            "[^,\\s]+:\\d{1,5}(,[^,\\s]+:\\d{1,5})*",
            "give host:port, with commas between brokers"),
        fields.matching(
            Setting.KAFKA_TOPIC_PREFIX,
            "[A-Za-z0-9._-]{1,100}",
            "take up to 100 letters, digits, '.', '_' and '-'"),
        fields.map(Setting.KAFKA_PROPERTIES, OWN_KAFKA));
  }

  private Config.Flink flink() {
    String url = url(Setting.FLINK_URL, fields.text(Setting.FLINK_URL));
    return new Config.Flink(
        url,
        fields.optional(Setting.FLINK_SAVEPOINTS),
        fields.map(Setting.FLINK_PROPERTIES, OWN_FLINK));
  }

  private Config.Reader reader() {
    String host = fields.text(Setting.READER_HOST);
    int port = fields.port(Setting.READER_PORT);
    Optional<Config.Tls> tls = tls();
    String scheme = tls.isPresent() ? "https://" : "http://";
    String url =
        fields
            .optional(Setting.READER_URL)
            .map(given -> url(Setting.READER_URL, given))
            .orElse(scheme + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
    return new Config.Reader(
        host,
        port,
        url,
        token(),
        access(),
        tls,
        account(
            Setting.READER_SOURCE_USER,
            Setting.READER_SOURCE_PASSWORD_FILE,
            Setting.SOURCE_USER,
            Setting.SOURCE_PASSWORD_FILE),
        account(
            Setting.READER_STORE_USER,
            Setting.READER_STORE_PASSWORD_FILE,
            Setting.STORE_USER,
            Setting.STORE_PASSWORD_FILE),
        limits());
  }

  private Optional<Secret> token() {
    int before = problems.size();
    Optional<Secret> token = fields.optionalSecret(Setting.READER_TOKEN_FILE);
    if (problems.size() == before
        && token.isPresent()
        && !token.get().reveal().matches("[!-~]{8,}")) {
      problems.add(
          fields.subject(Setting.READER_TOKEN_FILE)
              + " holds fewer than 8 visible ASCII characters or others;"
              + " make a token with: openssl rand -hex 24");
    }
    return token;
  }

  private Config.Access access() {
    Config.Access access =
        new Config.Access(
            fields.optionalSecretFile(Setting.READER_TOKENS_FILE),
            fields.optionalSecretFile(Setting.READER_JWT_KEY_FILE),
            fields.optional(Setting.READER_JWT_ISSUER),
            fields.optional(Setting.READER_JWT_AUDIENCE));
    for (Setting setting : List.of(Setting.READER_JWT_ISSUER, Setting.READER_JWT_AUDIENCE)) {
      if (access.jwtKey().isEmpty() && fields.optional(setting).isPresent()) {
        problems.add(
            "%s is set without %s; set both, or leave it out"
                .formatted(fields.subject(setting), Setting.READER_JWT_KEY_FILE.path()));
      }
    }
    return access;
  }

  private Optional<Config.Tls> tls() {
    Optional<SecretFile> certificate =
        fields.optionalSecretFile(Setting.READER_TLS_CERTIFICATE_FILE);
    Optional<SecretFile> key = fields.optionalSecretFile(Setting.READER_TLS_KEY_FILE);
    if (certificate.isPresent() != key.isPresent()) {
      Setting present =
          key.isPresent() ? Setting.READER_TLS_KEY_FILE : Setting.READER_TLS_CERTIFICATE_FILE;
      Setting missing =
          key.isPresent() ? Setting.READER_TLS_CERTIFICATE_FILE : Setting.READER_TLS_KEY_FILE;
      problems.add(
          "%s is set without %s; set both, or none for plain HTTP"
              .formatted(fields.subject(present), missing.path()));
    }
    return certificate.isPresent() && key.isPresent()
        ? Optional.of(new Config.Tls(certificate.get(), key.get()))
        : Optional.empty();
  }

  /** An account of the reader's own, or the job's. */
  private Config.Account account(
      Setting ownUser, Setting ownPassword, Setting user, Setting password) {
    Optional<String> name = fields.optional(ownUser);
    Optional<Secret> secret = fields.optionalSecret(ownPassword);
    if (name.isPresent() != secret.isPresent()) {
      Setting missing = name.isPresent() ? ownPassword : ownUser;
      Setting present = name.isPresent() ? ownUser : ownPassword;
      problems.add(
          "%s is set without %s; set both, or none to take %s"
              .formatted(fields.subject(present), missing.path(), user.path()));
    }
    return name.isPresent() && secret.isPresent()
        ? new Config.Account(name.get(), secret.get())
        : new Config.Account(fields.known(user), fields.knownSecret(password));
  }

  private Config.Limits limits() {
    Config.Limits limits =
        new Config.Limits(
            fields.number(Setting.READER_THREADS, 16, 1000),
            fields.number(Setting.READER_STORE_CONNECTIONS, 1, 1000),
            fields.number(Setting.READER_STORE_TIMEOUT_MS, 1, MINUTES_10),
            fields.number(Setting.READER_FALLBACKS, 1, 500),
            fields.number(Setting.READER_FALLBACK_QUEUE, 0, 500),
            fields.number(Setting.READER_FALLBACK_WAIT_MS, 1, MINUTES_10),
            fields.number(Setting.READER_FALLBACK_TIMEOUT_MS, 1, MINUTES_10),
            fields.number(Setting.READER_STREAMS, 0, 100_000),
            fields.number(Setting.READER_FALLBACKS_PER_SECOND, 0, 1_000_000));
    if (limits.fallbacks() + limits.fallbackQueue() >= limits.threads()) {
      problems.add(
          "%s is %d, but %d reader.fallbacks and %d in reader.fallback-queue could hold all threads; raise it above their sum"
              .formatted(
                  fields.subject(Setting.READER_THREADS),
                  limits.threads(),
                  limits.fallbacks(),
                  limits.fallbackQueue()));
    }
    return limits;
  }

  private Config.Job job() {
    int parallelism = fields.number(Setting.JOB_PARALLELISM, 1, 32_768);
    int most = fields.number(Setting.JOB_MAX_PARALLELISM, 1, 32_768);
    if (parallelism > most) {
      problems.add(
          "%s is %d, above job.max-parallelism %d; lower it"
              .formatted(fields.subject(Setting.JOB_PARALLELISM), parallelism, most));
    }
    return new Config.Job(
        fields.matching(
            Setting.JOB_NAME,
            "[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}",
            "take up to 100 letters, digits, ' ', '.', '_' and '-', a letter or digit first"),
        parallelism,
        most,
        fields.number(Setting.JOB_CHECKPOINT_INTERVAL_MS, 100, 86_400_000),
        fields.number(Setting.JOB_MAX_VALUE_BYTES, 1, 1 << 28));
  }

  private String url(Setting setting, String text) {
    try {
      URI uri = URI.create(text);
      boolean plain =
          (uri.getScheme() + "").matches("https?")
              && uri.getHost() != null
              && uri.getRawQuery() == null
              && uri.getRawUserInfo() == null;
      if (plain) {
        return text.replaceFirst("/+$", "");
      }
    } catch (IllegalArgumentException e) {
      // Reported below.
    }
    if (!text.isEmpty()) {
      problems.add(
          "%s is '%s'; give an address such as http://flink:8081"
              .formatted(fields.subject(setting), text));
    }
    return "http://127.0.0.1";
  }

  private static void refuseUnknown(Map<String, String> environment, List<String> problems) {
    Set<String> known = new TreeSet<>();
    for (Setting setting : Setting.values()) {
      known.add(setting.variable());
      if (setting.isSecret()) {
        known.add(setting.plainVariable());
      }
    }
    List<String> prefixes =
        Arrays.stream(Setting.values())
            .map(setting -> setting.variable().replaceFirst("^(FRESHET_[A-Z]+_).*", "$1"))
            .distinct()
            .toList();
    for (String name : new TreeSet<>(environment.keySet())) {
      if (prefixes.stream().anyMatch(name::startsWith) && !known.contains(name)) {
        problems.add(
            "Variable "
                + name
                + " is no setting; "
                + Suggestion.of(
                    name, known, "unset it, or look its name up in deploy/docs/configuration.md"));
      }
    }
  }

  private static Set<String> ownMysql() {
    Set<String> free =
        Set.of("sslMode", "connectTimeout", "allowPublicKeyRetrieval", "tcpKeepAlive");
    return Stream.concat(
            Stream.of("user", "password"),
            MysqlSession.settings().keySet().stream().filter(name -> !free.contains(name)))
        .collect(java.util.stream.Collectors.toUnmodifiableSet());
  }
}
