package dev.freshet.flow.capture;

import dev.freshet.flow.capture.source.SourceFault;
import dev.freshet.view.gtid.GtidSet;
import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * Determines the time as of which the captured data is complete. MySQL is polled for its executed
 * GTIDs; once capture has read all GTIDs of an answer, the time at which that poll was sent is
 * confirmed.
 *
 * <p>Keeps at most {@value #MOST} answers that are not confirmed; if there are more, it drops every
 * second one. Only the confirmed time needs to be in a checkpoint. Not thread-safe.
 */
final class FreshnessTracker {
  static final int MOST = 1024;

  private final ArrayDeque<Answer> open = new ArrayDeque<>();
  private GtidSet newest = GtidSet.EMPTY;
  private long asOf;

  private record Answer(long asked, GtidSet executed) {}

  /** Restores the confirmed time from a checkpoint, in milliseconds since the epoch. */
  void restore(long confirmed) {
    asOf = confirmed;
  }

  /** Returns the newest confirmed time, in milliseconds since the epoch; 0 if there is none. */
  long asOf() {
    return asOf;
  }

  /**
   * Drops the open answers after the source became another server, which may never execute the
   * GTIDs of the previous one.
   */
  void forgetAnswers() {
    open.clear();
    newest = GtidSet.EMPTY;
  }

  /**
   * Notes the GTIDs that the server had executed when the binlog connection was opened; later
   * answers must contain them.
   */
  void connected(String text) {
    GtidSet executed = GtidSet.parse(text);
    if (executed.contains(newest)) {
      newest = executed;
    }
  }

  /**
   * Takes an answer of MySQL.
   *
   * @param asked when the poll was sent, in milliseconds since the epoch
   * @param text the executed GTIDs
   * @throws SourceFault if GTIDs of an earlier answer are missing
   */
  void answered(long asked, String text) {
    GtidSet executed = GtidSet.parse(text);
    if (!executed.contains(newest)) {
      throw new SourceFault(
          "Source: MySQL had executed "
              + newest
              + " and now reports that it has executed "
              + (text.isBlank() ? "nothing" : executed)
              + ": its binlog was reset, or it is another server; "
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
   * Confirms the answers whose GTIDs have all been captured.
   *
   * @param gtids all GTIDs captured so far
   * @return whether {@link #asOf} became newer
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
