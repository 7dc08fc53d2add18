package dev.freshet.flow.capture;

import dev.freshet.flow.JobPlan;
import dev.freshet.view.Reason;
import dev.freshet.view.ValueType;
import io.debezium.relational.Column;
import io.debezium.relational.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Says of a statement in the binlog which views cannot follow it: those over a table whose rows
 * become others without a row event, or whose columns become others that the view uses.
 *
 * <p>Nothing is guessed. Harmless are columns that no view over the table uses, indexes, defaults,
 * comments, and a VARCHAR that grows; what else touches a column in use is taken as if it changed
 * its values, also where it did not. Letters' case in names does not matter, as MySQL may spell
 * them otherwise here than there.
 */
final class SchemaChanges {
  private static final int MOST_TEXT = 200;

  private static final String AGAIN = "build the view anew: freshet cancel, then freshet submit";

  private static final String ANEW_WITH_OTHERS =
      "let the view fit the table and build it anew under another store.schema: freshet cancel,"
          + " then freshet submit";

  private final Tables tables;

  SchemaChanges(Tables tables) {
    this.tables = tables;
  }

  /**
   * A statement.
   *
   * @param database that unqualified names mean
   * @param place where it stands in the binlog, as it is printed
   */
  record Statement(String sql, String database, String place) {
    Statement {
      Objects.requireNonNull(sql, "sql");
      Objects.requireNonNull(database, "database");
      Objects.requireNonNull(place, "place");
    }

    private String text() {
      String line = sql.strip().replaceAll("\\s+", " ");
      String cut = line.length() <= MOST_TEXT ? line : line.substring(0, MOST_TEXT) + "…";
      return "'" + cut + "' at " + place;
    }
  }

  /** That a view cannot follow any longer. */
  record Fault(Reason reason, String message) {}

  /** Every view over a table, for something that is not a statement. */
  static void all(Tables.Source table, Reason reason, String message, Map<Integer, Fault> faults) {
    for (JobPlan.Node node : table.nodes()) {
      faults.putIfAbsent(node.view(), new Fault(reason, message));
    }
  }

  /** The end of a message about rows that are to be read again. */
  static String again() {
    return AGAIN;
  }

  /** The end of a message about a binlog that begins anew. */
  static String elsewhere() {
    return "build the views anew under another store.schema: freshet cancel, then freshet submit";
  }

  /** The end of a message about columns that are others now. */
  static String anew() {
    return ANEW_WITH_OTHERS;
  }

  /**
   * The views, by their place in the plan, that a statement is the end of.
   *
   * @param before a source table as it was known before the statement; null when it was not
   * @param after likewise afterwards
   */
  Map<Integer, Fault> faults(
      Statement statement,
      Function<Tables.Source, Table> before,
      Function<Tables.Source, Table> after) {
    Map<Integer, Fault> faults = new TreeMap<>();
    SqlTokens sql = SqlTokens.of(statement.sql());
    for (Tables.Source table : named(sql, statement.database())) {
      String what = "the statement " + statement.text() + " changed its rows without telling which";
      all(table, Reason.SCHEMA_CHANGED, message(table, what, AGAIN), faults);
    }
    for (Tables.Source table : written(sql, statement.database())) {
      String what =
          "the statement "
              + statement.text()
              + " stands in the binlog in the place of the rows it wrote";
      String way = "have all sessions write with binlog_format=ROW, then " + AGAIN;
      all(table, Reason.UNTOLD_WRITE, message(table, what, way), faults);
    }
    if (sql.is(0, "ALTER") && tableAt(sql) > 0) {
      for (Tables.Source table : sources(sql, tableAt(sql), statement.database())) {
        alter(statement, sql, table, before.apply(table), after.apply(table), faults);
      }
    }
    for (Tables.Source table : tables.sources()) {
      if (before.apply(table) != null && after.apply(table) == null) {
        String what = "nobody knows its columns after the statement " + statement.text();
        all(table, Reason.SCHEMA_CHANGED, message(table, what, AGAIN), faults);
      }
    }
    return faults;
  }

  static String message(Tables.Source table, String what, String way) {
    return "Source table " + table.name() + ": " + what + "; " + way;
  }

  /** The tables that a statement empties, replaces or takes away. */
  private Collection<Tables.Source> named(SqlTokens sql, String database) {
    List<Tables.Source> found = new ArrayList<>();
    if (sql.is(0, "TRUNCATE")) {
      found.addAll(sources(sql, sql.is(1, "TABLE") ? 2 : 1, database));
    } else if (sql.is(0, "DROP") && sql.is(1, "DATABASE", "SCHEMA")) {
      String name = sql.name(sql.is(2, "IF") ? 4 : 2);
      tables.sources().stream()
          .filter(source -> source.any().database().equalsIgnoreCase(name))
          .forEach(found::add);
    } else if (sql.is(0, "DROP") && sql.is(1, "TABLE", "TABLES")) {
      sql.clauses(sql.is(2, "IF") ? 4 : 2)
          .forEach(clause -> found.addAll(sources(clause, 0, database)));
    } else if (sql.is(0, "RENAME") && sql.is(1, "TABLE", "TABLES")) {
      for (SqlTokens clause : sql.clauses(2)) {
        found.addAll(sources(clause, 0, database));
        found.addAll(namesBehind(clause, database, "TO"));
      }
    } else if (sql.is(0, "CREATE") && sql.is(1, "TABLE") && !sql.is(2, "IF")) {
      found.addAll(sources(sql, 2, database));
    } else if (sql.is(0, "ALTER") && tableAt(sql) > 0) {
      for (SqlTokens clause : sql.clauses(tableAt(sql))) {
        found.addAll(namesBehind(clause, database, "TABLE"));
        found.addAll(namesBehind(clause, database, "RENAME"));
        found.addAll(namesBehind(clause, database, "TO"));
        found.addAll(namesBehind(clause, database, "AS"));
      }
    }
    return found;
  }

  /** Tables whose names stand behind a word. */
  private List<Tables.Source> namesBehind(SqlTokens sql, String database, String word) {
    List<Tables.Source> found = new ArrayList<>();
    for (int i = 0; i < sql.size(); i++) {
      if (sql.is(i, word)) {
        found.addAll(sources(sql, i + 1, database));
      }
    }
    return found;
  }

  /** Tables that a statement may have written that should have been told as rows. */
  private Collection<Tables.Source> written(SqlTokens sql, String database) {
    if (sql.is(0, "INSERT", "REPLACE", "LOAD")) {
      return namesBehind(sql, database, sql.is(0, "LOAD") ? "TABLE" : "INTO").isEmpty()
          ? anywhere(sql, database, 4)
          : namesBehind(sql, database, sql.is(0, "LOAD") ? "TABLE" : "INTO");
    }
    return sql.is(0, "UPDATE", "DELETE", "WITH") ? anywhere(sql, database, sql.size()) : List.of();
  }

  private List<Tables.Source> anywhere(SqlTokens sql, String database, int end) {
    List<Tables.Source> found = new ArrayList<>();
    for (int i = 1; i < Math.min(end, sql.size()); i++) {
      found.addAll(sources(sql, i, database));
    }
    return found;
  }

  /** The place of the table's name in an ALTER TABLE; 0 when it is another statement. */
  private static int tableAt(SqlTokens sql) {
    return sql.is(1, "TABLE") ? 2 : 0;
  }

  /** The source table that is named at a place, if it is one. */
  private List<Tables.Source> sources(SqlTokens sql, int place, String database) {
    boolean qualified = sql.isSign(place + 1, '.');
    String schema = qualified ? sql.name(place) : database;
    String name = sql.name(qualified ? place + 2 : place);
    return tables.sources().stream()
        .filter(
            source ->
                source.any().database().equalsIgnoreCase(schema)
                    && source.any().name().equalsIgnoreCase(name))
        .toList();
  }

  private void alter(
      Statement statement,
      SqlTokens sql,
      Tables.Source table,
      Table before,
      Table after,
      Map<Integer, Fault> faults) {
    int name = tableAt(sql);
    int first = sql.isSign(name + 1, '.') ? name + 3 : name + 1;
    String begin = "the statement " + statement.text() + " ";
    for (SqlTokens clause : sql.clauses(first)) {
      if (rowsVanish(clause)) {
        String what = begin + "changed its rows without telling which";
        all(table, Reason.SCHEMA_CHANGED, message(table, what, AGAIN), faults);
      } else if (cascades(clause)) {
        String what = begin + "lets changes of other rows change its own, which MySQL tells nobody";
        String way = "take CASCADE or SET NULL out of the foreign key, then " + AGAIN;
        all(table, Reason.SCHEMA_CHANGED, message(table, what, way), faults);
      }
    }
    if (before != null
        && after != null
        && !before.primaryKeyColumnNames().equals(after.primaryKeyColumnNames())) {
      String what = begin + "changed its primary key";
      all(table, Reason.SCHEMA_CHANGED, message(table, what, ANEW_WITH_OTHERS), faults);
    }
    Map<String, String> touched = new LinkedHashMap<>();
    for (SqlTokens clause : sql.clauses(first)) {
      for (JobPlan.Node node : table.nodes()) {
        for (dev.freshet.view.Column column : node.plan().table().columns()) {
          String what = touched(clause, column, before, after);
          if (!what.isEmpty()) {
            touched.putIfAbsent(column.name(), what);
          }
        }
      }
    }
    touched.forEach(
        (column, what) -> {
          String text = message(table, begin + what + " column '" + column + "'", ANEW_WITH_OTHERS);
          for (JobPlan.Node node : table.nodes()) {
            if (node.plan().table().indexOf(column) >= 0) {
              faults.putIfAbsent(node.view(), new Fault(Reason.SCHEMA_CHANGED, text));
            }
          }
        });
  }

  private static boolean rowsVanish(SqlTokens clause) {
    return (clause.is(0, "RENAME") && !clause.is(1, "COLUMN", "INDEX", "KEY"))
        || (clause.is(0, "DROP", "TRUNCATE", "EXCHANGE", "DISCARD", "IMPORT")
            && clause.is(1, "PARTITION", "TABLESPACE"));
  }

  private static boolean cascades(SqlTokens clause) {
    boolean cascades = false;
    for (int i = 0; clause.is(0, "ADD") && i < clause.size(); i++) {
      cascades |=
          clause.is(i, "ON")
              && clause.is(i + 1, "DELETE", "UPDATE")
              && (clause.is(i + 2, "CASCADE")
                  || (clause.is(i + 2, "SET") && clause.is(i + 3, "NULL", "DEFAULT")));
    }
    return cascades;
  }

  /** What a clause does to a column in use; empty when nothing that shows. */
  private static String touched(
      SqlTokens clause, dev.freshet.view.Column column, Table before, Table after) {
    int at = clause.is(1, "COLUMN") ? 2 : 1;
    boolean names = clause.name(at).equalsIgnoreCase(column.name());
    if (clause.is(0, "DROP") && names) {
      return "dropped";
    }
    if (clause.is(0, "RENAME") && clause.is(1, "COLUMN")) {
      return names || clause.name(at + 2).equalsIgnoreCase(column.name()) ? "renamed" : "";
    }
    if (clause.is(0, "CHANGE")) {
      boolean becomes = clause.name(at + 1).equalsIgnoreCase(column.name());
      if (names != becomes) {
        return "renamed";
      }
      return names && !isHarmless(clause, column, before, after) ? "changed" : "";
    }
    if (clause.is(0, "MODIFY")) {
      return names && !isHarmless(clause, column, before, after) ? "changed" : "";
    }
    return clause.is(0, "CONVERT") && column.type() == ValueType.STRING ? "converted" : "";
  }

  /** Whether a column's values are the same under its new definition, and mean the same. */
  private static boolean isHarmless(
      SqlTokens clause, dev.freshet.view.Column column, Table before, Table after) {
    // A definition that says nothing of the collation takes the table's; nothing compares by _ci.
    boolean collates =
        column.type() == ValueType.STRING
            && !column.collation().isEmpty()
            && !column.collation().endsWith("_ci");
    // Where the statement was not understood the table stays the same object.
    if (before == null || after == null || before == after || collates) {
      return false;
    }
    Column was = before.columnWithName(column.name());
    Column is = after.columnWithName(column.name());
    return was != null
        && is != null
        && !clause.has("AS", "COLLATE", "CHARACTER", "CHARSET", "BINARY")
        && was.jdbcType() == is.jdbcType()
        && Objects.equals(was.typeName(), is.typeName())
        && Objects.equals(was.charsetName(), is.charsetName())
        && was.scale().equals(is.scale())
        && was.isOptional() == is.isOptional()
        && was.isGenerated() == is.isGenerated()
        && was.enumValues().equals(is.enumValues())
        && (was.length() == is.length()
            || (was.length() < is.length() && was.typeName().equalsIgnoreCase("VARCHAR")));
  }
}
