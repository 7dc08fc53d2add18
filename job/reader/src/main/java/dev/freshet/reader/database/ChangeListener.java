package dev.freshet.reader.database;

import dev.freshet.reader.Defects;
import dev.freshet.reader.config.Database;
import dev.freshet.reader.live.Notices;
import dev.freshet.store.Notice;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives the change notices of all jobs of a schema, with its own connection and thread.
 *
 * <p>It reconnects every second after the connection was lost, and then reports that notices may
 * have been missed. A regular query detects a connection that died silently. If Postgres does not
 * allow LISTEN (a standby, or a pooler in between), it keeps trying and logs this once.
 */
final class ChangeListener implements Notices.Listening {
  private static final Logger LOG = LoggerFactory.getLogger(ChangeListener.class);
  private static final Defects DEFECTS = new Defects(LOG);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final int WAIT_MILLIS = 2_000;

  private final Database postgres;
  private final String channel;
  private final Notices.Listener receiver;
  private final Thread thread = new Thread(this::run, "change-listener");
  private volatile boolean closed;
  private boolean heard = true;

  private ChangeListener(Database postgres, String schema, Notices.Listener receiver) {
    this.postgres = postgres;
    this.channel = Notice.channel(schema);
    this.receiver = receiver;
    thread.setDaemon(true);
  }

  static ChangeListener start(Database postgres, String schema, Notices.Listener receiver) {
    ChangeListener listener = new ChangeListener(postgres, schema, receiver);
    listener.thread.start();
    return listener;
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }

  private void run() {
    while (!closed) {
      try (Connection connection = Pools.listening(postgres);
          Statement statement = connection.createStatement()) {
        statement.execute("LISTEN " + channel);
        logState(true, "");
        receiver.missed();
        receive(connection, statement);
      } catch (SQLException e) {
        logState(false, SqlErrors.oneLine(e));
      } catch (RuntimeException e) {
        DEFECTS.log("Listening to Postgres failed", e);
      }
      pause();
    }
  }

  private void receive(Connection connection, Statement statement) throws SQLException {
    PGConnection postgres = connection.unwrap(PGConnection.class);
    while (!closed) {
      PGNotification[] notifications = postgres.getNotifications(WAIT_MILLIS);
      if (notifications == null || notifications.length == 0) {
        statement.execute("SELECT 1");
        continue;
      }
      for (PGNotification notification : notifications) {
        deliver(notification.getParameter());
      }
    }
  }

  /**
   * Passes a notice on. A notice of an unknown format, from a job of another version, counts as
   * missed.
   */
  private void deliver(String text) {
    Notice notice;
    try {
      notice = Notice.parse(text);
    } catch (IllegalArgumentException e) {
      receiver.missed();
      return;
    }
    receiver.changed(notice);
  }

  private void logState(boolean now, String cause) {
    if (now && !heard) {
      LOG.info("The reader receives change notices from Postgres again");
    } else if (!now && heard && !closed) {
      LOG.warn(
          "Postgres does not let the reader listen for changes ({}): event streams are up to two"
              + " seconds late until it does",
          cause);
    }
    heard = now;
  }

  private void pause() {
    try {
      if (!closed) {
        Thread.sleep(PAUSE.toMillis());
      }
    } catch (InterruptedException e) {
      // The listener was closed; the loop ends.
    }
  }
}
