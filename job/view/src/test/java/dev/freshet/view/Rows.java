package dev.freshet.view;

import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.MysqlQueries;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Result sets as lists of canonical rows. */
public final class Rows {
  private Rows() {}

  public static List<Object[]> of(
      JdbcValues database, PreparedStatement statement, List<Column> columns, int first)
      throws SQLException {
    List<Object[]> all = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        Object[] row = new Object[columns.size()];
        for (int i = 0; i < row.length; i++) {
          row[i] = database.read(rows, first + i, columns.get(i));
        }
        all.add(row);
      }
    }
    return all;
  }

  /** All rows of a table of MySQL, in the order of its primary key. */
  public static List<Object[]> of(Source source, Table table) throws SQLException {
    List<String> names =
        table.columns().stream()
            .map(c -> MysqlQueries.readable("`" + c.name() + "`", c.type()))
            .toList();
    String sql = "SELECT " + String.join(", ", names) + " FROM `" + table.name() + "`";
    try (PreparedStatement statement = source.connection().prepareStatement(sql)) {
      return of(JdbcValues.MYSQL, statement, table.columns(), 1);
    }
  }

  public static List<Column> outputs(ViewPlan plan) {
    return plan.outputs().stream().map(ViewPlan.Output::column).toList();
  }
}
