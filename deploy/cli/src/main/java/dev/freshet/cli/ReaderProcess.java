package dev.freshet.cli;

import dev.freshet.config.Config;
import dev.freshet.config.SecretFile;
import java.io.File;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How the reader is executed for a configuration. */
public final class ReaderProcess {
  /** The program. */
  public static final String MAIN = "dev.freshet.reader.ReaderMain";

  /** Options of its JVM. */
  public static final List<String> JVM =
      List.of("-Xmx160m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError");

  private ReaderProcess() {}

  /** The reader's own variables; they hold secrets. */
  public static Map<String, String> environment(Config config) {
    Config.Reader reader = config.reader();
    Map<String, String> variables = new TreeMap<>();
    variables.put("FRESHET_READER_HOST", reader.host());
    variables.put("FRESHET_READER_PORT", String.valueOf(reader.port()));
    if (reader.token().isEmpty() && !reader.access().lets()) {
      throw new Failure(
          "Reader: reader.token-file is missing in "
              + config.file()
              + "; name a file there, or set FRESHET_READER_TOKEN, or see"
              + " deploy/docs/security.md");
    }
    reader.token().ifPresent(token -> variables.put("FRESHET_READER_TOKEN", token.reveal()));
    put(variables, "FRESHET_READER_TOKENS", reader.access().tokens());
    put(variables, "FRESHET_READER_JWT_KEY", reader.access().jwtKey());
    reader.access().jwtIssuer().ifPresent(n -> variables.put("FRESHET_READER_JWT_ISSUER", n));
    reader.access().jwtAudience().ifPresent(n -> variables.put("FRESHET_READER_JWT_AUDIENCE", n));
    put(variables, "FRESHET_READER_TLS_CERTIFICATE", reader.tls().map(Config.Tls::certificate));
    put(variables, "FRESHET_READER_TLS_KEY", reader.tls().map(Config.Tls::key));
    variables.put("FRESHET_MYSQL_HOST", config.source().host());
    variables.put("FRESHET_MYSQL_PORT", String.valueOf(config.source().port()));
    variables.put("FRESHET_MYSQL_USER", reader.source().user());
    variables.put("FRESHET_MYSQL_PASSWORD", reader.source().password().reveal());
    variables.put("FRESHET_MYSQL_DATABASE", config.source().database());
    variables.put("FRESHET_MYSQL_PROPERTIES", joined(config.source().properties().values()));
    variables.put("FRESHET_POSTGRES_HOST", config.store().host());
    variables.put("FRESHET_POSTGRES_PORT", String.valueOf(config.store().port()));
    variables.put("FRESHET_POSTGRES_USER", reader.store().user());
    variables.put("FRESHET_POSTGRES_PASSWORD", reader.store().password().reveal());
    variables.put("FRESHET_POSTGRES_DATABASE", config.store().database());
    variables.put("FRESHET_POSTGRES_SCHEMA", config.store().schema());
    variables.put("FRESHET_POSTGRES_PROPERTIES", joined(config.store().properties().values()));
    variables.put("FRESHET_KAFKA_BOOTSTRAP", config.kafka().bootstrap().orElse(""));
    variables.put("FRESHET_KAFKA_TOPIC_PREFIX", config.kafka().topicPrefix());
    variables.put("FRESHET_KAFKA_PROPERTIES", joined(config.kafka().properties().values()));
    Config.Limits limits = reader.limits();
    variables.put("FRESHET_READER_THREADS", "" + limits.threads());
    variables.put("FRESHET_READER_STORE_CONNECTIONS", "" + limits.storeConnections());
    variables.put("FRESHET_READER_STORE_TIMEOUT_MS", "" + limits.storeTimeoutMs());
    variables.put("FRESHET_READER_FALLBACKS", "" + limits.fallbacks());
    variables.put("FRESHET_READER_FALLBACK_QUEUE", "" + limits.fallbackQueue());
    variables.put("FRESHET_READER_FALLBACK_WAIT_MS", "" + limits.fallbackWaitMs());
    variables.put("FRESHET_READER_FALLBACK_TIMEOUT_MS", "" + limits.fallbackTimeoutMs());
    variables.put("FRESHET_READER_STREAMS", "" + limits.streams());
    variables.put("FRESHET_READER_FALLBACKS_PER_SECOND", "" + limits.fallbacksPerSecond());
    return variables;
  }

  /** A secret's file, so that the reader sees it change; else the secret itself. */
  private static void put(Map<String, String> variables, String name, Optional<SecretFile> secret) {
    secret.ifPresent(
        given ->
            given
                .file()
                .ifPresentOrElse(
                    file -> variables.put(name + "_FILE", file.toString()),
                    () -> variables.put(name, given.content().reveal())));
  }

  /** The reader's classes and what they need. */
  public static String classPath(Layout layout) {
    try {
      return layout.readerJar()
          + File.pathSeparator
          + Files.readString(layout.readerClassPath()).strip();
    } catch (IOException e) {
      throw new Failure(
          "Build: " + layout.readerClassPath() + " is missing; run mvn package -DskipTests", e);
    }
  }

  private static String joined(Map<String, String> properties) {
    return properties.entrySet().stream()
        .map(entry -> encoded(entry.getKey()) + "=" + encoded(entry.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
