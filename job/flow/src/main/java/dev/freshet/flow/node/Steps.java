package dev.freshet.flow.node;

import dev.freshet.flow.log.Event;
import dev.freshet.view.Key;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;

/**
 * The steps of a node that have come and are not done: their watermarks, and what is left of the
 * first of them, key by key. So a step may be done in pieces, with checkpoints between them.
 *
 * <p>A checkpoint keeps the watermarks, of all subtasks together, and the events of every key that
 * is not done with, the one under way included: it is done again, whole. After a restore each step
 * ends where it would have ended: a watermark that was restored waits until one at or beyond it
 * comes, and goes before that one. A subtask that had done the step has nothing left of it.
 */
public final class Steps {
  private final TreeSet<Long> watermarks = new TreeSet<>();
  private final Deque<Map.Entry<Key, List<Event>>> left = new ArrayDeque<>();
  private long come = Long.MIN_VALUE;
  private boolean begun;

  /**
   * @param restored watermarks, of whatever subtask; none for a fresh start
   */
  public Steps(Iterable<Long> restored) {
    restored.forEach(watermarks::add);
  }

  /** A watermark came; they come in order. */
  public void come(long watermark) {
    watermarks.add(watermark);
    come = watermark;
  }

  /** The watermark of the step to do, or under way; empty when all are done. */
  public OptionalLong current() {
    return !watermarks.isEmpty() && watermarks.first() <= come
        ? OptionalLong.of(watermarks.first())
        : OptionalLong.empty();
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

  /** The current step is done, and its watermark passed on. */
  public void stepDone() {
    watermarks.pollFirst();
    begun = false;
  }

  /** The events of all keys that are not done with, for a checkpoint. */
  public List<Event> events() {
    List<Event> events = new ArrayList<>();
    left.forEach(key -> events.addAll(key.getValue()));
    return events;
  }

  /** The watermarks that were not passed on, for a checkpoint. */
  public Collection<Long> watermarks() {
    return List.copyOf(watermarks);
  }
}
