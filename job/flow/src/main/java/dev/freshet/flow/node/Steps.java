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
 * The steps of a node that have come and are not done: their watermarks, and what is left of the
 * first of them, key by key. So a step may be done in pieces, with checkpoints between them: a
 * checkpoint keeps the events of every key that is not done with (see {@link StepBuffer}), the one
 * under way included, which is done again, whole. The watermarks come again from capture, so that
 * each step ends where it would have ended.
 */
public final class Steps {
  /** State on disk lies in the order of key groups, then of the keys' bytes. */
  private static final Comparator<Place> BY_PLACE =
      Comparator.comparingInt(Place::group).thenComparing(place -> place.step().getKey());

  private final int groups;
  private final boolean sorted;
  private final Deque<Long> watermarks = new ArrayDeque<>();
  private final Deque<Map.Entry<Key, List<Event>>> left = new ArrayDeque<>();
  private boolean begun;

  private record Place(int group, Map.Entry<Key, List<Event>> step) {}

  /** Steps whose keys are done in the order in which they come. */
  public Steps() {
    this(0, false);
  }

  private Steps(int groups, boolean sorted) {
    this.groups = groups;
    this.sorted = sorted;
  }

  /**
   * Steps whose keys are done in the order in which state on disk lies: what is read one after the
   * other lies together, which takes RocksDB a fifth less time.
   *
   * @param groups the job's maximal parallelism
   */
  static Steps inOrderOfState(int groups) {
    return new Steps(groups, true);
  }

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
    if (!sorted) {
      left.addAll(due.entrySet());
      return;
    }
    List<Place> places = new ArrayList<>(due.size());
    for (Map.Entry<Key, List<Event>> step : due.entrySet()) {
      places.add(new Place(KeyGroups.of(step.getKey(), groups), step));
    }
    places.sort(BY_PLACE);
    places.forEach(place -> left.add(place.step()));
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
