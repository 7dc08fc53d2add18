package dev.freshet.flow.capture;

import dev.freshet.flow.Uids;
import dev.freshet.flow.log.Backlog;
import dev.freshet.flow.log.ChangeReport;
import dev.freshet.flow.log.ControlMessage;
import java.util.function.Consumer;

/**
 * Sends capture's metrics to the writers: the number of changes without effect for each view, and
 * the number of rows that wait for a retry. Each figure is sent once after a start and then
 * whenever it changes.
 */
final class CaptureReports {
  private final Consumer<ControlMessage> out;
  private long[] sentUnaffected = {};
  private Backlog sentBacklog;

  CaptureReports(Consumer<ControlMessage> out) {
    this.out = out;
  }

  /**
   * Sends the figures that have changed since the last call.
   *
   * @param unaffected for each view, the number of changes of its tables that had no effect on it;
   *     not modified afterwards
   */
  void send(long[] unaffected, Backlog backlog) {
    boolean first = sentBacklog == null;
    for (int view = 0; view < unaffected.length; view++) {
      if (first || unaffected[view] != sentUnaffected[view]) {
        out.accept(new ChangeReport(Uids.CAPTURE, 0, view, unaffected[view], 0, 0, 0, 0));
      }
    }
    if (!backlog.equals(sentBacklog)) {
      out.accept(backlog);
    }
    sentUnaffected = unaffected;
    sentBacklog = backlog;
  }
}
