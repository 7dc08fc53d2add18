package dev.freshet.reader.database;

import dev.freshet.view.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.Collections;
import java.util.OptionalLong;
import javax.sql.DataSource;

/** Estimates the number of rows of MySQL's tables by InnoDB's statistics. Thread-safe. */
final class TableSizes {
  private final DataSource mysql;

  TableSizes(DataSource mysql) {
    this.mysql = mysql;
  }

  /**
   * Returns the approximate number of rows of some tables together. Blocks until a connection is
   * free.
   *
   * @param tables the tables, each once
   * @return empty if there are none, or MySQL does not say
   */
  OptionalLong rows(Collection<Table> tables) {
    if (tables.isEmpty()) {
      return OptionalLong.empty();
    }
    String sql =
        "SELECT SUM(table_rows) FROM information_schema.tables WHERE (table_schema, table_name) IN ("
            + String.join(", ", Collections.nCopies(tables.size(), "(?, ?)"))
            + ")";
    try (Connection connection = mysql.getConnection();
        Statement settings = connection.createStatement();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      // Reads InnoDB's current figures instead of those that MySQL caches for a day.
      settings.execute("SET SESSION information_schema_stats_expiry = 0");
      int index = 1;
      for (Table table : tables) {
        statement.setString(index++, table.database());
        statement.setString(index++, table.name());
      }
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        long rows = row.getLong(1);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(rows);
      }
    } catch (SQLException e) {
      // The page then shows the rows that were read, without a percentage.
      return OptionalLong.empty();
    }
  }
}
