package dev.freshet.view.stream;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;

/**
 * A stream on Kafka: its topic, and the settings with which a missing topic is created.
 *
 * <ul>
 *   <li>{@link #RETRY}: {@link FailureMessage}s of rows that the job will retry
 *   <li>{@link #DEAD_LETTER}: the newest {@link FailureMessage} of each row that was given up; a
 *       tombstone once the row is no longer dead
 *   <li>{@link #DEAD_EVENT}: a {@link DeadEventMessage} for each event that a read model could not
 *       use
 *   <li>{@link #INVALIDATION}: an {@link InvalidationMessage} whenever the state of a key, or of a
 *       whole view, changed
 *   <li>{@link #REQUESTS}: {@link RequestMessage}s, {@link KeyRequest}s and {@link KeysRead} to the
 *       job
 * </ul>
 *
 * Messages are delivered at least once; messages with the same key stay in order.
 */
public enum Stream {
  RETRY("retry", 1, "retention.ms", millis(Duration.ofDays(7))),
  DEAD_LETTER("dead-letter", 1, "cleanup.policy", "compact"),
  DEAD_EVENT("dead-event", 1, "retention.ms", millis(Duration.ofDays(30))),
  INVALIDATION("invalidation", 4, "retention.ms", millis(Duration.ofDays(7))),
  REQUESTS("requests", 1, "retention.ms", millis(Duration.ofDays(1)));

  private final String wireName;
  private final int partitions;
  private final String setting;
  private final String value;

  Stream(String wireName, int partitions, String setting, String value) {
    this.wireName = wireName;
    this.partitions = partitions;
    this.setting = setting;
    this.value = value;
  }

  public String wireName() {
    return wireName;
  }

  /**
   * The stream with a wire name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Stream of(String wireName) {
    return Arrays.stream(values())
        .filter(stream -> stream.wireName.equals(wireName))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("unknown stream '" + wireName + "'"));
  }

  /**
   * The topic's name.
   *
   * @param prefix the common prefix of all topics, such as {@code freshet}
   */
  public String topic(String prefix) {
    return prefix + '.' + wireName;
  }

  /** The number of partitions of a new topic. */
  public int partitions() {
    return partitions;
  }

  /** The settings of a new topic; all others are the broker's defaults. */
  public Map<String, String> settings() {
    return Map.of(setting, value);
  }

  /** The JSON schema of the stream's messages. */
  public String schema() {
    String name = wireName + ".schema.json";
    try (InputStream in = Stream.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the schema " + name + " is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String millis(Duration duration) {
    return Long.toString(duration.toMillis());
  }
}
