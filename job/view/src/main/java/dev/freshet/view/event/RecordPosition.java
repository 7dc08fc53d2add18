package dev.freshet.view.event;

import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The position of a record in Kafka, as a producer's acknowledgement says it. Its text is {@code
 * shipments/3:4711}: topic, partition and offset.
 *
 * @param offset the record's offset; from 0, below {@link Long#MAX_VALUE}
 */
public record RecordPosition(String topic, int partition, long offset) {
  /** Kafka's rule for names of topics. */
  private static final String TOPIC = "[A-Za-z0-9._-]{1,249}";

  private static final Pattern NAME = Pattern.compile(TOPIC);
  private static final Pattern PRINTED =
      Pattern.compile("(" + TOPIC + ")/(0|[1-9]\\d{0,9}):(0|[1-9]\\d{0,18})");

  public RecordPosition {
    Objects.requireNonNull(topic, "topic");
    if (!NAME.matcher(topic).matches()) {
      throw new IllegalArgumentException("no topic can have the name '" + topic + "'");
    }
    if (partition < 0 || offset < 0 || offset == Long.MAX_VALUE) {
      throw new IllegalArgumentException(
          "topic %s has no offset %d in partition %d".formatted(topic, offset, partition));
    }
  }

  /** The record's partition. */
  public Partition in() {
    return new Partition(topic, partition);
  }

  /**
   * Parses the form of {@link #toString}.
   *
   * @throws IllegalArgumentException with the expected form if the text has another one
   */
  public static RecordPosition parse(String text) {
    Matcher matcher = PRINTED.matcher(text);
    if (matcher.matches()) {
      try {
        return new RecordPosition(
            matcher.group(1), Integer.parseInt(matcher.group(2)), Long.parseLong(matcher.group(3)));
      } catch (IllegalArgumentException e) {
        // A number is too large: the text is no position.
      }
    }
    throw new IllegalArgumentException(
        "not the position of a record; write it like shipments/3:4711");
  }

  @Override
  public String toString() {
    return topic + "/" + partition + ":" + offset;
  }

  /** A partition of a topic, ordered by topic, then by number. */
  public record Partition(String topic, int number) implements Comparable<Partition> {
    @Override
    public int compareTo(Partition other) {
      int byTopic = topic.compareTo(other.topic);
      return byTopic != 0 ? byTopic : Integer.compare(number, other.number);
    }
  }
}
