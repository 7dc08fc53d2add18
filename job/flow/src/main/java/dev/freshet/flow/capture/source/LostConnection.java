package dev.freshet.flow.capture.source;

import com.github.shyiko.mysql.binlog.network.ServerException;
import java.io.EOFException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.concurrent.TimeoutException;

/** Tells failures to reach MySQL, which pass, from what MySQL or the reader itself says. */
final class LostConnection {
  /** The class of SQL states that are about connections, MySQL's "too many connections" too. */
  private static final String CONNECTION = "08";

  /** A table is being altered for longer than it is waited for. */
  private static final int LOCK_WAIT_TIMEOUT = 1205;

  private LostConnection() {}

  /** Whether trying again may help: MySQL was not reached, or went away. */
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

  /** The innermost message, in one line. */
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
