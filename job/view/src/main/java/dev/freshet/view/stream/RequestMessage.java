package dev.freshet.view.stream;

import dev.freshet.view.Key;
import dev.freshet.view.Version;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;

/**
 * What somebody asks of a job for a row that failed; for keys see {@link KeyRequest}.
 *
 * @param format {@value #FORMAT}; another one means other fields
 * @param type {@value #RETRY}: MySQL is asked for a row that failed, once more
 * @param job the job's name
 * @param row as its {@link FailureMessage} has it; likewise {@code version}, {@code order}, {@code
 *     attempt}
 * @param at when it was asked, by the wall clock
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

  /** Asks for a dead row once more. */
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
   * Reads a message.
   *
   * @throws IllegalArgumentException with one line when it is none
   */
  public static RequestMessage read(byte[] json) {
    return Json.read(json, RequestMessage.class);
  }

  public byte[] toJson() {
    return Json.write(this);
  }

  /** What Kafka knows the row by: requests for one row stay in order. */
  public byte[] kafkaKey() {
    return (job + '/' + view + '/' + row).getBytes(StandardCharsets.UTF_8);
  }

  /** The job's key of the row. */
  public Key rowKey() {
    return FailureMessage.parse(row);
  }
}
