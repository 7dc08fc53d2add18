package dev.freshet.view.stream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.view.Key;
import dev.freshet.view.PlanNode;
import dev.freshet.view.Reason;
import dev.freshet.view.Table;
import dev.freshet.view.Version;
import dev.freshet.view.form.OneLine;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;

/**
 * A message: the job could not handle a row of a view's table.
 *
 * @param format {@value #FORMAT}; another number means other fields
 * @param job the job's name
 * @param view the view that could not use the row
 * @param alias the table's alias in the view's query
 * @param table the table, qualified by its database
 * @param row the job's key of the row, as base64url; a {@link RequestMessage} refers to the row by
 *     it
 * @param primaryKey the row's primary key, values by column
 * @param version the binlog position at which the transaction of the failed change begins
 * @param order the position of the change in that transaction
 * @param attempt how often the change was tried
 * @param next what follows: {@code retry}: the job retries the row that it holds; {@code read}: the
 *     job reads the row from MySQL; {@code dead}: nothing
 * @param reason a {@link Reason}'s wire name
 * @param placed whether the affected keys are known; if not, the whole view is INVALID
 * @param message says for people what failed
 * @param failedAt when the attempt failed, by the wall clock
 * @param dueAt the time at which {@code next} is due
 * @param image the values of the row that could be read, by column; null if none could be read, or
 *     if the image was omitted
 * @param imageOmitted whether the image was omitted because it has more than {@value #MOST_IMAGE}
 *     bytes
 */
public record FailureMessage(
    int format,
    String job,
    String view,
    String alias,
    String table,
    String row,
    ObjectNode primaryKey,
    String version,
    long order,
    int attempt,
    String next,
    String reason,
    boolean placed,
    String message,
    String failedAt,
    String dueAt,
    ObjectNode image,
    boolean imageOmitted) {
  public static final int FORMAT = 1;

  /** The maximum size of an image in bytes of JSON; a larger image is omitted. */
  public static final int MOST_IMAGE = 64 * 1024;

  public FailureMessage {
    Format.check(format, FORMAT);
    Objects.requireNonNull(job, "job");
    Objects.requireNonNull(view, "view");
    Objects.requireNonNull(alias, "alias");
    Objects.requireNonNull(table, "table");
    Objects.requireNonNull(row, "row");
    Objects.requireNonNull(primaryKey, "primaryKey");
    Objects.requireNonNull(next, "next");
    Objects.requireNonNull(message, "message");
    Version.parse(version);
    Reason.of(reason);
    Instant.parse(failedAt);
    Instant.parse(dueAt);
  }

  /** The view that could not handle a row, and the row's table in the view. */
  public record Place(String job, String view, PlanNode node) {}

  /** The failed change, how often it was tried, and why it failed. */
  public record Cause(
      long version,
      long order,
      int attempt,
      Reason reason,
      boolean placed,
      String message,
      Instant at) {}

  /**
   * A message.
   *
   * @param row the job's key of the row
   * @param values the values of the table's columns; null if none could be read
   */
  public static FailureMessage of(
      Place place, Key row, Cause cause, String next, Instant due, Object[] values) {
    Table table = place.node().table();
    Object[] all = row.values();
    ObjectNode image = values == null ? null : Json.values(table.columns(), values);
    boolean omitted = image != null && Json.write(image).length > MOST_IMAGE;
    return new FailureMessage(
        FORMAT,
        place.job(),
        place.view(),
        place.node().alias(),
        table.qualifiedName(),
        print(row),
        // The row's key begins with the node's number.
        Json.values(place.node().keyColumns(), Arrays.copyOfRange(all, 1, all.length)),
        Version.print(cause.version()),
        cause.order(),
        cause.attempt(),
        next,
        cause.reason().wireName(),
        cause.placed(),
        cause.message(),
        cause.at().toString(),
        due.toString(),
        omitted ? null : image,
        omitted);
  }

  /** Returns the message without the row's image; that it is omitted is said as for a large one. */
  public FailureMessage withoutImage() {
    return new FailureMessage(
        format,
        job,
        view,
        alias,
        table,
        row,
        primaryKey,
        version,
        order,
        attempt,
        next,
        reason,
        placed,
        message,
        failedAt,
        dueAt,
        null,
        imageOmitted || image != null);
  }

  /**
   * Parses a message.
   *
   * @throws IllegalArgumentException with a message of one line if the text is not such a message
   */
  public static FailureMessage read(byte[] json) {
    return Json.read(json, FailureMessage.class);
  }

  public byte[] toJson() {
    return Json.write(this);
  }

  /**
   * The Kafka key, the same for all messages of one row: these stay in order, and compaction keeps
   * the newest.
   */
  public byte[] kafkaKey() {
    return (job + '/' + view + '/' + alias + '/' + row).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The job's key of the row.
   *
   * @throws IllegalArgumentException with a message of one line if the row is not a key
   */
  public Key rowKey() {
    return parse(row);
  }

  /** Prints a row's key. */
  public static String print(Key row) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(row.bytes());
  }

  /**
   * Parses a row's key.
   *
   * @throws IllegalArgumentException with a message of one line if the text is not a key, or a key
   *     in another form than that of {@link Key#of}
   */
  static Key parse(String row) {
    try {
      Key key = Key.ofBytes(Base64.getUrlDecoder().decode(row));
      if (Key.of(key.values()).equals(key)) {
        return key;
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "row '" + OneLine.of(row) + "' is not a key (" + OneLine.of(e.getMessage()) + ")", e);
    }
    throw new IllegalArgumentException(
        "row '" + OneLine.of(row) + "' is a key in another form than the job's");
  }
}
