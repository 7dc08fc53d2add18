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
 * Asks a job for keys, at a rate, and hears what becomes of each.
 *
 * <ul>
 *   <li>At most {@value #WINDOW} keys are open at once: asked for, and nothing final heard.
 *   <li>A key whose state is INVALID because somebody invalidated it will be heard of again; any
 *       other state is what came of it.
 *   <li>One of which nothing was heard in time is given up. When that is so of {@value #WINDOW}
 *       keys in a row, nobody listens, and no more are asked for.
 *   <li>With no patience keys are asked for and forgotten.
 * </ul>
 *
 * In memory are the open keys. Not safe for several threads.
 */
final class RepairRun {
  static final int WINDOW = 200;

  private static final int BATCH = 100;
  private static final Duration POLL = Duration.ofMillis(10);
  private static final long SAID_NANOS = 2_000_000_000L;

  private final Job job;
  private final Function<Key, String> stateKey;
  private final LongSupplier nanos;
  private final BiConsumer<Key, KeyOutcome> told;
  private final Consumer<Counts> progress;
  private final Map<String, Open> open = new LinkedHashMap<>();
  private long asked;
  private long valid;
  private long stillInvalid;
  private long unheard;
  private int unheardInARow;

  private record Open(Key key, long until) {}

  /** Who is asked. */
  interface Job {
    /** Asks for keys; returns when the requests are safe. */
    void ask(List<Key> keys);

    /** What it said, in order; waits so long at most for something. */
    List<InvalidationMessage> heard(Duration patience);
  }

  /** Keys to ask for. */
  interface Source {
    /** The next; none at the end. */
    List<Key> next(int most);
  }

  /**
   * Asks nothing yet.
   *
   * @param stateKey what Kafka knows the state of a key by
   * @param nanos a clock
   * @param told takes what is heard of each key
   * @param progress takes a report now and then
   */
  RepairRun(
      Job job,
      Function<Key, String> stateKey,
      LongSupplier nanos,
      BiConsumer<Key, KeyOutcome> told,
      Consumer<Counts> progress) {
    this.job = job;
    this.stateKey = stateKey;
    this.nanos = nanos;
    this.told = told;
    this.progress = progress;
  }

  /**
   * Asks for all keys of a source.
   *
   * @param rate keys a second
   * @param patience for each key
   */
  Counts run(Source keys, double rate, Duration patience) {
    long start = nanos.getAsLong();
    long sayAt = start + SAID_NANOS;
    boolean more = true;
    while ((more && !isGivenUp()) || !open.isEmpty()) {
      if (more && !isGivenUp()) {
        more = ask(keys, due(start, rate), patience);
      }
      hear();
      if (nanos.getAsLong() >= sayAt) {
        progress.accept(counts(more));
        sayAt = nanos.getAsLong() + SAID_NANOS;
      }
    }
    return counts(more);
  }

  /** How many the rate and the window still allow. */
  private int due(long start, double rate) {
    double allowed = 1 + (nanos.getAsLong() - start) * rate / 1e9 - asked;
    return (int) Math.min(Math.min(BATCH, WINDOW - open.size() - unheardInARow), allowed);
  }

  /** Whether there may be more. */
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
          // The same twice is one.
          asked--;
        }
      }
    }
    return true;
  }

  /** Only when all is heard that was said, something was not said in time. */
  private void hear() {
    List<InvalidationMessage> messages = job.heard(POLL);
    while (!messages.isEmpty() && !open.isEmpty()) {
      messages.forEach(this::take);
      messages = job.heard(Duration.ZERO);
    }
    long now = nanos.getAsLong();
    Iterator<Open> each = open.values().iterator();
    while (each.hasNext()) {
      Open late = each.next();
      if (late.until() <= now) {
        each.remove();
        unheard++;
        unheardInARow++;
        told.accept(late.key(), new KeyOutcome.Unheard());
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
    unheardInARow = 0;
    if (Reason.INVALIDATED.wireName().equals(message.reason())) {
      told.accept(asked.key(), new KeyOutcome.Invalidated(message.version()));
      return;
    }
    open.remove(name);
    if (message.reason() == null) {
      valid++;
      told.accept(asked.key(), new KeyOutcome.Valid(message.version()));
    } else {
      stillInvalid++;
      told.accept(asked.key(), new KeyOutcome.StillInvalid(message.reason(), message.version()));
    }
  }

  private boolean isGivenUp() {
    return unheardInARow >= WINDOW;
  }

  private Counts counts(boolean more) {
    return new Counts(asked, valid, stillInvalid, unheard, more && isGivenUp());
  }
}
