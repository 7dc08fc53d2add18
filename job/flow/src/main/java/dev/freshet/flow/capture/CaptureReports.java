package dev.freshet.flow.capture;

import dev.freshet.flow.Uids;
import dev.freshet.flow.log.Backlog;
import dev.freshet.flow.log.ChangeReport;
import dev.freshet.flow.log.ControlMessage;
import java.util.function.Consumer;

/**
 * What capture reports of itself to the writers: by view how many changes made no difference, and
 * how many rows wait to be tried again. Each figure is sent at first and whenever it has changed.
 */
final class CaptureReports {
  private final Consumer<ControlMessage> out;
  private long[] sentUnaffected = {};
  private Backlog sentBacklog;

  CaptureReports(Consumer<ControlMessage> out) {
    this.out = out;
  }

  /**
   * Sends what is new.
   *
   * @param unaffected by view, how many changes of its tables made no difference to it
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
