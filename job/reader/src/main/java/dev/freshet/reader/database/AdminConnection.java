package dev.freshet.reader.database;

import dev.freshet.reader.Availability;
import dev.freshet.reader.DaemonThreads;
import dev.freshet.reader.config.Database;
import dev.freshet.view.sql.MysqlSession;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to MySQL outside of the pool, to kill queries, to probe the server and to ask for
 * its GTIDs even while queries use all pooled connections. It is opened on first use, and reopened
 * after it was lost. Every operation ends within a second.
 *
 * <p>Thread-safe; callers wait for each other. Kills are sent by a background thread.
 */
final class AdminConnection implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdminConnection.class);
  private static final int MILLIS = 1000;
  private static final int NO_SUCH_THREAD = 1094;

  private final String url;
  private final Properties properties;
  private final Availability availability;
  private final ThreadPoolExecutor thread =
      new ThreadPoolExecutor(
          0,
          1,
          30,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          DaemonThreads.named("mysql-kill"),
          new ThreadPoolExecutor.DiscardPolicy());
  private Optional<Connection> connection = Optional.empty();

  AdminConnection(Database mysql, Availability availability) {
    this.url = MysqlSession.url(mysql.host(), mysql.port(), mysql.name());
    this.properties = MysqlSession.properties(mysql.user(), mysql.password());
    this.availability = availability;
    mysql.properties().forEach(properties::setProperty);
    properties.setProperty("connectTimeout", Integer.toString(MILLIS));
    properties.setProperty("socketTimeout", Integer.toString(MILLIS));
  }

  /**
   * Returns the GTIDs that MySQL has executed, as it prints them; empty if it does not answer, or
   * has none.
   */
  Optional<String> executedGtids() {
    try {
      return execute("SELECT @@global.gtid_executed").filter(gtids -> !gtids.isEmpty());
    } catch (SQLException e) {
      availability.down(e.getMessage());
      return Optional.empty();
    }
  }

  /** Whether MySQL answers. If the server has closed the connection, tries again with a new one. */
  synchronized boolean answers() {
    try {
      var unused = execute("SELECT 1");
      return true;
    } catch (SQLException e) {
      availability.down(e.getMessage());
      return false;
    }
  }

  /**
   * Kills another connection of the same account, asynchronously. It kills the connection and not
   * the query, so that a late kill cannot hit another query.
   */
  void kill(long connectionId) {
    thread.execute(
        () -> {
          try {
            var unused = execute("KILL " + connectionId);
          } catch (SQLException e) {
            if (e.getErrorCode() != NO_SUCH_THREAD) {
              LOG.warn(
                  "An abandoned query was not killed ({}); MySQL ends it when its time" + " is up",
                  SqlErrors.oneLine(e));
            }
          }
        });
  }

  /** Executes a statement; returns the first value of its result, if it has one. */
  private synchronized Optional<String> execute(String sql) throws SQLException {
    boolean old = connection.isPresent();
    long from = System.nanoTime();
    try {
      return executeOnce(sql);
    } catch (SQLException e) {
      boolean silent = System.nanoTime() - from > TimeUnit.MILLISECONDS.toNanos(MILLIS / 2);
      if (!SqlErrors.isConnection(e)) {
        throw e;
      }
      close(connection);
      connection = Optional.empty();
      if (!old || silent) {
        throw e;
      }
      return executeOnce(sql);
    }
  }

  private Optional<String> executeOnce(String sql) throws SQLException {
    if (connection.isEmpty()) {
      connection = Optional.of(DriverManager.getConnection(url, properties));
    }
    try (Statement statement = connection.get().createStatement()) {
      if (!statement.execute(sql)) {
        return Optional.empty();
      }
      try (ResultSet row = statement.getResultSet()) {
        return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
      }
    }
  }

  private static void close(Optional<Connection> connection) {
    try {
      if (connection.isPresent()) {
        connection.get().close();
      }
    } catch (SQLException e) {
      // The connection is unusable anyway.
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
    synchronized (this) {
      close(connection);
      connection = Optional.empty();
    }
  }
}
