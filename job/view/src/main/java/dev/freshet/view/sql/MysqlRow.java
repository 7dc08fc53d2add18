package dev.freshet.view.sql;

import dev.freshet.view.Column;
import dev.freshet.view.Table;
import java.util.Collections;
import java.util.stream.Collectors;

/** Queries for rows of a source table by primary key. */
public final class MysqlRow {
  private MysqlRow() {}

  /**
   * Selects the table's columns, in their order, of one row.
   *
   * <p>Parameters: the primary key's values in its order.
   */
  public static String ofPrimaryKey(Table table) {
    return select(table)
        + table.primaryKey().stream()
            .map(index -> quoted(table.columns().get(index)) + " = ?")
            .collect(Collectors.joining(" AND "));
  }

  /**
   * Selects the table's columns of several rows, in any order.
   *
   * <p>Parameters: the primary keys' values, one key after the other.
   */
  public static String ofPrimaryKeys(Table table, int rows) {
    String row = "(" + String.join(", ", Collections.nCopies(table.primaryKey().size(), "?")) + ")";
    return select(table)
        + "("
        + table.primaryKey().stream()
            .map(index -> quoted(table.columns().get(index)))
            .collect(Collectors.joining(", "))
        + ") IN ("
        + String.join(", ", Collections.nCopies(rows, row))
        + ")";
  }

  private static String select(Table table) {
    return "SELECT "
        + table.columns().stream()
            .map(column -> MysqlQueries.readable(quoted(column), column.type()))
            .collect(Collectors.joining(", "))
        + " FROM "
        + Names.MYSQL.quoted(table.database())
        + "."
        + Names.MYSQL.quoted(table.name())
        + " WHERE ";
  }

  private static String quoted(Column column) {
    return Names.MYSQL.quoted(column.name());
  }
}
