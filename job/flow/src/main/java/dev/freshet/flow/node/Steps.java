package dev.freshet.flow.node;

import dev.freshet.flow.log.Event;
import dev.freshet.view.Key;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The steps of a node that have come and are not done: their watermarks, and what is left of the
 * first of them, key by key. So a step may be done in pieces, with checkpoints between them: a
 * checkpoint keeps the events of every key that is not done with (see {@link StepBuffer}), the one
 * under way included, which is done again, whole. The watermarks come again from capture, so that
 * each step ends where it would have ended.
 */
public final class Steps {
  private final Deque<Long> watermarks = new ArrayDeque<>();
  private final Deque<Map.Entry<Key, List<Event>>> left = new ArrayDeque<>();
  private boolean begun;

  /** A watermark came; they come in order. */
  public void come(long watermark) {
    watermarks.add(watermark);
  }

  /** The watermark of the step to do, or under way; empty when all are done. */
  public OptionalLong current() {
    return watermarks.isEmpty() ? OptionalLong.empty() : OptionalLong.of(watermarks.peek());
  }

  /** Whether the current step was begun. */
  public boolean isBegun() {
    return begun;
  }

  /**
   * Begins the current step.
   *
   * @param due its events by key, those of a key in order
   */
  public void begin(Map<Key, List<Event>> due) {
    begun = true;
    left.addAll(due.entrySet());
  }

  /** The key to do, or under way; null when none is left. */
  public Map.Entry<Key, List<Event>> key() {
    return left.peek();
  }

  /** The key is done with. */
  public void keyDone() {
    left.remove();
  }

  /** Whether the watermark of a later step has come. */
  public boolean isLaterWaiting() {
    return watermarks.size() > 1;
  }

  /** The current step is done, and its watermark passed on. */
  public void stepDone() {
    watermarks.remove();
    begun = false;
  }
}
