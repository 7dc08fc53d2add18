package dev.freshet.flow.capture;

import dev.freshet.flow.log.ViewFault;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The views that can no longer follow the source; the first word on each counts. Capture keeps them
 * in its state and tells their nodes nothing more: what the store holds of them stays as it was,
 * and so do the counts of their changes.
 */
final class ViewFaults {
  private final Map<Integer, ViewFault> faults = new TreeMap<>();

  /** Whether it is a view that was sound before. */
  boolean add(ViewFault fault) {
    return faults.putIfAbsent(fault.view(), fault) == null;
  }

  boolean has(int view) {
    return !faults.isEmpty() && faults.containsKey(view);
  }

  Collection<ViewFault> all() {
    return List.copyOf(faults.values());
  }
}
