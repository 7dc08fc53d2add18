package dev.freshet.flow.capture;

import dev.freshet.flow.log.ViewFault;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The views that can no longer be maintained, each with its first fault. Capture keeps them in its
 * state and sends their nodes no more events, so that the store's entries of these views and the
 * counters of their changes stay unchanged. Not thread-safe.
 */
final class FaultedViews {
  private final Map<Integer, ViewFault> faults = new TreeMap<>();

  /** Adds a fault. Returns false, and keeps the first fault, if the view already has one. */
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
