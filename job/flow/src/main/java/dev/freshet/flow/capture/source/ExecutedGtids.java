package dev.freshet.flow.capture.source;

import com.mysql.cj.jdbc.Driver;
import dev.freshet.view.form.OneLine;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls MySQL's executed GTIDs with a background thread and its own connection. While MySQL does
 * not answer, it logs one warning and keeps trying.
 */
public final class ExecutedGtids implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ExecutedGtids.class);
  private static final String QUESTION = "SELECT @@global.gtid_executed, @@server_uuid";
  private static final String TIMEOUT_MS = "2000";
  private static final long PAUSE_AFTER_FAILURE_MS = 500;
  private static final long CLOSE_WAIT_MS = 5000;

  private final SourceOptions options;
  private final Listener listener;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "executed-gtids");

  /** Receives the executed GTIDs that MySQL reports. The polling thread calls it. */
  public interface Listener {
    /**
     * Takes an answer of MySQL.
     *
     * @param asked when the query was sent, in milliseconds since the epoch
     * @param executed the executed GTIDs
     * @param server the {@code server_uuid} of the server that answered
     * @return false if this is the wrong server; a new connection is then opened, because the
     *     address may lead to another server by now
     */
    boolean answered(long asked, String executed, String server);
  }

  public ExecutedGtids(SourceOptions options, Listener listener) {
    this.options = options;
    this.listener = listener;
    thread.setDaemon(true);
  }

  public void start() {
    thread.start();
  }

  private void run() {
    boolean reported = false;
    boolean more = true;
    while (more) {
      try (Connection connection = connect();
          Statement statement = connection.createStatement()) {
        boolean right = true;
        while (more && right) {
          right = ask(statement);
          if (reported) {
            LOG.info("MySQL at {}:{} answers again", options.host(), options.port());
            reported = false;
          }
          more = pause(options.asOfInterval().toMillis());
        }
      } catch (SQLException e) {
        if (!reported) {
          LOG.warn(
              "MySQL at {}:{}: cannot read gtid_executed ({}); answers become stale until it responds",
              options.host(),
              options.port(),
              OneLine.of(e.getMessage()));
          reported = true;
        }
        more = pause(PAUSE_AFTER_FAILURE_MS);
      }
    }
  }

  private boolean ask(Statement statement) throws SQLException {
    long asked = System.currentTimeMillis();
    try (ResultSet result = statement.executeQuery(QUESTION)) {
      result.next();
      return listener.answered(asked, result.getString(1), result.getString(2));
    }
  }

  private Connection connect() throws SQLException {
    Map<String, String> settings =
        Map.of(
            "allowPublicKeyRetrieval",
            "true",
            "connectTimeout",
            TIMEOUT_MS,
            "socketTimeout",
            TIMEOUT_MS);
    return new Driver()
        .connect(
            "jdbc:mysql://" + options.host() + ":" + options.port() + "/", options.jdbc(settings));
  }

  /** Waits. Returns false if the thread should end. */
  private boolean pause(long milliseconds) {
    try {
      return !closed.await(milliseconds, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() throws InterruptedException {
    closed.countDown();
    thread.join(CLOSE_WAIT_MS);
  }
}
