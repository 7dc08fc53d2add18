package dev.freshet.cli.traffic;

import dev.freshet.check.AnswerClient;
import dev.freshet.check.Endpoints;
import dev.freshet.check.LagProbe;
import dev.freshet.cli.sample.SampleTraffic;
import dev.freshet.view.source.BinlogEnd;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Everyday transactions at a steady rate over a few connections, readers that ask for the keys they
 * touch, and a probe that follows commits to the answers that cover them. Ends with {@link #close}.
 */
public final class Traffic implements AutoCloseable {
  private static final int WRITERS = 4;
  private static final int READERS = 2;

  private final AtomicLong transactions = new AtomicLong();
  private final AtomicReference<String> trouble = new AtomicReference<>("");
  private final ReaderLoad readers;
  private final LagProbe lag;
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopped;

  /**
   * Starts.
   *
   * @param rate transactions a second
   * @param polls reads a second; 0 for none
   * @throws SQLException when the source cannot be written to
   */
  public Traffic(Endpoints endpoints, double rate, double polls, long seed) throws SQLException {
    AnswerClient client = new AnswerClient(endpoints);
    readers = new ReaderLoad(client);
    lag = new LagProbe(client);
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

  public long transactions() {
    return transactions.get();
  }

  public ReaderLoad readers() {
    return readers;
  }

  public LagProbe lag() {
    return lag;
  }

  /** What last went wrong with a transaction; empty when nothing has. */
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
        // After a stall it goes on at the rate and does not make up for lost time.
        due = Math.max(due + pause, System.nanoTime() - 1_000_000_000L);
        while (due > System.nanoTime() && !stopped) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
        SampleTraffic.Committed done = writer.next();
        transactions.incrementAndGet();
        readers.touched(done.user(), done.site());
        lag.offer(
            LagProbe.Commit.of(done.user(), done.site(), BinlogEnd.ask(position), done.returned()));
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
  }
}
