package dev.freshet.flow.capture;

import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * Finds out as of which time what was captured is complete: MySQL is asked for its executed GTIDs,
 * and once all of the answer was captured, the time the question was sent is confirmed.
 *
 * <p>Keeps at most {@value #MOST} open answers, thinned out evenly when there are more. Nothing of
 * it needs to be in a checkpoint but the time.
 */
final class Confirmations {
  static final int MOST = 1024;

  private final ArrayDeque<Answer> open = new ArrayDeque<>();
  private long asOf;

  private record Answer(long asked, Gtids executed) {}

  /** Goes on with a time confirmed earlier. */
  void restore(long confirmed) {
    asOf = confirmed;
  }

  /** The newest confirmed time, in milliseconds of the wall clock; 0 when there is none. */
  long asOf() {
    return asOf;
  }

  /** The source is another server now, which may never execute what the one before had. */
  void forgetAnswers() {
    open.clear();
  }

  /** MySQL answered a question that was sent at a time. */
  void answered(long asked, String executed) {
    if (open.size() == MOST) {
      boolean keep = false;
      for (Iterator<Answer> each = open.iterator(); each.hasNext(); keep = !keep) {
        each.next();
        if (!keep) {
          each.remove();
        }
      }
    }
    open.addLast(new Answer(asked, Gtids.parse(executed)));
  }

  /**
   * These GTIDs were captured.
   *
   * @return whether {@link #asOf} is newer now
   */
  boolean captured(String gtids) {
    if (open.isEmpty()) {
      return false;
    }
    Gtids captured = Gtids.parse(gtids);
    long before = asOf;
    // Executed sets only grow: if the oldest is not covered, no newer one is.
    while (!open.isEmpty() && captured.contains(open.getFirst().executed())) {
      asOf = Math.max(asOf, open.removeFirst().asked());
    }
    return asOf > before;
  }
}
