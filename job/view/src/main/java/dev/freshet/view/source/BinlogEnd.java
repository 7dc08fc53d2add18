package dev.freshet.view.source;

import dev.freshet.view.Version;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The end of a server's binlog. The statement that returns it was renamed in MySQL 8.2, and 8.4 no
 * longer accepts the old name.
 *
 * @param position the position in that file
 * @param gtids the server's executed GTID set, on one line
 */
public record BinlogEnd(String file, long position, String gtids) {
  /** The statement for servers before {@link #RENAMED_IN}. */
  public static final String OLD_STATEMENT = "SHOW MASTER STATUS";

  /** The statement for servers from {@link #RENAMED_IN} on. */
  public static final String STATEMENT = "SHOW BINARY LOG STATUS";

  private static final int RENAMED_IN = 802;
  private static final int SYNTAX = 1064;

  /**
   * Queries the end of a server's binlog; the account needs REPLICATION CLIENT.
   *
   * @throws SQLException also if the server does not write a binlog
   */
  public static BinlogEnd ask(Statement statement) throws SQLException {
    boolean renamed = isRenamed(statement.getConnection().getMetaData());
    try {
      return ask(statement, renamed ? STATEMENT : OLD_STATEMENT);
    } catch (SQLException e) {
      if (e.getErrorCode() != SYNTAX) {
        throw e;
      }
      // A proxy may report another version than its server has.
      return ask(statement, renamed ? OLD_STATEMENT : STATEMENT);
    }
  }

  /** Whether a server accepts {@link #STATEMENT}. */
  public static boolean isRenamed(DatabaseMetaData server) throws SQLException {
    return server.getDatabaseMajorVersion() * 100 + server.getDatabaseMinorVersion() >= RENAMED_IN;
  }

  private static BinlogEnd ask(Statement statement, String sql) throws SQLException {
    try (ResultSet row = statement.executeQuery(sql)) {
      if (!row.next()) {
        throw new SQLException("MySQL: binary logging is off; start it with --log-bin");
      }
      return new BinlogEnd(
          row.getString("File"),
          row.getLong("Position"),
          row.getString("Executed_Gtid_Set").replace("\n", ""));
    }
  }

  /** This position as a version of the first epoch. */
  public long version() {
    return version(0);
  }

  /** This position as a version of an epoch. */
  public long version(int epoch) {
    return Version.of(epoch, file, position);
  }

  /** File and position: {@code binlog.000012:4567}. */
  @Override
  public String toString() {
    return file + ":" + position;
  }
}
