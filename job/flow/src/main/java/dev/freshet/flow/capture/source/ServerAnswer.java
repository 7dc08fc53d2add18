package dev.freshet.flow.capture.source;

import dev.freshet.view.Version;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/**
 * The identity and binlog state of a server, read in one session.
 *
 * @param id the {@code server_uuid}
 * @param number the {@code server_id}, which is unique among the servers of a replication
 * @param executed the executed GTIDs
 * @param missing the GTIDs that were read but that the server has not executed
 * @param purged the GTIDs that the server has purged from its binlog and that were not read
 * @param ignoresCase whether table names are case-insensitive
 * @param collations the names of the collations by number
 * @param files the sizes of the binlog files in bytes, by file name
 * @param end the end of the binlog, which is read last
 */
record ServerAnswer(
    String id,
    long number,
    String executed,
    String missing,
    String purged,
    boolean ignoresCase,
    Map<Integer, String> collations,
    Map<String, Long> files,
    TableDefinitions.Position end) {
  private static final String QUESTION =
      "SELECT @@server_uuid, @@server_id, @@global.gtid_executed,"
          + " GTID_SUBTRACT(?, @@global.gtid_executed), GTID_SUBTRACT(@@global.gtid_purged, ?),"
          + " @@lower_case_table_names";

  /**
   * Reads the state of a server.
   *
   * @param read the GTIDs of the transactions that were read completely
   * @param begun the GTIDs of the transactions that were read in part, separated by commas; empty
   *     if there are none
   */
  static ServerAnswer ask(Connection mysql, String read, String begun) throws SQLException {
    String needed = read.isEmpty() || begun.isEmpty() ? read + begun : read + "," + begun;
    try (PreparedStatement question = mysql.prepareStatement(QUESTION)) {
      question.setString(1, needed);
      question.setString(2, read);
      try (ResultSet row = question.executeQuery()) {
        row.next();
        return new ServerAnswer(
            row.getString(1),
            row.getLong(2),
            oneLine(row.getString(3)),
            oneLine(row.getString(4)),
            oneLine(row.getString(5)),
            row.getInt(6) != 0,
            collations(mysql),
            files(mysql),
            TableDefinitions.Position.end(mysql));
      }
    }
  }

  private static Map<Integer, String> collations(Connection mysql) throws SQLException {
    Map<Integer, String> names = new HashMap<>();
    try (Statement statement = mysql.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT ID, COLLATION_NAME FROM information_schema.COLLATIONS")) {
      while (row.next()) {
        names.put(row.getInt(1), row.getString(2));
      }
    }
    return names;
  }

  private static Map<String, Long> files(Connection mysql) throws SQLException {
    Map<String, Long> files = new HashMap<>();
    try (Statement statement = mysql.createStatement();
        ResultSet row = statement.executeQuery("SHOW BINARY LOGS")) {
      while (row.next()) {
        files.put(row.getString(1), row.getLong(2));
      }
    }
    return files;
  }

  /** Returns the end of the binlog as a version. */
  long end(int epoch) {
    return Version.of(epoch, end.file(), end.position());
  }

  private static String oneLine(String gtids) {
    return gtids.replace("\n", "");
  }
}
