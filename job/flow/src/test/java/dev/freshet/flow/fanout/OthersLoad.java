package dev.freshet.flow.fanout;

import dev.freshet.flow.JobUnderTest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Fifty transactions a second, each on one note, and for every one of them the time from COMMIT
 * returning to the store being complete up to it. None waits for another one, so that a stall shows
 * in all that were committed in it.
 *
 * <p>The whole store is asked, not the note's own range, and for a place that may lie behind the
 * commit: what is measured is rather too long than too short.
 */
final class OthersLoad implements AutoCloseable {
  private static final long PAUSE_NS = Duration.ofMillis(20).toNanos();
  private static final long POLL_NS = Duration.ofMillis(10).toNanos();

  private final JobUnderTest job;
  private final LongSupplier notes;
  private final List<Thread> threads = new ArrayList<>();
  private final Queue<Commit> open = new ConcurrentLinkedQueue<>();
  private final List<Long> lags = new ArrayList<>();
  private final AtomicInteger commits = new AtomicInteger();
  private final AtomicReference<Exception> failed = new AtomicReference<>();
  private volatile boolean over;
  private volatile boolean abandoned;

  private record Commit(long place, long returned) {}

  /** The lags in milliseconds, and how many there are. */
  record Lags(double p50, double p99, double max, int count) {
    @Override
    public String toString() {
      return "p50 %.0f ms  p99 %.0f ms  max %.0f ms  (%d commits)".formatted(p50, p99, max, count);
    }
  }

  /**
   * Starts it.
   *
   * @param notes says which note is next
   */
  OthersLoad(JobUnderTest job, LongSupplier notes) {
    this.job = job;
    this.notes = notes;
    start("load", this::write);
    start("lag", this::follow);
  }

  private void start(String name, Callable<Void> work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.call();
              } catch (Exception e) {
                failed.compareAndSet(null, e);
              }
            },
            name);
    threads.add(thread);
    thread.start();
  }

  private Void write() throws Exception {
    try (Connection source = job.openSource();
        Statement end = source.createStatement();
        PreparedStatement update =
            source.prepareStatement("UPDATE notes SET text = ? WHERE id = ?")) {
      for (long due = System.nanoTime(); !over; due += PAUSE_NS) {
        LockSupport.parkNanos(due - System.nanoTime());
        update.setString(1, "load " + due);
        update.setLong(2, notes.getAsLong());
        update.executeUpdate();
        long returned = System.nanoTime();
        commits.incrementAndGet();
        open.add(new Commit(JobUnderTest.end(end), returned));
      }
    }
    return null;
  }

  private Void follow() throws Exception {
    String sql = "SELECT min(version) FROM " + job.name() + ".progress";
    try (PreparedStatement progress = job.store().prepareStatement(sql)) {
      while (!abandoned && (!over || !open.isEmpty())) {
        long reached = reached(progress);
        long now = System.nanoTime();
        synchronized (lags) {
          for (Iterator<Commit> each = open.iterator(); each.hasNext(); ) {
            Commit commit = each.next();
            if (commit.place() <= reached) {
              lags.add(now - commit.returned());
              each.remove();
            }
          }
        }
        LockSupport.parkNanos(POLL_NS);
      }
    }
    return null;
  }

  private static long reached(PreparedStatement progress) throws SQLException {
    try (ResultSet row = progress.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  /** The lags of the commits that have arrived since this was last asked. */
  Lags lags() throws Exception {
    if (failed.get() != null) {
      throw failed.get();
    }
    synchronized (lags) {
      List<Long> sorted = lags.stream().sorted().toList();
      lags.clear();
      return new Lags(millis(sorted, 50), millis(sorted, 99), millis(sorted, 100), sorted.size());
    }
  }

  private static double millis(List<Long> sorted, int percent) {
    return sorted.isEmpty() ? 0 : sorted.get((sorted.size() * percent + 99) / 100 - 1) / 1e6;
  }

  /** Stops, and waits until all commits have arrived; returns how many there were. */
  int stop() throws Exception {
    over = true;
    for (Thread thread : threads) {
      thread.join();
    }
    if (failed.get() != null) {
      throw failed.get();
    }
    return commits.get();
  }

  @Override
  public void close() throws Exception {
    over = true;
    abandoned = true;
    for (Thread thread : threads) {
      thread.join(Duration.ofSeconds(30).toMillis());
    }
  }
}
