package dev.freshet.flow.capture;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Where a server's binlog ends. */
final class BinlogEnd {
  private static final int SYNTAX = 1064;

  private BinlogEnd() {}

  static TableDefinitions.Place of(Connection mysql) throws SQLException {
    try {
      return of(mysql, "SHOW BINARY LOG STATUS");
    } catch (SQLException e) {
      if (e.getErrorCode() == SYNTAX) {
        return of(mysql, "SHOW MASTER STATUS");
      }
      throw e;
    }
  }

  private static TableDefinitions.Place of(Connection mysql, String question) throws SQLException {
    try (Statement statement = mysql.createStatement();
        ResultSet row = statement.executeQuery(question)) {
      if (!row.next()) {
        throw new SQLException("it writes no binlog");
      }
      return new TableDefinitions.Place(row.getString(1), row.getLong(2));
    }
  }
}
