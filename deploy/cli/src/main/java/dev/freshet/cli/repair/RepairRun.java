package dev.freshet.cli.repair;

import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import dev.freshet.view.stream.InvalidationMessage;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Requests keys from a job at a limited rate, and receives the result of each.
 *
 * <ul>
 *   <li>At most {@value #WINDOW} keys are open at the same time: requested, and without a final
 *       result.
 *   <li>The state INVALID with the reason {@code invalidated} is not final; any other state is the
 *       key's result.
 *   <li>A key without a result in time is given up. After {@value #WINDOW} such keys in a row the
 *       job does not seem to listen, and no more keys are requested.
 *   <li>With a patience of zero the results are not awaited.
 * </ul>
 *
 * Keeps the open keys in memory. Not thread-safe.
 */
final class RepairRun {
  static final int WINDOW = 200;

  private static final int BATCH = 100;
  private static final Duration POLL = Duration.ofMillis(10);
  private static final long REPORT_NANOS = 2_000_000_000L;

  private final Job job;
  private final Function<Key, String> stateKey;
  private final LongSupplier nanos;
  private final BiConsumer<Key, KeyOutcome> results;
  private final Consumer<Counts> progress;
  private final Map<String, Open> open = new LinkedHashMap<>();
  private long asked;
  private long valid;
  private long stillInvalid;
  private long withoutResult;
  private int missingInARow;

  private record Open(Key key, long until) {}

  /** The job that receives the requests. */
  interface Job {
    /**
     * Asks the job to repair keys. Returns when Kafka has acknowledged all requests; the repairs
     * follow later.
     */
    void ask(List<Key> keys);

    /** Returns the next messages of the job in order; waits for one for the given time at most. */
    List<InvalidationMessage> receive(Duration patience);
  }

  /** The keys to request. */
  interface Source {
    /** Returns the next keys; empty at the end. */
    List<Key> next(int most);
  }

  /**
   * Creates a run without sending a request.
   *
   * @param stateKey returns the Kafka key of a key's state
   * @param nanos a clock in nanoseconds
   * @param results receives the results of each key
   * @param progress receives a report every two seconds
   */
  RepairRun(
      Job job,
      Function<Key, String> stateKey,
      LongSupplier nanos,
      BiConsumer<Key, KeyOutcome> results,
      Consumer<Counts> progress) {
    this.job = job;
    this.stateKey = stateKey;
    this.nanos = nanos;
    this.results = results;
    this.progress = progress;
  }

  /**
   * Requests all keys of a source.
   *
   * @param rate keys per second
   * @param patience how long to wait for the result of each key
   */
  Counts run(Source keys, double rate, Duration patience) {
    long start = nanos.getAsLong();
    long reportAt = start + REPORT_NANOS;
    boolean more = true;
    while ((more && !isGivenUp()) || !open.isEmpty()) {
      if (more && !isGivenUp()) {
        more = ask(keys, due(start, rate), patience);
      }
      receive();
      if (nanos.getAsLong() >= reportAt) {
        progress.accept(counts(more));
        reportAt = nanos.getAsLong() + REPORT_NANOS;
      }
    }
    return counts(more);
  }

  /** Returns how many more keys the rate and the window allow. */
  private int due(long start, double rate) {
    double allowed = 1 + (nanos.getAsLong() - start) * rate / 1e9 - asked;
    return (int) Math.min(Math.min(BATCH, WINDOW - open.size() - missingInARow), allowed);
  }

  /** Requests the next keys. Returns whether there may be more. */
  private boolean ask(Source keys, int most, Duration patience) {
    if (most < 1) {
      return true;
    }
    List<Key> next = keys.next(most);
    if (next.isEmpty()) {
      return false;
    }
    job.ask(next);
    asked += next.size();
    if (!patience.isZero()) {
      long until = nanos.getAsLong() + patience.toNanos();
      for (Key key : next) {
        if (open.put(stateKey.apply(key), new Open(key, until)) != null) {
          // Counts a duplicate key once.
          asked--;
        }
      }
    }
    return true;
  }

  /** Receives results. Gives up late keys only after all available messages were received. */
  private void receive() {
    List<InvalidationMessage> messages = job.receive(POLL);
    while (!messages.isEmpty() && !open.isEmpty()) {
      messages.forEach(this::take);
      messages = job.receive(Duration.ZERO);
    }
    long now = nanos.getAsLong();
    Iterator<Open> each = open.values().iterator();
    while (each.hasNext()) {
      Open late = each.next();
      if (late.until() <= now) {
        each.remove();
        withoutResult++;
        missingInARow++;
        results.accept(late.key(), new KeyOutcome.NoResult());
      }
    }
  }

  private void take(InvalidationMessage message) {
    if (message.key() == null) {
      return;
    }
    String name = KeyRepair.text(message.kafkaKey());
    Open asked = open.get(name);
    if (asked == null) {
      return;
    }
    missingInARow = 0;
    if (Reason.INVALIDATED.wireName().equals(message.reason())) {
      results.accept(asked.key(), new KeyOutcome.Invalidated(message.version()));
      return;
    }
    open.remove(name);
    if (message.reason() == null) {
      valid++;
      results.accept(asked.key(), new KeyOutcome.Valid(message.version()));
    } else {
      stillInvalid++;
      results.accept(asked.key(), new KeyOutcome.StillInvalid(message.reason(), message.version()));
    }
  }

  private boolean isGivenUp() {
    return missingInARow >= WINDOW;
  }

  private Counts counts(boolean more) {
    return new Counts(asked, valid, stillInvalid, withoutResult, more && isGivenUp());
  }
}
