package dev.freshet.flow.write;

import dev.freshet.flow.log.ViewFault;
import dev.freshet.view.Reason;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The views that can no longer follow the source. What is told takes effect at its watermark, and
 * for good. Nothing of it is in a checkpoint: capture tells it again before its first watermark.
 */
final class ViewFaults {
  private final Map<Integer, ViewFault> faults = new TreeMap<>();
  private final List<ViewFault> fresh = new ArrayList<>();
  private List<ViewFault> later = new ArrayList<>();

  void add(ViewFault fault) {
    later.add(fault);
  }

  /** Everything up to a watermark takes effect. */
  void step(long watermark) {
    if (later.isEmpty()) {
      return;
    }
    List<ViewFault> waiting = new ArrayList<>();
    for (ViewFault next : later) {
      if (next.version() > watermark) {
        waiting.add(next);
      } else if (faults.putIfAbsent(next.view(), next) == null) {
        fresh.add(next);
      }
    }
    later = waiting;
  }

  /**
   * Why views are invalid as a whole.
   *
   * @param unplaced those of which a row cannot be placed
   */
  Map<Integer, Reason> invalid(Set<Integer> unplaced) {
    Map<Integer, Reason> reasons = new TreeMap<>();
    unplaced.forEach(view -> reasons.put(view, Reason.UNPLACEABLE));
    faults.forEach((view, fault) -> reasons.put(view, fault.reason()));
    return reasons;
  }

  /** Those that the store has not yet. */
  Collection<ViewFault> fresh() {
    return List.copyOf(fresh);
  }

  /** It has them. */
  void flushed() {
    fresh.clear();
  }
}
