package dev.freshet.flow.kafka;

import dev.freshet.view.Version;
import dev.freshet.view.source.BinlogEnd;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A hundred transactions a second that change notes of some owners, and the time from a COMMIT
 * returning to the reader's first answer from the projection that contains it.
 *
 * <p>The writers have connections of their own and ask nothing; where they fall behind they catch
 * up. Those who follow take the newest commit each, and only then ask where the binlog ends, so
 * that what they measure is rather too long than too short.
 */
final class NotesLoad implements AutoCloseable {
  private static final long PAUSE_NS = TimeUnit.SECONDS.toNanos(1) / 100;
  private static final long GIVE_UP_NS = TimeUnit.SECONDS.toNanos(30);
  private static final int WRITERS = 4;
  private static final int FOLLOWERS = 2;

  private final NotesJob job;
  private final ReaderUnderTest reader;
  private final List<Note> notes;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicReference<Commit> newest = new AtomicReference<>();
  private final AtomicReference<Exception> failed = new AtomicReference<>();
  private final CountDownLatch go = new CountDownLatch(1);
  private final CountDownLatch connected = new CountDownLatch(WRITERS);
  private final AtomicLong due = new AtomicLong();
  private final AtomicLong commits = new AtomicLong();
  private final List<Long> lags = new ArrayList<>();
  private final long begun;
  private volatile boolean over;

  /** A note that is written, and whose key shows it. */
  record Note(long id, long owner) {}

  private record Commit(long owner, long returned) {}

  /** Starts it. */
  NotesLoad(NotesJob job, ReaderUnderTest reader, List<Note> notes) throws InterruptedException {
    this.job = job;
    this.reader = reader;
    this.notes = List.copyOf(notes);
    for (int i = 0; i < WRITERS; i++) {
      start("load", this::write);
    }
    for (int i = 0; i < FOLLOWERS; i++) {
      start("lag", this::follow);
    }
    connected.await(10, TimeUnit.SECONDS);
    begun = System.nanoTime();
    due.set(begun);
    go.countDown();
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
        PreparedStatement update =
            source.prepareStatement("UPDATE notes SET text = ? WHERE id = ?")) {
      connected.countDown();
      go.await();
      while (!over) {
        LockSupport.parkNanos(due.getAndAdd(PAUSE_NS) - System.nanoTime());
        Note note = notes.get(ThreadLocalRandom.current().nextInt(notes.size()));
        update.setString(1, "load " + commits.get());
        update.setLong(2, note.id());
        update.executeUpdate();
        newest.set(new Commit(note.owner(), System.nanoTime()));
        commits.incrementAndGet();
      }
    }
    return null;
  }

  private Void follow() throws Exception {
    try (Connection source = job.openSource();
        Statement statement = source.createStatement()) {
      while (!over) {
        Commit commit = newest.getAndSet(null);
        if (commit == null) {
          LockSupport.parkNanos(200_000);
        } else {
          follow(commit, end(statement));
        }
      }
    }
    return null;
  }

  private void follow(Commit commit, long end) throws Exception {
    while (!over) {
      ReaderUnderTest.Answer answer = reader.ask("notes_of", commit.owner());
      long lag = System.nanoTime() - commit.returned();
      if (lag >= GIVE_UP_NS || (answer.isValid() && Version.parse(answer.text("version")) >= end)) {
        synchronized (lags) {
          lags.add(lag);
        }
        return;
      }
      LockSupport.parkNanos(2_000_000);
    }
  }

  private static long end(Statement source) throws SQLException {
    return BinlogEnd.ask(source).version();
  }

  /** The lags since they were last taken, in nanoseconds. */
  List<Long> takeLags() throws Exception {
    requireNoFailure();
    synchronized (lags) {
      List<Long> taken = List.copyOf(lags);
      lags.clear();
      return taken;
    }
  }

  /** The 99th percentile of lags, in milliseconds, and others printed. */
  static double p99(String when, List<Long> lags) {
    List<Long> sorted = lags.stream().sorted().toList();
    System.out.printf(
        "%s: COMMIT→answer p50 %.1f ms  p99 %.1f ms  max %.1f ms  (%d commits followed)%n",
        when, millis(sorted, 50), millis(sorted, 99), millis(sorted, 100), sorted.size());
    return millis(sorted, 99);
  }

  private static double millis(List<Long> sorted, int percent) {
    return sorted.get((sorted.size() * percent + 99) / 100 - 1) / 1e6;
  }

  /** Transactions so far. */
  long commits() {
    return commits.get();
  }

  /** Since when, in nanoseconds. */
  long elapsed() {
    return System.nanoTime() - begun;
  }

  private void requireNoFailure() throws Exception {
    if (failed.get() != null) {
      throw failed.get();
    }
  }

  @Override
  public void close() throws Exception {
    over = true;
    for (Thread thread : threads) {
      thread.join(Duration.ofSeconds(30).toMillis());
    }
    requireNoFailure();
  }
}
