package dev.freshet.view.sql;

import dev.freshet.view.Column;
import dev.freshet.view.Table;
import java.util.stream.Collectors;

/** What is asked of MySQL for one row of a table. */
public final class MysqlRow {
  private MysqlRow() {}

  /**
   * The table's columns, in their order, of the row with a primary key.
   *
   * <p>Parameters: the primary key's values in its order.
   */
  public static String ofPrimaryKey(Table table) {
    return "SELECT "
        + table.columns().stream()
            .map(column -> MysqlQueries.readable(quoted(column), column.type()))
            .collect(Collectors.joining(", "))
        + " FROM "
        + Names.MYSQL.quoted(table.database())
        + "."
        + Names.MYSQL.quoted(table.name())
        + " WHERE "
        + table.primaryKey().stream()
            .map(place -> quoted(table.columns().get(place)) + " = ?")
            .collect(Collectors.joining(" AND "));
  }

  private static String quoted(Column column) {
    return Names.MYSQL.quoted(column.name());
  }
}
