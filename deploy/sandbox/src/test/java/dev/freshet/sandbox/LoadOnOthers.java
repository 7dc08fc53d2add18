package dev.freshet.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.cli.Endpoints;
import dev.freshet.client.ClientConfig;
import dev.freshet.client.FreshetClient;
import dev.freshet.client.Query;
import dev.freshet.sandbox.traffic.LagProbe;
import dev.freshet.view.source.BinlogEnd;
import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A hundred transactions a second that move conversations of some keys to the top, and the time
 * until a reader's answer from the projection contains them. The writers have connections of their
 * own and ask nothing; where they fall behind they catch up.
 */
final class LoadOnOthers implements AutoCloseable {
  private static final long PAUSE_NS = 10_000_000;
  private static final int WRITERS = 4;

  private final Endpoints endpoints;
  private final FreshetClient reader;
  private final LagProbe lag;
  private final List<Shown> conversations;
  private final AtomicReference<Written> newest = new AtomicReference<>();
  private final List<Thread> threads = new ArrayList<>();
  private final long begun = System.nanoTime();
  private final AtomicLong due = new AtomicLong(begun);
  private final AtomicLong commits = new AtomicLong();
  private volatile boolean over;
  private volatile Exception failed;

  /** A conversation and a key that shows it. */
  private record Shown(long conversation, Query key) {}

  /** A key that a commit touched, and when COMMIT had returned. */
  private record Written(Query key, long returned) {}

  /**
   * Starts it.
   *
   * @param keys {@code user/site} each
   */
  LoadOnOthers(Endpoints endpoints, List<String> keys) throws SQLException {
    this.endpoints = endpoints;
    this.reader =
        new FreshetClient(
            ClientConfig.of(
                URI.create(endpoints.get("READER_URL")), () -> endpoints.get("READER_TOKEN")));
    this.lag = new LagProbe(reader);
    this.conversations = shown(keys);
    for (int i = 0; i < WRITERS; i++) {
      threads.add(new Thread(this::write, "load"));
    }
    threads.add(new Thread(this::place, "places"));
    threads.add(new Thread(this::follow, "lag"));
    threads.forEach(Thread::start);
  }

  private List<Shown> shown(List<String> keys) throws SQLException {
    List<Shown> shown = new ArrayList<>();
    try (Connection source = endpoints.source();
        Statement statement = source.createStatement()) {
      for (String key : keys) {
        String[] parts = key.split("/", 2);
        long user = Long.parseLong(parts[0]);
        long site = Long.parseLong(parts[1]);
        Query of = Query.of("unread_conversations", user, site).limit(1);
        try (ResultSet rows =
            statement.executeQuery(
                "SELECT c.id FROM participants p JOIN conversations c ON c.id = p.conversation_id"
                    + " WHERE p.user_id = "
                    + user
                    + " AND c.site_id = "
                    + site)) {
          while (rows.next()) {
            shown.add(new Shown(rows.getLong(1), of));
          }
        }
      }
    }
    return shown;
  }

  private void write() {
    try (Connection source = endpoints.source();
        PreparedStatement update =
            source.prepareStatement(
                "UPDATE conversations SET last_message_at = NOW(6) WHERE id = ?")) {
      while (!over) {
        LockSupport.parkNanos(due.getAndAdd(PAUSE_NS) - System.nanoTime());
        Shown next = conversations.get(ThreadLocalRandom.current().nextInt(conversations.size()));
        update.setLong(1, next.conversation());
        update.executeUpdate();
        newest.set(new Written(next.key(), System.nanoTime()));
        commits.incrementAndGet();
      }
    } catch (SQLException e) {
      failed = e;
    }
  }

  /** Where the binlog ends now is at or behind the end of any commit that returned. */
  private void place() {
    try (Connection source = endpoints.source();
        Statement statement = source.createStatement()) {
      while (!over) {
        Written next = newest.getAndSet(null);
        if (next == null) {
          LockSupport.parkNanos(500_000);
          continue;
        }
        lag.offer(
            new LagProbe.Commit(next.key(), BinlogEnd.ask(statement).version(), next.returned()));
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
    } catch (RuntimeException e) {
      failed = e;
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
    assertThat(lag.micros().getTotalCount()).as("commits that were followed %s", when).isPositive();
    return lag.micros().getValueAtPercentile(99) / 1e3;
  }

  /** Transactions a second since it began. */
  double rate() {
    return commits.get() * 1e9 / (System.nanoTime() - begun);
  }

  @Override
  public void close() throws Exception {
    over = true;
    for (Thread thread : threads) {
      thread.join();
    }
    reader.close();
  }
}
