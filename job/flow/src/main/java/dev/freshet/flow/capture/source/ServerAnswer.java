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
 * What a server says of itself, all of it in one session.
 *
 * @param id its {@code server_uuid}
 * @param number its {@code server_id}, which is another one on every server of a replication
 * @param executed its executed GTIDs
 * @param missing what it has not executed of the GTIDs that it was asked for
 * @param purged what it no longer has in its binlog and the reader has not read
 * @param ignoresCase whether letters' case makes no difference between its tables' names
 * @param collations names of its collations, by number
 * @param files the sizes of its binlog's files in bytes, by their names
 * @param end where its binlog ends, asked last
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
    TableDefinitions.Place end) {
  private static final String QUESTION =
      "SELECT @@server_uuid, @@server_id, @@global.gtid_executed,"
          + " GTID_SUBTRACT(?, @@global.gtid_executed), GTID_SUBTRACT(@@global.gtid_purged, ?),"
          + " @@lower_case_table_names";

  /**
   * Asks.
   *
   * @param read the GTIDs whose transactions were read whole
   * @param begun those that were read in part, with commas between; empty when there are none
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
            TableDefinitions.Place.end(mysql));
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

  /** Where its binlog ends, as a version. */
  long end(int epoch) {
    return Version.of(epoch, end.file(), end.position());
  }

  private static String oneLine(String gtids) {
    return gtids.replace("\n", "");
  }
}
