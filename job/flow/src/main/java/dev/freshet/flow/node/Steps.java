package dev.freshet.flow.node;

import dev.freshet.flow.log.Event;
import dev.freshet.view.Key;
import dev.freshet.view.KeyGroups;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The steps of a node that have arrived and are not done: their watermarks, and the remaining keys
 * of the first step. So a step can be done in pieces, with checkpoints between them. A checkpoint
 * contains the events of every key that is not done (see {@link StepBuffer}); a key in progress is
 * done again from its beginning. After a restore capture sends the same watermarks again, so each
 * step ends where it ended before.
 */
public final class Steps {
  /** The order of state on disk: by key group, then by the keys' bytes. */
  private static final Comparator<Position> BY_POSITION =
      Comparator.comparingInt(Position::group).thenComparing(position -> position.step().getKey());

  private final int groups;
  private final boolean sorted;
  private final Deque<Long> watermarks = new ArrayDeque<>();
  private final Deque<Map.Entry<Key, List<Event>>> left = new ArrayDeque<>();
  private boolean begun;

  private record Position(int group, Map.Entry<Key, List<Event>> step) {}

  /** Makes an instance that processes the keys of a step in the order of the given map. */
  public Steps() {
    this(0, false);
  }

  private Steps(int groups, boolean sorted) {
    this.groups = groups;
    this.sorted = sorted;
  }

  /**
   * Makes an instance that processes the keys of a step in the order of state on disk. Successive
   * reads are then near each other, which takes RocksDB a fifth less time.
   *
   * @param groups the job's maximal parallelism
   */
  static Steps inOrderOfState(int groups) {
    return new Steps(groups, true);
  }

  /** Adds a step by its watermark; watermarks must ascend. */
  public void come(long watermark) {
    watermarks.add(watermark);
  }

  /** The watermark of the current step, which is begun or next; empty if all steps are done. */
  public OptionalLong current() {
    return watermarks.isEmpty() ? OptionalLong.empty() : OptionalLong.of(watermarks.peek());
  }

  /** Whether the current step has begun. */
  public boolean isBegun() {
    return begun;
  }

  /**
   * Begins the current step.
   *
   * @param due the step's events by key, a key's events in order
   */
  public void begin(Map<Key, List<Event>> due) {
    begun = true;
    if (!sorted) {
      left.addAll(due.entrySet());
      return;
    }
    List<Position> positions = new ArrayList<>(due.size());
    for (Map.Entry<Key, List<Event>> step : due.entrySet()) {
      positions.add(new Position(KeyGroups.of(step.getKey(), groups), step));
    }
    positions.sort(BY_POSITION);
    positions.forEach(position -> left.add(position.step()));
  }

  /** The current key, which is in progress or next, with its events; null if none is left. */
  public Map.Entry<Key, List<Event>> key() {
    return left.peek();
  }

  /** Marks the current key as done. */
  public void keyDone() {
    left.remove();
  }

  /** The last watermark that has arrived; must not be called if all steps are done. */
  public long last() {
    return watermarks.getLast();
  }

  /** Marks the current step as done, after its watermark was forwarded. */
  public void stepDone() {
    watermarks.remove();
    begun = false;
  }
}
