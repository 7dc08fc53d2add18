package dev.freshet.cli;

import dev.freshet.check.AnswerClient;
import dev.freshet.check.Endpoints;
import dev.freshet.check.LagProbe;
import dev.freshet.check.ViewKey;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * A hundred transactions a second that move conversations of some keys to the top, and the time
 * until a reader's answer from the projection contains them.
 */
final class LoadOnOthers implements AutoCloseable {
  private static final long PAUSE_NS = 10_000_000;

  private final Connection source;
  private final LagProbe lag;
  private final List<Shown> conversations;
  private final Thread writer = new Thread(this::write, "load");
  private final Thread follower = new Thread(this::follow, "lag");
  private volatile boolean over;
  private volatile Exception failed;

  /** A conversation and a key that shows it. */
  private record Shown(long conversation, ViewKey key) {}

  /**
   * Starts it.
   *
   * @param keys {@code user/site} each
   */
  LoadOnOthers(Endpoints endpoints, List<String> keys) throws SQLException {
    this.source = endpoints.source();
    this.lag = new LagProbe(new AnswerClient(endpoints));
    this.conversations = shown(keys);
    writer.start();
    follower.start();
  }

  private List<Shown> shown(List<String> keys) throws SQLException {
    List<Shown> shown = new ArrayList<>();
    try (Statement statement = source.createStatement()) {
      for (String key : keys) {
        String[] parts = key.split("/", 2);
        ViewKey of = new ViewKey(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
        try (ResultSet rows =
            statement.executeQuery(
                "SELECT c.id FROM participants p JOIN conversations c ON c.id = p.conversation_id"
                    + " WHERE p.user_id = "
                    + of.user()
                    + " AND c.site_id = "
                    + of.site())) {
          while (rows.next()) {
            shown.add(new Shown(rows.getLong(1), of));
          }
        }
      }
    }
    return shown;
  }

  private void write() {
    Random random = new Random(1);
    try (Statement statement = source.createStatement()) {
      for (long due = System.nanoTime(); !over; due += PAUSE_NS) {
        Shown next = conversations.get(random.nextInt(conversations.size()));
        statement.executeUpdate(
            "UPDATE conversations SET last_message_at = NOW(6) WHERE id = " + next.conversation());
        long returned = System.nanoTime();
        try (ResultSet status = statement.executeQuery("SHOW MASTER STATUS")) {
          status.next();
          lag.offer(
              LagProbe.Commit.of(
                  next.key().user(),
                  next.key().site(),
                  status.getString(1),
                  status.getLong(2),
                  returned));
        }
        LockSupport.parkNanos(due + PAUSE_NS - System.nanoTime());
      }
    } catch (SQLException e) {
      failed = e;
    }
  }

  private void follow() {
    try {
      lag.run(() -> over);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The 99th percentile of the lag over a while, in milliseconds, and the others printed. */
  double p99(String when, Duration duration) throws Exception {
    lag.reset();
    long end = System.nanoTime() + duration.toNanos();
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
    if (failed != null) {
      throw failed;
    }
    System.out.printf("%s: COMMIT→answer %s%n", when, lag.print());
    return lag.micros().getValueAtPercentile(99) / 1e3;
  }

  @Override
  public void close() throws Exception {
    over = true;
    writer.join();
    follower.join();
    source.close();
  }
}
