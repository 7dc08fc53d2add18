package dev.freshet.view.stream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.view.Column;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import dev.freshet.view.Table;
import dev.freshet.view.Version;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/**
 * A row of a view's table that could not be handled.
 *
 * @param format {@value #FORMAT}; another one means other fields
 * @param job the job's name
 * @param view the view that could not use the row
 * @param alias the table's name in the view's query
 * @param table qualified by its database
 * @param row what the job knows the row by; say it back in a {@link RequestMessage}
 * @param primaryKey the row's primary key, by column
 * @param version where the transaction of the failed change begins
 * @param order the place of the change in that transaction
 * @param attempt how often it was tried
 * @param next {@code retry}: what the job holds is tried again; {@code read}: MySQL is asked for
 *     the row; {@code dead}: nothing more is tried
 * @param reason a {@link Reason}'s wire name
 * @param placed whether it is known whom the row touches; where it is not, the whole view is
 *     INVALID
 * @param message for people
 * @param failedAt when it failed, by the wall clock
 * @param dueAt when {@code next} is to happen
 * @param image what could be read of the row, by column; null where nothing could, or where it was
 *     left out
 * @param imageOmitted whether the image was left out because it has more than {@value #MOST_IMAGE}
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

  /** Bytes of an image as JSON; of a larger one the primary key and the version have to do. */
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

  /** Where a row stands: the view that failed on it, and the table in the view's query. */
  public record Place(String job, String view, String alias, Table table) {}

  /** What failed: the change, how often it was tried, and why. */
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
   * @param values the table's columns; null where nothing could be read
   */
  public static FailureMessage of(
      Place place, Key row, Cause cause, String next, Instant due, Object[] values) {
    Table table = place.table();
    Object[] all = row.values();
    List<Column> key = table.primaryKey().stream().map(table.columns()::get).toList();
    ObjectNode image = values == null ? null : Json.values(table.columns(), values);
    boolean omitted = image != null && Json.write(image).length > MOST_IMAGE;
    return new FailureMessage(
        FORMAT,
        place.job(),
        place.view(),
        place.alias(),
        table.qualifiedName(),
        print(row),
        // The row's key has the node's number in front.
        Json.values(key, Arrays.copyOfRange(all, 1, all.length)),
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

  /**
   * Reads a message.
   *
   * @throws IllegalArgumentException with one line when it is none
   */
  public static FailureMessage read(byte[] json) {
    return Json.read(json, FailureMessage.class);
  }

  public byte[] toJson() {
    return Json.write(this);
  }

  /** What Kafka knows the row by: one row's messages stay in order, and replace each other. */
  public byte[] kafkaKey() {
    return (job + '/' + view + '/' + alias + '/' + row).getBytes(StandardCharsets.UTF_8);
  }

  /** The job's key of the row. */
  public Key rowKey() {
    return parse(row);
  }

  /** A row's key as text. */
  public static String print(Key row) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(row.bytes());
  }

  /**
   * The key of a text.
   *
   * @throws IllegalArgumentException when it is none
   */
  static Key parse(String row) {
    return Key.ofBytes(Base64.getUrlDecoder().decode(row));
  }
}
