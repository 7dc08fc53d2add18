package dev.freshet.reader.database;

import dev.freshet.view.form.OneLine;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;

/** Classifies the errors of MySQL and Postgres. */
final class SqlErrors {
  /** ER_QUERY_TIMEOUT, ER_QUERY_INTERRUPTED, ER_LOCK_WAIT_TIMEOUT. */
  private static final Set<Integer> MYSQL_TIMEOUTS = Set.of(3024, 1317, 1205);

  private SqlErrors() {}

  /** Whether MySQL ended the statement because it took too long. */
  static boolean isTimeout(SQLException e) {
    return MYSQL_TIMEOUTS.contains(e.getErrorCode());
  }

  /**
   * Whether MySQL sent a row that is larger than the driver may read. The driver's class is not on
   * the compile path.
   */
  static boolean isTooLarge(SQLException e) {
    return e.getClass().getSimpleName().equals("PacketTooBigException");
  }

  /**
   * Whether the database could not be used at all: the connection failed, the pool had none in
   * time, or the database refuses connections. These are the classes 08 (connection), 28
   * (authorisation), 3D (unknown database), 53 (resources), 57P (shutting down) and MySQL's errors
   * 1040, 1049 and 1053.
   */
  static boolean isConnection(SQLException e) {
    if (e instanceof SQLTransientConnectionException) {
      return true;
    }
    int code = e.getErrorCode();
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    return state.startsWith("08")
        || state.startsWith("28")
        || state.startsWith("3D")
        || state.startsWith("53")
        || state.startsWith("57P")
        || code == 1040
        || code == 1049
        || code == 1053;
  }

  /**
   * Returns why there is no connection, for the log. The root cause, such as an untrusted
   * certificate, says more than the pool's message.
   */
  static String why(SQLException e) {
    Throwable first = e;
    while (first.getCause() != null) {
      first = first.getCause();
    }
    return first == e ? oneLine(e) : oneLine(e) + ": " + oneLine(first.getMessage());
  }

  /** Returns the exception's message on one line. */
  static String oneLine(SQLException e) {
    return oneLine(e.getMessage());
  }

  private static String oneLine(String message) {
    return message == null ? "no message" : OneLine.of(message.replaceAll("\\s+", " ").strip());
  }
}
