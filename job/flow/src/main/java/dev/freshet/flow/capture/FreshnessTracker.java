package dev.freshet.flow.capture;

import dev.freshet.flow.capture.source.SourceFault;
import dev.freshet.view.gtid.GtidSet;
import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * Finds out as of which time what was captured is complete: MySQL is asked for its executed GTIDs,
 * and once all of the answer was captured, the time the question was sent is confirmed.
 *
 * <p>Keeps at most {@value #MOST} open answers, thinned out evenly when there are more. Nothing of
 * it needs to be in a checkpoint but the time.
 */
final class FreshnessTracker {
  static final int MOST = 1024;

  private final ArrayDeque<Answer> open = new ArrayDeque<>();
  private GtidSet newest = GtidSet.EMPTY;
  private long asOf;

  private record Answer(long asked, GtidSet executed) {}

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
    newest = GtidSet.EMPTY;
  }

  /** The server had executed this when its binlog began to be read; it can have no less later. */
  void had(String text) {
    GtidSet executed = GtidSet.parse(text);
    if (executed.contains(newest)) {
      newest = executed;
    }
  }

  /**
   * MySQL answered a question that was sent at a time.
   *
   * @throws SourceFault when it no longer knows what it executed
   */
  void answered(long asked, String text) {
    GtidSet executed = GtidSet.parse(text);
    if (!executed.contains(newest)) {
      throw new SourceFault(
          "Source: MySQL had executed "
              + newest
              + " and says now that it has executed "
              + (text.isBlank() ? "nothing" : executed)
              + ": its binlog was reset, or the server is another; "
              + SourceFault.elsewhere());
    }
    newest = executed;
    if (open.size() == MOST) {
      boolean keep = false;
      for (Iterator<Answer> each = open.iterator(); each.hasNext(); keep = !keep) {
        each.next();
        if (!keep) {
          each.remove();
        }
      }
    }
    open.addLast(new Answer(asked, executed));
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
    GtidSet captured = GtidSet.parse(gtids);
    long before = asOf;
    // Executed sets only grow: if the oldest is not covered, no newer one is.
    while (!open.isEmpty() && captured.contains(open.getFirst().executed())) {
      asOf = Math.max(asOf, open.removeFirst().asked());
    }
    return asOf > before;
  }
}
