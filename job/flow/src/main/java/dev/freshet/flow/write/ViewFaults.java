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
 * The views that can no longer be maintained. A fault takes effect at its watermark and is
 * permanent. Nothing is kept in a checkpoint, because capture sends the faults again before its
 * first watermark. Not thread-safe.
 */
final class ViewFaults {
  private final Map<Integer, ViewFault> faults = new TreeMap<>();
  private final List<ViewFault> fresh = new ArrayList<>();
  private List<ViewFault> later = new ArrayList<>();

  void add(ViewFault fault) {
    later.add(fault);
  }

  /** Applies all faults up to a watermark. */
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
   * Returns the views that are invalid as a whole, by index, with the reasons.
   *
   * @param unroutable the views that have a row whose keys are unknown
   */
  Map<Integer, Reason> invalid(Set<Integer> unroutable) {
    Map<Integer, Reason> reasons = new TreeMap<>();
    unroutable.forEach(view -> reasons.put(view, Reason.UNPLACEABLE));
    faults.forEach((view, fault) -> reasons.put(view, fault.reason()));
    return reasons;
  }

  /** Returns the faults that are not in the store yet. */
  Collection<ViewFault> fresh() {
    return List.copyOf(fresh);
  }

  /** To be called when {@link #fresh} were written to the store. */
  void flushed() {
    fresh.clear();
  }
}
