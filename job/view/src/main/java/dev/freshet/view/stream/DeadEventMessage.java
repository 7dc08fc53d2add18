package dev.freshet.view.stream;

import dev.freshet.view.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Objects;

/**
 * A message: a read model over events could not use an event, and left it out. The job may send it
 * again after a restart.
 *
 * @param format {@value #FORMAT}; another number means other fields
 * @param job the job's name
 * @param view the view that left the event out
 * @param topic the topic of the event
 * @param partition the partition in which Kafka has the event
 * @param offset the offset at which Kafka has the event
 * @param reason a {@link Reason}'s wire name, or {@value #BEFORE_HORIZON}
 * @param message says for people what is wrong
 * @param failedAt when the job read the event, by the wall clock
 * @param record the record's value in base64; null if it has none, or if it was omitted
 * @param recordOmitted whether the record's value was omitted because it has more than {@value
 *     #MOST_RECORD} bytes
 */
public record DeadEventMessage(
    int format,
    String job,
    String view,
    String topic,
    int partition,
    long offset,
    String reason,
    String message,
    String failedAt,
    String record,
    boolean recordOmitted) {
  public static final int FORMAT = 1;

  /** The reason of an event that is older than the view's {@code keep-deleted}. */
  public static final String BEFORE_HORIZON = "before-horizon";

  /** The maximum size of a record's value in bytes; a larger one is omitted. */
  public static final int MOST_RECORD = 256 * 1024;

  public DeadEventMessage {
    Format.check(format, FORMAT);
    Objects.requireNonNull(job, "job");
    Objects.requireNonNull(view, "view");
    Objects.requireNonNull(topic, "topic");
    Objects.requireNonNull(message, "message");
    if (partition < 0 || offset < 0) {
      throw new IllegalArgumentException("partition " + partition + ", offset " + offset);
    }
    if (!reason.equals(BEFORE_HORIZON)) {
      Reason.of(reason);
    }
    Instant.parse(failedAt);
  }

  /**
   * A message.
   *
   * @param value the record's value; null if it has none
   */
  public static DeadEventMessage of(
      String job,
      String view,
      String topic,
      int partition,
      long offset,
      String reason,
      String message,
      Instant at,
      byte[] value) {
    boolean omitted = value != null && value.length > MOST_RECORD;
    return new DeadEventMessage(
        FORMAT,
        job,
        view,
        topic,
        partition,
        offset,
        reason,
        message,
        at.toString(),
        value == null || omitted ? null : Base64.getEncoder().encodeToString(value),
        omitted);
  }

  /**
   * Parses a message.
   *
   * @throws IllegalArgumentException with a message of one line if the text is not such a message
   */
  public static DeadEventMessage read(byte[] json) {
    return Json.read(json, DeadEventMessage.class);
  }

  public byte[] toJson() {
    return Json.write(this);
  }

  /** The Kafka key, the same for all messages of one event and view. */
  public byte[] kafkaKey() {
    return (job + '/' + view + '/' + topic + '/' + partition + ':' + offset)
        .getBytes(StandardCharsets.UTF_8);
  }
}
