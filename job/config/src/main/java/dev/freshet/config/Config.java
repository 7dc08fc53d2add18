package dev.freshet.config;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * A complete and validated configuration, which {@link ConfigReader} reads for the command line.
 * The job and the reader need only {@link ForJob} and {@link ForReader}. No {@code toString()}
 * shows a secret.
 *
 * @param file the file that was read
 * @param variables the settings in the environment, which override the file; the command line
 *     passes both to the programs that it starts
 * @param views the folder of the declared views
 * @param telemetry where traces and metrics go; empty if nothing is exported
 */
public record Config(
    Path file,
    Extra variables,
    Source source,
    Path views,
    Store store,
    Kafka kafka,
    Flink flink,
    Reader reader,
    Job job,
    Optional<Telemetry> telemetry) {

  /**
   * The settings of the job.
   *
   * @param source MySQL with the job's account
   * @param store Postgres with the job's account
   */
  public record ForJob(
      Source source,
      Path views,
      Store store,
      Kafka kafka,
      Job job,
      Optional<Telemetry> telemetry) {}

  /**
   * The settings of a reader.
   *
   * @param source MySQL with the reader's account
   * @param store Postgres with the reader's account
   */
  public record ForReader(
      Source source, Store store, Kafka kafka, Reader reader, Optional<Telemetry> telemetry) {}

  /** An account of a database. */
  public record Account(String user, Secret password) {}

  /** The connection to MySQL. */
  public record Source(String host, int port, Account account, String database, Extra properties) {
    /** Returns a copy with another account. */
    public Source with(Account other) {
      return new Source(host, port, other, database, properties);
    }

    @Override
    public String toString() {
      return account.user() + "@" + host + ":" + port + "/" + database;
    }
  }

  /** The connection to Postgres. */
  public record Store(
      String host, int port, Account account, String database, String schema, Extra properties) {
    @Override
    public String toString() {
      return account.user() + "@" + host + ":" + port + "/" + database + "." + schema;
    }
  }

  /**
   * The Kafka cluster of invalidations, retries and requests.
   *
   * @param bootstrap the brokers; empty for a job without streams
   */
  public record Kafka(Optional<String> bootstrap, String topicPrefix, Extra properties) {}

  /**
   * The Flink cluster.
   *
   * @param url the REST address, without a slash at the end
   * @param savepoints the folder of savepoints, as a path on the cluster; empty for the cluster's
   *     default
   * @param keys what clients of an https address show and trust; empty for Java's own certificates
   * @param jars the absolute path of a folder that the cluster shares with this machine; empty if
   *     jars are sent
   */
  public record Flink(
      String url,
      Optional<KeyStoreFile> keys,
      Optional<Path> jars,
      Optional<String> savepoints,
      Extra properties) {}

  /** A key store, whose keys have the same password. */
  public record KeyStoreFile(Path file, Secret password) {}

  /**
   * The reader.
   *
   * @param url the URL under which clients reach it, without a slash at the end
   * @param flinkUrl Flink's REST address for the page, without a slash at the end; empty if Flink
   *     is not asked
   * @param source its account in MySQL
   * @param store its account in Postgres
   */
  public record Reader(
      String host,
      int port,
      String url,
      Optional<String> flinkUrl,
      Access access,
      Optional<Tls> tls,
      Account source,
      Account store,
      Limits limits) {}

  /**
   * The tokens that the reader accepts.
   *
   * @param token a token with all rights
   * @param tokens tokens with scopes
   * @param jwtKey the public keys that verify signed tokens
   * @param jwtSecret the secret that verifies signed tokens
   * @param jwtIssuer the issuer that a signed token must name; empty for any
   * @param jwtAudience the audience that a signed token must name; empty for any
   */
  public record Access(
      Optional<SecretFile> token,
      Optional<SecretFile> tokens,
      Optional<SecretFile> jwtKey,
      Optional<SecretFile> jwtSecret,
      Optional<String> jwtIssuer,
      Optional<String> jwtAudience) {
    /** Whether there is any source of tokens. */
    boolean hasTokens() {
      return token.isPresent() || tokens.isPresent() || jwtKey.isPresent() || jwtSecret.isPresent();
    }
  }

  /** Certificate and key of the reader's listener. */
  public record Tls(SecretFile certificate, SecretFile key) {}

  /** The limits of the reader; {@link Setting} explains each. */
  public record Limits(
      int threads,
      int storeConnections,
      int storeTimeoutMs,
      int fallbacks,
      int fallbackQueue,
      int fallbackWaitMs,
      int fallbackTimeoutMs,
      int streams,
      int fallbacksPerSecond,
      int maxConnections,
      int maxConnectionsPerAddress,
      int maxAnswerBytes,
      int tokenSharePercent,
      int subjectSharePercent) {}

  /**
   * The job.
   *
   * @param serverId the {@code server_id} of its binlog reader; 0 for a random one
   * @param chunkSize the number of rows in a chunk of the snapshot
   * @param secretsInFiles whether tasks read secrets from files; else the job graph has them
   */
  public record Job(
      String name,
      int serverId,
      int chunkSize,
      int parallelism,
      int maxParallelism,
      int checkpointIntervalMs,
      int maxValueBytes,
      boolean secretsInFiles) {}

  /**
   * The OpenTelemetry collector of job and reader.
   *
   * @param endpoint its address, without a slash at the end
   * @param sample the fraction of reads and flushes that are traced, from 0 to 1
   */
  public record Telemetry(String endpoint, double sample) {}

  public Config {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(variables, "variables");
    Objects.requireNonNull(views, "views");
  }
}
