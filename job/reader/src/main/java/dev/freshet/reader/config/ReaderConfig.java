package dev.freshet.reader.config;

import dev.freshet.config.BadConfig;
import dev.freshet.config.Config;
import dev.freshet.config.ConfigReader;
import dev.freshet.config.SecretFile;
import dev.freshet.reader.access.Access;
import dev.freshet.reader.access.Guard;
import dev.freshet.reader.secret.BadSecret;
import dev.freshet.reader.secret.SecretText;
import dev.freshet.reader.secret.TlsIdentity;
import dev.freshet.reader.share.Shares;
import dev.freshet.telemetry.TelemetryOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The configuration of a reader: {@link dev.freshet.config.Config.ForReader}, with the reader's
 * types for its parts. {@link #toString} shows no secret.
 *
 * @param host the address on which the reader listens
 * @param port the port on which the reader listens; 0 for any free port
 * @param tls the certificate and key of the listener; empty for plain HTTP
 * @param access the tokens that the reader accepts
 * @param mysql the source, with the reader's account
 * @param postgres the store, with the reader's account
 * @param schema the Postgres schema of the store
 * @param kafka the Kafka to which the reader sends requests to jobs
 * @param flinkUrl Flink's REST address for the page; empty if Flink is not asked
 * @param telemetry where traces and metrics go
 */
public record ReaderConfig(
    String host,
    int port,
    Optional<TlsIdentity> tls,
    Access access,
    Database mysql,
    Database postgres,
    String schema,
    Kafka kafka,
    Limits limits,
    Optional<String> flinkUrl,
    TelemetryOptions telemetry) {
  public ReaderConfig {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(tls, "tls");
    Objects.requireNonNull(access, "access");
    Objects.requireNonNull(mysql, "mysql");
    Objects.requireNonNull(postgres, "postgres");
    Objects.requireNonNull(schema, "schema");
    Objects.requireNonNull(kafka, "kafka");
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(flinkUrl, "flinkUrl");
    Objects.requireNonNull(telemetry, "telemetry");
  }

  /** Creates the configuration of a reader that neither asks Flink nor exports telemetry. */
  public ReaderConfig(
      String host,
      int port,
      Optional<TlsIdentity> tls,
      Access access,
      Database mysql,
      Database postgres,
      String schema,
      Kafka kafka,
      Limits limits) {
    this(
        host,
        port,
        tls,
        access,
        mysql,
        postgres,
        schema,
        kafka,
        limits,
        Optional.empty(),
        TelemetryOptions.NONE);
  }

  /**
   * Reads {@code freshet.yaml} and the environment variables, which override the file, and checks
   * that the reader's secrets can be used.
   *
   * @throws BadConfig with every problem
   */
  public static ReaderConfig read(Path file, Map<String, String> environment) {
    Config.ForReader config =
        ConfigReader.forReader(file, environment, ReaderConfig::secretProblems);
    Config.Reader reader = config.reader();
    return new ReaderConfig(
        reader.host(),
        reader.port(),
        reader.tls().map(ReaderConfig::identity),
        access(reader.access()),
        mysql(config.source()),
        postgres(config.store()),
        config.store().schema(),
        new Kafka(
            config.kafka().bootstrap(),
            config.kafka().topicPrefix(),
            config.kafka().properties().values()),
        limits(reader.limits()),
        reader.flinkUrl(),
        config
            .telemetry()
            .map(to -> new TelemetryOptions(to.endpoint(), to.sample()))
            .orElse(TelemetryOptions.NONE));
  }

  private static List<String> secretProblems(Config.Access access, Optional<Config.Tls> tls) {
    List<String> problems = new ArrayList<>();
    try {
      Guard.check(access(access));
    } catch (BadSecret e) {
      problems.addAll(e.problems());
    }
    try {
      if (tls.isPresent()) {
        // Reports an unusable certificate or key with the other problems.
        var unused = identity(tls.get()).keyStore();
      }
    } catch (BadSecret e) {
      problems.addAll(e.problems());
    }
    return problems;
  }

  private static Access access(Config.Access access) {
    return new Access(
        access.token().map(ReaderConfig::text),
        access.tokens().map(ReaderConfig::text),
        signed(access));
  }

  private static Optional<Access.Signed> signed(Config.Access access) {
    return access.jwtKey().isEmpty() && access.jwtSecret().isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Access.Signed(
                access.jwtKey().map(ReaderConfig::text),
                access.jwtSecret().map(ReaderConfig::text),
                access.jwtIssuer(),
                access.jwtAudience()));
  }

  private static TlsIdentity identity(Config.Tls tls) {
    return new TlsIdentity(text(tls.certificate()), text(tls.key()));
  }

  private static SecretText text(SecretFile secret) {
    return secret
        .file()
        .<SecretText>map(file -> new SecretText.InFile(secret.subject(), file))
        .orElseGet(() -> new SecretText.Given(secret.subject(), secret.content().reveal()));
  }

  private static Database mysql(Config.Source source) {
    return new Database(
        source.host(),
        source.port(),
        source.account().user(),
        source.account().password().reveal(),
        source.database(),
        source.properties().values());
  }

  private static Database postgres(Config.Store store) {
    return new Database(
        store.host(),
        store.port(),
        store.account().user(),
        store.account().password().reveal(),
        store.database(),
        store.properties().values());
  }

  private static Limits limits(Config.Limits limits) {
    return new Limits(
        limits.threads(),
        limits.storeConnections(),
        Duration.ofMillis(limits.storeTimeoutMs()),
        limits.fallbacks(),
        limits.fallbackQueue(),
        Duration.ofMillis(limits.fallbackWaitMs()),
        Duration.ofMillis(limits.fallbackTimeoutMs()),
        limits.streams(),
        limits.fallbacksPerSecond(),
        limits.maxConnections(),
        limits.maxConnectionsPerAddress() == 0
            ? limits.maxConnections() / 2
            : limits.maxConnectionsPerAddress(),
        limits.maxAnswerBytes(),
        new Shares(limits.tokenSharePercent(), limits.subjectSharePercent()));
  }

  /** Returns {@code http} or {@code https}. */
  public String scheme() {
    return tls.isPresent() ? "https" : "http";
  }

  @Override
  public String toString() {
    return "reader on %s:%d, mysql %s, postgres %s schema %s, kafka %s, %s"
        .formatted(host, port, mysql, postgres, schema, kafka, limits);
  }
}
