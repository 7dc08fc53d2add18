package dev.freshet.sandbox.traffic;

import dev.freshet.client.Answer;
import dev.freshet.client.FreshetClient;
import dev.freshet.client.FreshetException;
import dev.freshet.client.Query;
import dev.freshet.view.Version;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Measures the time from the return of a COMMIT to the first answer of the projection whose version
 * covers it. Follows one commit at a time; of the commits offered meanwhile only the newest is
 * followed next.
 */
public final class LagProbe {
  private static final long GIVE_UP = TimeUnit.SECONDS.toMicros(60);

  private final FreshetClient reader;
  private final AtomicReference<Commit> newest = new AtomicReference<>();
  private final Histogram micros = new ConcurrentHistogram(GIVE_UP, 3);

  /**
   * A commit to follow.
   *
   * @param query a query for a key that the commit touched
   * @param version a position at or after the commit's end
   * @param returned the {@link System#nanoTime()} when COMMIT returned
   */
  public record Commit(Query query, long version, long returned) {}

  public LagProbe(FreshetClient reader) {
    this.reader = reader;
  }

  /** Offers a commit; does not block. */
  public void offer(Commit commit) {
    newest.set(commit);
  }

  /**
   * Follows commits until {@code stopped} is true. Does not measure the first commit, because its
   * time includes the loading of the client's classes.
   */
  public void run(BooleanSupplier stopped) throws InterruptedException {
    boolean ready = false;
    while (!stopped.getAsBoolean()) {
      Commit commit = newest.getAndSet(null);
      if (commit == null) {
        LockSupport.parkNanos(200_000);
      } else if (!ready) {
        ask(commit.query());
        ready = true;
      } else {
        follow(commit, stopped);
      }
    }
  }

  private void follow(Commit commit, BooleanSupplier stopped) throws InterruptedException {
    while (!stopped.getAsBoolean()) {
      Optional<Answer> answer = ask(commit.query());
      boolean covered =
          answer.flatMap(Answer::version).map(Version::parse).orElse(-1L) >= commit.version();
      long lag = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - commit.returned());
      if (covered || lag >= GIVE_UP) {
        micros.recordValue(Math.min(lag, GIVE_UP));
        return;
      }
      boolean costsMysql = answer.isPresent() && answer.get().version().isEmpty();
      LockSupport.parkNanos(costsMysql ? 50_000_000 : 1_000_000);
    }
  }

  private Optional<Answer> ask(Query query) throws InterruptedException {
    try {
      return Optional.of(reader.get(query));
    } catch (FreshetException e) {
      return Optional.empty();
    }
  }

  /**
   * Returns the measurements so far, in microseconds. The histogram is live: it changes while the
   * probe runs.
   */
  public Histogram micros() {
    return micros;
  }

  /** Deletes the measurements. */
  public void reset() {
    micros.reset();
  }

  /** Returns the percentiles in milliseconds, as text. */
  public String print() {
    return "p50 %.1f ms  p99 %.1f ms  max %.1f ms  (%d commits followed)"
        .formatted(
            micros.getValueAtPercentile(50) / 1e3,
            micros.getValueAtPercentile(99) / 1e3,
            micros.getMaxValue() / 1e3,
            micros.getTotalCount());
  }
}
