package dev.freshet.view.stream;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.freshet.view.Column;
import dev.freshet.view.Key;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.form.BadForm;
import dev.freshet.view.form.OneLine;
import dev.freshet.view.form.TextForm;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A message: a request to a job concerning a key, or a root row, of a view.
 *
 * @param format {@value #FORMAT}; another number means other fields
 * @param type {@value #REPAIR}: the job reads the key from MySQL and replaces the projection's
 *     content by it; {@value #INVALIDATE}: the same, and readers query MySQL until the repair is
 *     complete; {@value #POPULATE}: the store holds the key from now on (only views that are
 *     populated on read)
 * @param job the job's name
 * @param of {@value #KEY}: {@code values} are a key of the view; {@value #ROW}: {@code values} are
 *     the key of a row of the view's root, and {@code type} must be {@value #REPAIR}
 * @param values in declared order, as in a reader's URL before percent-encoding
 * @param at when the request was made, by the wall clock
 */
public record KeyRequest(
    int format, String type, String job, String view, String of, List<String> values, String at) {
  public static final int FORMAT = 1;
  public static final String REPAIR = "repair";
  public static final String INVALIDATE = "invalidate";
  public static final String POPULATE = "populate";
  public static final String KEY = "key";
  public static final String ROW = "row";

  public KeyRequest {
    Format.check(format, FORMAT);
    Objects.requireNonNull(job, "job");
    Objects.requireNonNull(view, "view");
    values = List.copyOf(values);
    Instant.parse(at);
    boolean ofKey =
        of.equals(KEY) && (type.equals(REPAIR) || type.equals(INVALIDATE) || type.equals(POPULATE));
    boolean ofRow = of.equals(ROW) && type.equals(REPAIR);
    if (!ofKey && !ofRow) {
      throw new IllegalArgumentException("'" + type + "' of a '" + of + "' is not a request");
    }
  }

  /**
   * Returns a request to repair a key: the job reads the key from MySQL and replaces the
   * projection's content by it.
   *
   * @param key its canonical values in declared order
   * @param at when the request is made
   */
  public static KeyRequest repair(String job, ViewPlan view, Object[] key, Instant at) {
    return of(REPAIR, job, view, key, at);
  }

  /**
   * Returns a request that makes a key INVALID and then repairs it. Until the repair is complete,
   * readers answer the key from MySQL.
   *
   * @param key its canonical values in declared order
   * @param at when the request is made
   */
  public static KeyRequest invalidate(String job, ViewPlan view, Object[] key, Instant at) {
    return of(INVALIDATE, job, view, key, at);
  }

  /**
   * Returns a request that the store holds a key from now on; only for views that are populated on
   * read.
   *
   * @param key its canonical values in declared order
   * @param at when the request is made
   */
  public static KeyRequest populate(String job, ViewPlan view, Object[] key, Instant at) {
    return of(POPULATE, job, view, key, at);
  }

  /**
   * Returns a request to repair a row of the view's root table.
   *
   * @param primaryKey the canonical values of the primary key in its order
   * @param at when the request is made
   */
  public static KeyRequest repairRow(String job, ViewPlan view, Object[] primaryKey, Instant at) {
    return new KeyRequest(
        FORMAT, REPAIR, job, view.view(), ROW, texts(primaryKey(view), primaryKey), at.toString());
  }

  private static KeyRequest of(String type, String job, ViewPlan view, Object[] key, Instant at) {
    return new KeyRequest(
        FORMAT, type, job, view.view(), KEY, texts(view.keyColumnList(), key), at.toString());
  }

  static List<String> texts(List<Column> columns, Object[] values) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      texts.add(TextForm.print(columns.get(i), values[i]));
    }
    return texts;
  }

  /** Whether a message of the requests stream is a {@link KeyRequest}. */
  public static boolean isOne(byte[] json) {
    return Json.has(json, "of");
  }

  /**
   * Parses a message.
   *
   * @throws IllegalArgumentException with a message of one line if the text is not such a message
   */
  public static KeyRequest read(byte[] json) {
    return Json.read(json, KeyRequest.class);
  }

  public byte[] toJson() {
    return Json.write(this);
  }

  /**
   * Returns the Kafka key. All requests for a key or row have the same Kafka key, so they stay in
   * order.
   */
  public byte[] kafkaKey() {
    return (job + '/' + view + '/' + of + '/' + String.join("/", values))
        .getBytes(StandardCharsets.UTF_8);
  }

  @JsonIgnore
  public boolean isOfRow() {
    return of.equals(ROW);
  }

  @JsonIgnore
  public boolean isInvalidate() {
    return type.equals(INVALIDATE);
  }

  @JsonIgnore
  public boolean isPopulate() {
    return type.equals(POPULATE);
  }

  /**
   * Returns the requested view key, which begins with the view's name.
   *
   * @throws IllegalArgumentException with a message of one line if the values are malformed
   */
  public Key keyIn(ViewPlan plan) {
    return plan.viewKeyOf(parsed(plan.keyColumnList()));
  }

  /**
   * Returns the canonical values of the requested primary key of the root table.
   *
   * @throws IllegalArgumentException with a message of one line if the values are malformed
   */
  public Object[] rowIn(ViewPlan plan) {
    return parsed(primaryKey(plan));
  }

  private Object[] parsed(List<Column> columns) {
    return parsed(view, of, columns, values);
  }

  /**
   * Parses the values of a key or a row into canonical form.
   *
   * @throws IllegalArgumentException with a message of one line if they are malformed
   */
  static Object[] parsed(String view, String of, List<Column> columns, List<String> values) {
    if (values.size() != columns.size()) {
      throw new IllegalArgumentException(
          "%s: a %s has %d values (%s), not %d"
              .formatted(
                  OneLine.of(view, 64),
                  of,
                  columns.size(),
                  String.join(", ", columns.stream().map(Column::name).toList()),
                  values.size()));
    }
    Object[] parsed = new Object[values.size()];
    for (int i = 0; i < parsed.length; i++) {
      try {
        parsed[i] = TextForm.parseKey(columns.get(i), values.get(i));
      } catch (BadForm e) {
        throw new IllegalArgumentException(
            "%s: %s: '%s' is %s"
                .formatted(
                    OneLine.of(view, 64),
                    columns.get(i).name(),
                    OneLine.of(values.get(i), 64),
                    e.getMessage()),
            e);
      }
    }
    return parsed;
  }

  private static List<Column> primaryKey(ViewPlan view) {
    return view.root().keyColumns();
  }
}
