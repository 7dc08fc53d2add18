package dev.freshet.reader.database;

import dev.freshet.reader.Availability;
import dev.freshet.reader.DaemonThreads;
import dev.freshet.reader.config.Database;
import dev.freshet.view.sql.MysqlSession;
import java.sql.Connection;
import java.sql.DriverManager;
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
 * One connection to MySQL besides the pool, so that queries which hold all of those keep nobody
 * from killing one, nor from asking whether the server is there. Opened when first needed and again
 * when it was lost; every step ends within a second.
 *
 * <p>Safe for many threads, which wait for each other. Kills are sent in a thread of its own.
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

  /** Whether MySQL answers; a connection that it had closed is no sign of the contrary. */
  synchronized boolean answers() {
    try {
      execute("SELECT 1");
      return true;
    } catch (SQLException e) {
      availability.down(e.getMessage());
      return false;
    }
  }

  /**
   * Ends a connection of the same account, soon. The whole connection, not the query that it runs:
   * so a kill that comes late hits no other query.
   */
  void kill(long connectionId) {
    thread.execute(
        () -> {
          try {
            execute("KILL " + connectionId);
          } catch (SQLException e) {
            if (e.getErrorCode() != NO_SUCH_THREAD) {
              LOG.warn(
                  "A query that nobody waits for was not killed ({}); MySQL ends it when its time"
                      + " is up",
                  SqlErrors.oneLine(e));
            }
          }
        });
  }

  private synchronized void execute(String sql) throws SQLException {
    boolean old = connection.isPresent();
    long from = System.nanoTime();
    try {
      executeOnce(sql);
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
      executeOnce(sql);
    }
  }

  private void executeOnce(String sql) throws SQLException {
    if (connection.isEmpty()) {
      connection = Optional.of(DriverManager.getConnection(url, properties));
    }
    try (Statement statement = connection.get().createStatement()) {
      statement.execute(sql);
    }
  }

  private static void close(Optional<Connection> connection) {
    try {
      if (connection.isPresent()) {
        connection.get().close();
      }
    } catch (SQLException e) {
      // It is of no use any more.
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
