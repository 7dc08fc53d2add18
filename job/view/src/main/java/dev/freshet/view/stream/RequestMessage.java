package dev.freshet.view.stream;

import dev.freshet.view.Key;
import dev.freshet.view.Version;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;

/**
 * A message: a request to a job to retry a row that failed. For requests about keys see {@link
 * KeyRequest}.
 *
 * @param format {@value #FORMAT}; another number means other fields
 * @param type {@value #RETRY}: the job reads the row from MySQL once more
 * @param job the job's name
 * @param row copied from the {@link FailureMessage} of the row; likewise {@code version}, {@code
 *     order} and {@code attempt}
 * @param at when the request was made, by the wall clock
 */
public record RequestMessage(
    int format,
    String type,
    String job,
    String view,
    String row,
    String version,
    long order,
    int attempt,
    String at) {
  public static final int FORMAT = 1;
  public static final String RETRY = "retry";

  public RequestMessage {
    Format.check(format, FORMAT);
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(job, "job");
    Objects.requireNonNull(view, "view");
    Objects.requireNonNull(row, "row");
    Version.parse(version);
    Instant.parse(at);
  }

  /**
   * Creates the message that asks the job to try a dead row again; the caller sends it.
   *
   * @param dead the job's last message about the row
   * @param at the time of the request
   */
  public static RequestMessage retry(FailureMessage dead, Instant at) {
    return new RequestMessage(
        FORMAT,
        RETRY,
        dead.job(),
        dead.view(),
        dead.row(),
        dead.version(),
        dead.order(),
        dead.attempt(),
        at.toString());
  }

  /**
   * Parses a message.
   *
   * @throws IllegalArgumentException with a message of one line if the text is not such a message
   */
  public static RequestMessage read(byte[] json) {
    return Json.read(json, RequestMessage.class);
  }

  public byte[] toJson() {
    return Json.write(this);
  }

  /** The Kafka key, the same for all requests for one row: these stay in order. */
  public byte[] kafkaKey() {
    return (job + '/' + view + '/' + row).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The job's key of the row.
   *
   * @throws IllegalArgumentException with a message of one line if the row is not a key
   */
  public Key rowKey() {
    return FailureMessage.parse(row);
  }
}
