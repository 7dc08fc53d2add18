package dev.freshet.flow.node;

import dev.freshet.flow.log.Failure;

/**
 * Counts how the changes of one view's rows ended at a node. Each change is applied, superseded (it
 * failed, and a newer version replaced it), waiting for a retry, or dead. Entries that cannot be
 * computed although their rows can be used are counted separately.
 */
final class ChangeCounter {
  private long applied;
  private long superseded;
  private long waiting;
  private long dead;
  private long entries;

  void add(NodeRow before, Handled handled) {
    applied += handled.applied();
    superseded += handled.superseded();
    mark(before.marker(), -1);
    mark(handled.row().marker(), 1);
  }

  private void mark(Marker marker, int sign) {
    if (marker == null) {
      return;
    }
    if (marker.ofEntry()) {
      entries += sign;
    } else if (marker.next() == Failure.Next.DEAD) {
      dead += sign;
    } else {
      waiting += sign;
    }
  }

  /** The counts for a checkpoint, in an order that never changes. */
  long[] toState() {
    return new long[] {applied, superseded, waiting, dead, entries};
  }

  /** Adds the counts of a restored subtask. */
  void add(long[] state) {
    applied += state[0];
    superseded += state[1];
    waiting += state[2];
    dead += state[3];
    entries += state[4];
  }
}
