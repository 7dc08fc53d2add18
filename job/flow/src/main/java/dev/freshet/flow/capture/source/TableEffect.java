package dev.freshet.flow.capture.source;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The effect of a statement on a source table.
 *
 * <ul>
 *   <li>{@link #loss}: all views over the table are lost.
 *   <li>{@link #touched}: columns whose values have changed, or may have changed.
 *   <li>{@link #redefined}: columns with a new definition, which may keep the values.
 *   <li>{@link #reshapes}: the table's columns, or their order, may have changed.
 * </ul>
 *
 * Column names are in lower case. Not thread-safe.
 */
final class TableEffect {
  private final Tables.Source table;
  private final Map<String, String> touched = new LinkedHashMap<>();
  private final Set<String> redefined = new LinkedHashSet<>();
  private SchemaChanges.Fault loss;
  private boolean converts;
  private boolean reshapes;

  TableEffect(Tables.Source table) {
    this.table = table;
  }

  Tables.Source table() {
    return table;
  }

  void fail(SchemaChanges.Fault fault) {
    reshapes = true;
    loss = loss == null ? fault : loss;
  }

  /**
   * Notes that a column's values may have changed.
   *
   * @param what one word for the message, such as {@code dropped}
   */
  void touch(String column, String what) {
    reshapes = true;
    touched.putIfAbsent(lower(column), what);
  }

  void redefine(String column) {
    reshapes = true;
    redefined.add(lower(column));
  }

  /** Notes that all text columns are converted to another character set. */
  void convert() {
    reshapes = true;
    converts = true;
  }

  void reshape() {
    reshapes = true;
  }

  Optional<SchemaChanges.Fault> loss() {
    return Optional.ofNullable(loss);
  }

  /** Returns the columns by name, with the word passed to {@link #touch}. */
  Map<String, String> touched() {
    return touched;
  }

  Set<String> redefined() {
    return redefined;
  }

  boolean converts() {
    return converts;
  }

  boolean reshapes() {
    return reshapes;
  }

  /** Whether the statement changes a column, or may change it. */
  boolean concerns(String column) {
    String name = lower(column);
    return loss != null || converts || touched.containsKey(name) || redefined.contains(name);
  }

  static String upper(String word) {
    return word.toUpperCase(Locale.ROOT);
  }

  static String lower(String column) {
    return column.toLowerCase(Locale.ROOT);
  }
}
