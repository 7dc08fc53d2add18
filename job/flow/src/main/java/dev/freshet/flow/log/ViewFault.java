package dev.freshet.flow.log;

import dev.freshet.view.Reason;
import java.util.Objects;

/**
 * A view can no longer be maintained: from a position of the log on all its keys are INVALID, until
 * the view is built again. Capture sends its faults again whenever it starts, before its first
 * watermark, so no other operator has to keep them.
 *
 * @param view the index of the view in the job's plan
 * @param version the fault takes effect with the first watermark at or after this version
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
