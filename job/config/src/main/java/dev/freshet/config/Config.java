package dev.freshet.config;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * A whole configuration that was found right, as the command line reads it by {@link ConfigReader}.
 * A program that needs less reads {@link ForJob} or {@link ForReader}. No readable form of any part
 * shows a secret.
 *
 * @param file it was read from
 * @param variables the settings in the environment, which go before the file; a program that is
 *     given both reads the same
 * @param views the folder of the declared views
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
    Job job) {

  /**
   * What the job needs.
   *
   * @param source as the job's account sees it
   * @param store as the job's account sees it
   */
  public record ForJob(Source source, Path views, Store store, Kafka kafka, Job job) {}

  /**
   * What a reader needs.
   *
   * @param source as the reader's account sees it
   * @param store as the reader's account sees it
   */
  public record ForReader(Source source, Store store, Kafka kafka, Reader reader) {}

  /** Who somebody is to a database. */
  public record Account(String user, Secret password) {}

  /** MySQL. */
  public record Source(String host, int port, Account account, String database, Extra properties) {
    /** The same as another account sees it. */
    public Source with(Account other) {
      return new Source(host, port, other, database, properties);
    }

    @Override
    public String toString() {
      return account.user() + "@" + host + ":" + port + "/" + database;
    }
  }

  /** Postgres. */
  public record Store(
      String host, int port, Account account, String database, String schema, Extra properties) {
    @Override
    public String toString() {
      return account.user() + "@" + host + ":" + port + "/" + database + "." + schema;
    }
  }

  /**
   * Where invalidations, retries and requests go.
   *
   * @param bootstrap empty when the job has no streams
   */
  public record Kafka(Optional<String> bootstrap, String topicPrefix, Extra properties) {}

  /**
   * The cluster.
   *
   * @param url without a slash at the end
   * @param savepoints a folder as the cluster sees it
   */
  public record Flink(String url, Optional<String> savepoints, Extra properties) {}

  /**
   * The reader.
   *
   * @param url where others reach it
   * @param source its account in MySQL
   * @param store its account in Postgres
   */
  public record Reader(
      String host,
      int port,
      String url,
      Access access,
      Optional<Tls> tls,
      Account source,
      Account store,
      Limits limits) {}

  /**
   * Who may ask the reader.
   *
   * @param token that may do everything
   * @param tokens with scopes
   * @param jwtKey that signed tokens are verified with
   */
  public record Access(
      Optional<SecretFile> token,
      Optional<SecretFile> tokens,
      Optional<SecretFile> jwtKey,
      Optional<String> jwtIssuer,
      Optional<String> jwtAudience) {
    /** Whether anybody could be let in by it. */
    boolean lets() {
      return token.isPresent() || tokens.isPresent() || jwtKey.isPresent();
    }
  }

  /** Certificate and key of the reader's listener. */
  public record Tls(SecretFile certificate, SecretFile key) {}

  /** What the reader may use at once, and for how long. */
  public record Limits(
      int threads,
      int storeConnections,
      int storeTimeoutMs,
      int fallbacks,
      int fallbackQueue,
      int fallbackWaitMs,
      int fallbackTimeoutMs,
      int streams,
      int fallbacksPerSecond) {}

  /**
   * The job.
   *
   * @param serverId what its binlog reader calls itself; 0 for one by chance
   * @param chunkSize rows that its snapshot reads at a time
   */
  public record Job(
      String name,
      int serverId,
      int chunkSize,
      int parallelism,
      int maxParallelism,
      int checkpointIntervalMs,
      int maxValueBytes) {}

  public Config {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(variables, "variables");
    Objects.requireNonNull(views, "views");
  }
}
