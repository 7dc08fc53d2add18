package dev.freshet.cli.explain;

import dev.freshet.cli.config.Config;
import dev.freshet.view.Table;
import dev.freshet.view.declare.Declaration;
import dev.freshet.view.declare.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What MySQL's statistics say of a table.
 *
 * @param rows about how many
 * @param rowBytes a row's length, on average
 * @param columns how many it has
 */
public record Statistics(long rows, long rowBytes, int columns) {
  private static final String SQL =
      "SELECT t.table_rows, t.avg_row_length, (SELECT COUNT(*) FROM information_schema.columns c"
          + " WHERE c.table_schema = t.table_schema AND c.table_name = t.table_name)"
          + " FROM information_schema.tables t WHERE t.table_schema = ? AND t.table_name = ?";

  static Statistics of(Connection mysql, Table table) throws SQLException {
    return of(mysql, table.database(), table.name());
  }

  private static Statistics of(Connection mysql, String database, String table)
      throws SQLException {
    try (Statement statement = mysql.createStatement()) {
      // InnoDB's present figures, not those that MySQL keeps for a day.
      statement.execute("SET SESSION information_schema_stats_expiry = 0");
    }
    try (PreparedStatement statement = mysql.prepareStatement(SQL)) {
      statement.setString(1, database);
      statement.setString(2, table);
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? new Statistics(row.getLong(1), row.getLong(2), row.getInt(3))
            : new Statistics(0, 0, 1);
      }
    }
  }

  /** About how many rows the snapshot of all declared views reads: each table once. */
  public static long rowsOfAllViews(Connection mysql, Config config) throws SQLException {
    Map<String, Long> rows = new LinkedHashMap<>();
    for (Declaration view : DeclaredViews.all(config)) {
      for (TableName table : view.tables()) {
        String database = table.databaseOr(config.source().database());
        rows.putIfAbsent(database + "." + table.name(), of(mysql, database, table.name()).rows());
      }
    }
    return rows.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The length of some of its columns, supposing that all are equally long. */
  long bytesOf(int used) {
    return rowBytes * used / Math.max(1, columns);
  }
}
