package dev.freshet.cli.explain;

import dev.freshet.config.Config;
import dev.freshet.view.Table;
import dev.freshet.view.declare.Declaration;
import dev.freshet.view.declare.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * MySQL's statistics of a table.
 *
 * @param rows the approximate number of rows
 * @param rowBytes the average length of a row in bytes
 * @param columns the number of columns
 */
public record Statistics(long rows, long rowBytes, int columns) {
  private static final String SQL =
      "SELECT t.table_rows, t.avg_row_length, (SELECT COUNT(*) FROM information_schema.columns c"
          + " WHERE c.table_schema = t.table_schema AND c.table_name = t.table_name),"
          + " t.table_schema, t.table_name"
          + " FROM information_schema.tables t WHERE t.table_schema = ? AND t.table_name = ?";

  /** A table's database and name as MySQL spells them, with its statistics. */
  private record Described(List<String> table, Statistics statistics) {}

  static Statistics of(Connection mysql, Table table) throws SQLException {
    return described(mysql, table.database(), table.name())
        .map(Described::statistics)
        .orElse(new Statistics(0, 0, 1));
  }

  private static Optional<Described> described(Connection mysql, String database, String table)
      throws SQLException {
    try (Statement statement = mysql.createStatement()) {
      // Reads InnoDB's current figures instead of those that MySQL caches for a day.
      statement.execute("SET SESSION information_schema_stats_expiry = 0");
    }
    try (PreparedStatement statement = mysql.prepareStatement(SQL)) {
      statement.setString(1, database);
      statement.setString(2, table);
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(
                new Described(
                    List.of(row.getString(4), row.getString(5)),
                    new Statistics(row.getLong(1), row.getLong(2), row.getInt(3))))
            : Optional.empty();
      }
    }
  }

  /**
   * Returns the approximate number of rows that the snapshot of all declared views reads, each
   * table once.
   */
  public static long rowsOfAllViews(Connection mysql, Config config) throws SQLException {
    Map<List<String>, Long> rows = new LinkedHashMap<>();
    for (Declaration view : DeclaredViews.all(config)) {
      for (TableName table : view.tables()) {
        described(mysql, table.databaseOr(config.source().database()), table.name())
            .ifPresent(found -> rows.putIfAbsent(found.table(), found.statistics().rows()));
      }
    }
    return rows.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * Returns the average length of some columns in bytes, assuming that all columns have the same
   * length.
   */
  long bytesOf(int used) {
    return rowBytes * used / Math.max(1, columns);
  }
}
