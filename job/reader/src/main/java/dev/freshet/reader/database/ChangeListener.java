package dev.freshet.reader.database;

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
 * Hears on one connection of its own, in one thread of its own, what the jobs of a schema tell.
 *
 * <p>A connection that is lost is made again every second, and everything may have been missed
 * then; one that died without a word is found by asking now and then. Where Postgres does not let
 * it listen (a standby, a pooler in between) it goes on trying, and says so once.
 */
final class ChangeListener implements Notices.Listening {
  private static final Logger LOG = LoggerFactory.getLogger(ChangeListener.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final int WAIT_MILLIS = 2_000;

  private final Database postgres;
  private final String channel;
  private final Notices.Listener ear;
  private final Thread thread = new Thread(this::run, "change-listener");
  private volatile boolean closed;
  private boolean heard = true;

  private ChangeListener(Database postgres, String schema, Notices.Listener ear) {
    this.postgres = postgres;
    this.channel = Notice.channel(schema);
    this.ear = ear;
    thread.setDaemon(true);
  }

  static ChangeListener start(Database postgres, String schema, Notices.Listener ear) {
    ChangeListener listener = new ChangeListener(postgres, schema, ear);
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
        said(true, "");
        ear.missed();
        hear(connection, statement);
      } catch (SQLException e) {
        said(false, SqlErrors.oneLine(e));
      } catch (RuntimeException e) {
        LOG.error("Changes of the store are not heard; this is a defect of the reader", e);
      }
      pause();
    }
  }

  private void hear(Connection connection, Statement statement) throws SQLException {
    PGConnection postgres = connection.unwrap(PGConnection.class);
    while (!closed) {
      PGNotification[] notifications = postgres.getNotifications(WAIT_MILLIS);
      if (notifications == null || notifications.length == 0) {
        statement.execute("SELECT 1");
        continue;
      }
      for (PGNotification notification : notifications) {
        tell(notification.getParameter());
      }
    }
  }

  /** A job of another version may tell something else: then nobody knows what changed. */
  private void tell(String text) {
    Notice notice;
    try {
      notice = Notice.parse(text);
    } catch (IllegalArgumentException e) {
      ear.missed();
      return;
    }
    ear.changed(notice);
  }

  private void said(boolean now, String cause) {
    if (now && !heard) {
      LOG.info("Postgres is listened to again");
    } else if (!now && heard && !closed) {
      LOG.warn(
          "Postgres does not let the reader listen for changes ({}): event streams tell them up to"
              + " two seconds late until it does",
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
      // Closed; the loop ends.
    }
  }
}
