package dev.freshet.flow.capture;

import dev.freshet.view.source.BinlogEnd;
import io.debezium.connector.mysql.MySqlConnection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What a server says of itself, all of it in one session.
 *
 * @param id its {@code server_uuid}
 * @param number its {@code server_id}, which is another one on every server of a replication
 * @param executed its executed GTIDs
 * @param missing what it has not executed of the GTIDs that it was asked for
 * @param purged what it no longer has in its binlog and the reader has not read
 * @param file where its binlog ends, asked last
 * @param position in that file
 */
record ServerAnswer(
    String id,
    long number,
    String executed,
    String missing,
    String purged,
    String file,
    long position) {
  private static final String QUESTION =
      "SELECT @@server_uuid, @@server_id, @@global.gtid_executed,"
          + " GTID_SUBTRACT(?, @@global.gtid_executed), GTID_SUBTRACT(@@global.gtid_purged, ?)";
  private static final int MOST_SHOWN = 300;

  /**
   * Asks.
   *
   * @param read the GTIDs whose transactions were read whole
   * @param begun those that were read in part, with commas between; empty when there are none
   */
  static ServerAnswer ask(MySqlConnection connection, String read, String begun)
      throws SQLException {
    String whole = read.replace("\n", "");
    String needed = whole.isEmpty() || begun.isEmpty() ? whole + begun : whole + "," + begun;
    ServerAnswer[] answer = new ServerAnswer[1];
    connection.prepareQuery(
        QUESTION,
        statement -> {
          statement.setString(1, needed);
          statement.setString(2, whole);
        },
        row -> {
          row.next();
          answer[0] =
              new ServerAnswer(
                  row.getString(1),
                  row.getLong(2),
                  oneLine(row.getString(3)),
                  oneLine(row.getString(4)),
                  oneLine(row.getString(5)),
                  "",
                  0);
        });
    try (Statement statement = connection.connection().createStatement()) {
      return answer[0].endingAt(BinlogEnd.ask(statement));
    }
  }

  private ServerAnswer endingAt(BinlogEnd end) {
    return new ServerAnswer(id, number, executed, missing, purged, end.file(), end.position());
  }

  private static String oneLine(String gtids) {
    return gtids.replace("\n", "");
  }

  /** GTIDs for a message. */
  static String shown(String gtids) {
    return gtids.length() <= MOST_SHOWN ? gtids : gtids.substring(0, MOST_SHOWN) + "…";
  }
}
