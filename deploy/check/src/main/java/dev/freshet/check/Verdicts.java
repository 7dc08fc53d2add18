package dev.freshet.check;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Collects answers from all readers and judges each once the model knows what it needs to. Keeps
 * the highest version seen of each key, so that a later request of any reader is held to it.
 */
final class Verdicts {
  private final Judge judge;
  private final Queue<Observation> arrived = new ConcurrentLinkedQueue<>();
  private final Map<ViewKey, Long> highest = new ConcurrentHashMap<>();
  private volatile boolean closing;

  Verdicts(Judge judge) {
    this.judge = judge;
  }

  /** The version below which no answer of this key may be from now on. */
  long floor(ViewKey key) {
    return highest.getOrDefault(key, Long.MIN_VALUE);
  }

  void hear(Observation seen) {
    if (seen.answer().fromProjection()) {
      highest.merge(seen.key(), seen.answer().version(), Math::max);
    }
    arrived.add(seen);
  }

  /** Judges until {@link #close} and everything heard before it. */
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

  /** Ends {@link #run}; the model must have been finished before. */
  void close() {
    closing = true;
  }
}
