package dev.freshet.flow.capture.source;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a statement does to a source table.
 *
 * <ul>
 *   <li>{@link #loss}: no view over the table can follow it.
 *   <li>{@link #touched}: columns whose values are others behind it, or may be.
 *   <li>{@link #redefined}: columns with a new definition, under which the values may be the same.
 *   <li>{@link #reshapes}: the table's columns, or their order, may be others behind it.
 * </ul>
 *
 * Names of columns are in lower case.
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

  void lose(SchemaChanges.Fault fault) {
    reshapes = true;
    loss = loss == null ? fault : loss;
  }

  /**
   * Values of a column become others.
   *
   * @param what in a word, such as {@code dropped}
   */
  void touch(String column, String what) {
    reshapes = true;
    touched.putIfAbsent(lower(column), what);
  }

  void redefine(String column) {
    reshapes = true;
    redefined.add(lower(column));
  }

  /** All texts are converted to another character set. */
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

  /** Columns by name, with what becomes of them. */
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

  /** Whether a column is not the same behind the statement, or may not be. */
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
