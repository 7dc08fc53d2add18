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
 * Measures the time from the return of a COMMIT to the first HTTP answer whose version covers it.
 * Follows one commit at a time; of the commits offered meanwhile only the newest is followed next.
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
   * @param key a key that it changed
   * @param version a position at or after its end
   * @param returned the {@link System#nanoTime()} when COMMIT returned
   */
  record Commit(ViewKey key, long version, long returned) {}

  LagProbe(AnswerClient client) {
    this.client = client;
  }

  /** Offers a commit; does not block. */
  void offer(Commit commit) {
    newest.set(commit);
  }

  /** Follows commits until {@code stopped} is true. */
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

  /** Whether no commit is being followed or waiting. */
  boolean idle() {
    return newest.get() == null && !following;
  }

  /** Returns the percentiles of the time from COMMIT to answer as text, in milliseconds. */
  public String print() {
    return "p50 %.1f ms  p99 %.1f ms  max %.1f ms  (%d commits followed)"
        .formatted(
            micros.getValueAtPercentile(50) / 1e3,
            micros.getValueAtPercentile(99) / 1e3,
            micros.getMaxValue() / 1e3,
            micros.getTotalCount());
  }
}
