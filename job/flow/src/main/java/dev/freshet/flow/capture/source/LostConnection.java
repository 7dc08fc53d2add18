package dev.freshet.flow.capture.source;

import com.github.shyiko.mysql.binlog.network.ServerException;
import java.io.EOFException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.concurrent.TimeoutException;

/**
 * Distinguishes connection failures, which are temporary, from errors that MySQL or the reader
 * reports.
 */
final class LostConnection {
  /** The class of SQL states for connection failures, including MySQL's "too many connections". */
  private static final String CONNECTION = "08";

  /**
   * MySQL's error code for a table that is locked, by an ALTER TABLE for instance, longer than the
   * lock timeout.
   */
  private static final int LOCK_WAIT_TIMEOUT = 1205;

  private LostConnection() {}

  /** Whether a retry may help: MySQL could not be reached, or the connection was lost. */
  static boolean is(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof ServerException || each instanceof SourceFault) {
        return false;
      }
      if (each instanceof SocketException
          || each instanceof SocketTimeoutException
          || each instanceof UnknownHostException
          || each instanceof EOFException
          || each instanceof TimeoutException
          || (each instanceof SQLException sql && isOfConnection(sql))) {
        return true;
      }
    }
    return false;
  }

  /** Returns the innermost message in one line. */
  static String cause(Throwable failure) {
    Throwable last = failure;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    String message = last.getMessage();
    return message == null
        ? last.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }

  private static boolean isOfConnection(SQLException e) {
    return e.getErrorCode() == LOCK_WAIT_TIMEOUT
        || (e.getSQLState() != null && e.getSQLState().startsWith(CONNECTION));
  }
}
