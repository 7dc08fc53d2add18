package dev.freshet.flow.capture.source;

import dev.freshet.flow.JobProperties;
import dev.freshet.flow.JobSecret;
import java.io.Serializable;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The connection to the source, and how it is read. The numbers are positive.
 *
 * @param database the default schema of unqualified table names
 * @param serverId the {@code server_id} of the binlog reader; no other replica of the source may
 *     have it
 * @param pollInterval how long to wait for a full batch; about the latency of an event
 * @param chunkSize the number of rows in a snapshot chunk
 * @param asOfInterval how often MySQL's executed GTIDs are polled
 * @param properties properties of the JDBC driver, such as {@code sslMode}; the TLS properties also
 *     apply to the binlog connection
 */
public record SourceOptions(
    String host,
    int port,
    String user,
    JobSecret password,
    String database,
    int serverId,
    Duration pollInterval,
    int chunkSize,
    Duration asOfInterval,
    JobProperties properties)
    implements Serializable {
  private static final int FIRST_RANDOM_SERVER_ID = 1 << 30;

  public SourceOptions {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(password, "password");
    Objects.requireNonNull(database, "database");
    Objects.requireNonNull(properties, "properties");
    positive("port", port);
    positive("server id", serverId);
    positive("poll interval in milliseconds", pollInterval.toMillis());
    positive("chunk size", chunkSize);
    positive("as-of interval in milliseconds", asOfInterval.toMillis());
  }

  /**
   * Creates options with defaults for all other fields.
   *
   * @param serverId 0 for a random one
   */
  public static SourceOptions of(
      String host,
      int port,
      String user,
      JobSecret password,
      String database,
      int serverId,
      int chunkSize) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return new SourceOptions(
        host,
        port,
        user,
        password,
        database,
        serverId == 0 ? random.nextInt(FIRST_RANDOM_SERVER_ID, Integer.MAX_VALUE) : serverId,
        Duration.ofMillis(10),
        chunkSize,
        Duration.ofMillis(200),
        JobProperties.NONE);
  }

  /** Creates options like the other method; the job graph holds the password. */
  public static SourceOptions of(
      String host,
      int port,
      String user,
      String password,
      String database,
      int serverId,
      int chunkSize) {
    return of(host, port, user, JobSecret.of(password), database, serverId, chunkSize);
  }

  public SourceOptions withChunkSize(int rows) {
    return new SourceOptions(
        host,
        port,
        user,
        password,
        database,
        serverId,
        pollInterval,
        rows,
        asOfInterval,
        properties);
  }

  public SourceOptions withProperties(JobProperties values) {
    return new SourceOptions(
        host,
        port,
        user,
        password,
        database,
        serverId,
        pollInterval,
        chunkSize,
        asOfInterval,
        values);
  }

  /**
   * Returns these properties of the JDBC driver, the account, and {@link #properties}, which
   * override the others.
   */
  public Properties jdbc(Map<String, String> settings) {
    Properties all = new Properties();
    all.putAll(settings);
    all.setProperty("user", user);
    all.setProperty("password", password.reveal());
    all.putAll(properties.values());
    return all;
  }

  /** Without the password. */
  @Override
  public String toString() {
    return user + "@" + host + ":" + port + "/" + database + " as server " + serverId;
  }

  private static void positive(String what, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException("the source's " + what + " is " + value + ", not above 0");
    }
  }
}
