package dev.freshet.check;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Collects the answers of all pollers, and judges each when the model has the necessary versions.
 * Keeps the highest version of each key, which is the lower bound for later requests of all
 * pollers. Thread-safe.
 */
final class Verdicts {
  private final Judge judge;
  private final Queue<Observation> arrived = new ConcurrentLinkedQueue<>();
  private final Map<ViewKey, Long> highest = new ConcurrentHashMap<>();
  private volatile boolean closing;

  Verdicts(Judge judge) {
    this.judge = judge;
  }

  /** Returns the lowest version that an answer for this key may have from now on. */
  long floor(ViewKey key) {
    return highest.getOrDefault(key, Long.MIN_VALUE);
  }

  /** Adds an answer to be judged. */
  void add(Observation seen) {
    if (seen.answer().fromProjection()) {
      highest.merge(seen.key(), seen.answer().version(), Math::max);
    }
    arrived.add(seen);
  }

  /** Judges answers until {@link #close}, including all answers that were added before it. */
  void run() {
    Deque<Observation> waiting = new ArrayDeque<>();
    while (true) {
      boolean last = closing;
      for (Observation seen = arrived.poll(); seen != null; seen = arrived.poll()) {
        waiting.add(seen);
      }
      boolean all = waiting.stream().allMatch(judge::ripe);
      for (int i = waiting.size(); i > 0; i--) {
        Observation seen = waiting.poll();
        if (judge.ripe(seen)) {
          judge.judge(seen);
        } else {
          waiting.add(seen);
        }
      }
      if (last && all) {
        return;
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  /** Ends {@link #run}; {@link SourceModel#finish} must have been called before. */
  void close() {
    closing = true;
  }
}
