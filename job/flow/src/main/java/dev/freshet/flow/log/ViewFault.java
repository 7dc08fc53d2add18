package dev.freshet.flow.log;

import dev.freshet.view.Reason;
import java.util.Objects;

/**
 * A view can no longer follow the source: from a place of the log on no key of it is valid, until
 * it is built anew. Capture tells its faults again whenever it starts, before its first watermark,
 * so nobody else has to keep them.
 *
 * @param view place of the view in the job's plan
 * @param version the first watermark at or beyond it makes it so
 * @param message says what happened, where, and what to do
 */
public record ViewFault(int view, Reason reason, long version, String message)
    implements ControlMessage {
  public ViewFault {
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(message, "message");
    if (view < 0 || version < 0) {
      throw new IllegalArgumentException("a fault of view " + view + " at " + version);
    }
  }
}
