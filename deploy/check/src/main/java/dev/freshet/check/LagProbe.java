package dev.freshet.check;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Measures the wall time from a COMMIT returning to the first HTTP answer whose version covers it.
 * One commit is followed at a time; those that come meanwhile are not, but for the newest.
 */
public final class LagProbe {
  private static final long GIVE_UP = TimeUnit.SECONDS.toMicros(60);

  private final AnswerClient client;
  private final AtomicReference<Commit> newest = new AtomicReference<>();
  private volatile boolean following;
  private final Histogram micros = new ConcurrentHistogram(GIVE_UP, 3);

  /**
   * A commit to follow.
   *
   * @param key one it touched
   * @param version a place at or behind its end
   * @param returned {@link System#nanoTime()} when COMMIT had returned
   */
  record Commit(ViewKey key, long version, long returned) {}

  LagProbe(AnswerClient client) {
    this.client = client;
  }

  /** Offers a commit; never waits. */
  void offer(Commit commit) {
    newest.set(commit);
  }

  /** Follows commits until told to stop. */
  void run(BooleanSupplier stopped) throws InterruptedException {
    while (!stopped.getAsBoolean()) {
      Commit commit = newest.get();
      if (commit == null) {
        LockSupport.parkNanos(200_000);
      } else {
        following = true;
        newest.compareAndSet(commit, null);
        follow(commit, stopped);
        following = false;
      }
    }
  }

  private void follow(Commit commit, BooleanSupplier stopped) throws InterruptedException {
    while (!stopped.getAsBoolean()) {
      Optional<Answer> answer = ask(commit);
      boolean covered =
          answer.isPresent()
              && answer.get().fromProjection()
              && answer.get().version() >= commit.version();
      long lag = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - commit.returned());
      if (covered || lag >= GIVE_UP) {
        micros.recordValue(Math.min(lag, GIVE_UP));
        return;
      }
      boolean costsMysql = answer.isPresent() && !answer.get().fromProjection();
      LockSupport.parkNanos(costsMysql ? 50_000_000 : 1_000_000);
    }
  }

  private Optional<Answer> ask(Commit commit) throws InterruptedException {
    try {
      return Optional.of(client.ask(commit.key(), 1, null));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Whether no commit is being followed or waits to be. */
  boolean idle() {
    return newest.get() == null && !following;
  }

  /** As people read it. */
  public String print() {
    return "p50 %.1f ms  p99 %.1f ms  max %.1f ms  (%d commits followed)"
        .formatted(
            micros.getValueAtPercentile(50) / 1e3,
            micros.getValueAtPercentile(99) / 1e3,
            micros.getMaxValue() / 1e3,
            micros.getTotalCount());
  }
}
