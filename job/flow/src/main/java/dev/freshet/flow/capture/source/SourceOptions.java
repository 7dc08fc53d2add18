package dev.freshet.flow.capture.source;

import java.io.Serializable;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How to reach the source, and how to read it.
 *
 * @param database the schema that unqualified table names mean
 * @param serverId what the binlog reader calls itself; no other replica of the source may use it
 * @param pollInterval how long a batch is waited for; the latency of an event is about this
 * @param chunkSize rows of a snapshot chunk
 * @param asOfInterval how often MySQL is asked for its executed GTIDs
 * @param properties of the JDBC driver, such as {@code sslMode}; the binlog's connection follows
 */
public record SourceOptions(
    String host,
    int port,
    String user,
    String password,
    String database,
    int serverId,
    Duration pollInterval,
    int chunkSize,
    Duration asOfInterval,
    Map<String, String> properties)
    implements Serializable {
  private static final int FIRST_RANDOM_SERVER_ID = 1 << 30;

  public SourceOptions {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(password, "password");
    Objects.requireNonNull(database, "database");
    // A copy that can be serialised, whatever the caller's map is.
    properties = new TreeMap<>(properties);
    positive("port", port);
    positive("server id", serverId);
    positive("poll interval in milliseconds", pollInterval.toMillis());
    positive("chunk size", chunkSize);
    positive("as-of interval in milliseconds", asOfInterval.toMillis());
  }

  /**
   * With defaults for all else.
   *
   * @param serverId 0 takes one by chance
   */
  public static SourceOptions of(
      String host,
      int port,
      String user,
      String password,
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
        Map.of());
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

  public SourceOptions withProperties(Map<String, String> values) {
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

  /** These settings of the JDBC driver, with the account's and the user's own, which go before. */
  public Properties jdbc(Map<String, String> settings) {
    Properties all = new Properties();
    all.putAll(settings);
    all.setProperty("user", user);
    all.setProperty("password", password);
    all.putAll(properties);
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
