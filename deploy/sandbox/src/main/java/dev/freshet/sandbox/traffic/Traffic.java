package dev.freshet.sandbox.traffic;

import dev.freshet.cli.Endpoints;
import dev.freshet.client.ClientConfig;
import dev.freshet.client.FreshetClient;
import dev.freshet.client.Query;
import dev.freshet.sandbox.sample.SampleTraffic;
import dev.freshet.view.source.BinlogEnd;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs typical transactions at a steady rate over several connections, reads the keys that they
 * touch, and measures the time from commits to the answers that cover them. Runs in background
 * threads until {@link #close}.
 */
public final class Traffic implements AutoCloseable {
  private static final int WRITERS = 4;
  private static final int READERS = 2;
  private static final String VIEW = "unread_conversations";
  private static final int PAGE = 50;

  private final AtomicLong transactions = new AtomicLong();
  private final AtomicReference<String> trouble = new AtomicReference<>("");
  private final FreshetClient reader;
  private final ReaderLoad readers;
  private final LagProbe lag;
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopped;

  /**
   * Starts the traffic.
   *
   * @param rate transactions per second
   * @param polls reads per second; 0 for none
   * @param seed the seed of the random transactions
   * @throws SQLException if the source cannot be read or is empty
   */
  public Traffic(Endpoints endpoints, double rate, double polls, long seed) throws SQLException {
    reader = new FreshetClient(config(endpoints));
    readers = new ReaderLoad(reader);
    lag = new LagProbe(reader);
    List<SampleTraffic> writers = new ArrayList<>();
    List<Connection> connections = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      Connection connection = endpoints.source();
      connections.add(connection);
      writers.add(new SampleTraffic(connection, i, WRITERS, seed));
    }
    long from = System.nanoTime();
    for (int i = 0; i < WRITERS; i++) {
      SampleTraffic writer = writers.get(i);
      Connection connection = connections.get(i);
      int number = i;
      start("writer-" + i, () -> write(writer, connection, number, from, rate));
    }
    for (int i = 0; polls > 0 && i < READERS; i++) {
      start("reader-" + i, () -> readers.run(polls / READERS, () -> stopped));
    }
    start("lag", () -> lag.run(() -> stopped));
  }

  /** Creates a client configuration without retries; failed requests are only counted. */
  private static ClientConfig config(Endpoints endpoints) {
    Duration patience = Duration.ofSeconds(10);
    return new ClientConfig(
        URI.create(endpoints.get("READER_URL")),
        () -> endpoints.get("READER_TOKEN"),
        Duration.ofSeconds(2),
        patience,
        patience,
        0,
        Duration.ofMillis(100),
        Duration.ofSeconds(1),
        patience);
  }

  public long transactions() {
    return transactions.get();
  }

  public ReaderLoad readers() {
    return readers;
  }

  public LagProbe lag() {
    return lag;
  }

  /** Returns the last failure of a writer; empty if there was none. */
  public String trouble() {
    return trouble.get();
  }

  private void write(
      SampleTraffic traffic, Connection connection, int number, long from, double rate)
      throws InterruptedException {
    long pause = (long) (1e9 * WRITERS / rate);
    long due = from + pause * number / WRITERS;
    try (SampleTraffic writer = traffic;
        Statement position = connection.createStatement()) {
      while (!stopped) {
        // After a stall it catches up at most the transactions of one second.
        due = Math.max(due + pause, System.nanoTime() - 1_000_000_000L);
        while (due > System.nanoTime() && !stopped) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
        SampleTraffic.Committed done = writer.next();
        transactions.incrementAndGet();
        Query key = Query.of(VIEW, done.user(), done.site());
        readers.touched(key.limit(PAGE));
        lag.offer(
            new LagProbe.Commit(key.limit(1), BinlogEnd.ask(position).version(), done.returned()));
      }
    } catch (SQLException e) {
      if (!stopped) {
        trouble.set("writer " + number + " ended: " + e.getMessage());
      }
    }
  }

  private interface Work {
    void run() throws InterruptedException;
  }

  private void start(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
    threads.add(thread);
  }

  /** Ends all threads. */
  @Override
  public void close() {
    stopped = true;
    for (Thread thread : threads) {
      try {
        thread.join(5_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    reader.close();
  }
}
