package dev.freshet.config;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * A configuration that was found right, read by {@link ConfigReader}. No readable form of any part
 * shows a secret.
 *
 * @param file it was read from
 * @param views the folder of the declared views
 */
public record Config(
    Path file,
    Source source,
    Path views,
    Store store,
    Kafka kafka,
    Flink flink,
    Reader reader,
    Job job) {

  /** Who somebody is to a database. */
  public record Account(String user, Secret password) {}

  /** MySQL. */
  public record Source(
      String host,
      int port,
      Account account,
      String database,
      int serverId,
      int chunkSize,
      Extra properties) {
    /** The same as another account sees it. */
    public Source with(Account other) {
      return new Source(host, port, other, database, serverId, chunkSize, properties);
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
   * @param token that may do everything
   * @param access how else callers say who they are
   * @param source its account in MySQL
   * @param store its account in Postgres
   */
  public record Reader(
      String host,
      int port,
      String url,
      Optional<Secret> token,
      Access access,
      Optional<Tls> tls,
      Account source,
      Account store,
      Limits limits) {}

  /**
   * Who may ask the reader; it reads and judges all of it.
   *
   * @param tokens with scopes
   * @param jwtKey that signed tokens are verified with
   */
  public record Access(
      Optional<SecretFile> tokens,
      Optional<SecretFile> jwtKey,
      Optional<String> jwtIssuer,
      Optional<String> jwtAudience) {
    static final Access NONE =
        new Access(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /** Whether anybody could be let in by it. */
    public boolean lets() {
      return tokens.isPresent() || jwtKey.isPresent();
    }
  }

  /** Certificate and key of the reader's listener. */
  public record Tls(SecretFile certificate, SecretFile key) {}

  /** What the reader may use; the names are the reader's own. */
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

  /** The job. */
  public record Job(
      String name,
      int parallelism,
      int maxParallelism,
      int checkpointIntervalMs,
      int maxValueBytes) {}

  public Config {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(views, "views");
  }

  /** With another parallelism of the job. */
  public Config withParallelism(int parallelism) {
    return new Config(
        file,
        source,
        views,
        store,
        kafka,
        flink,
        reader,
        new Job(
            job.name(),
            parallelism,
            job.maxParallelism(),
            job.checkpointIntervalMs(),
            job.maxValueBytes()));
  }
}
