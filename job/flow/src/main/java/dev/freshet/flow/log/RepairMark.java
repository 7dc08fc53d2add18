package dev.freshet.flow.log;

import dev.freshet.view.Key;
import java.util.Objects;

/**
 * A step of a key's repair, at its position in the log.
 *
 * @param view the index of the view in the job's plan
 * @param key the view key, which begins with the view's name
 * @param version the watermark at which the step takes effect
 */
public record RepairMark(int view, Key key, long version, Step step) implements ControlMessage {
  /** The steps of a repair, in their order. */
  public enum Step {
    /** The key is INVALID until it is repaired. */
    INVALIDATED(1),
    /** From here on the writer collects all changes of the key's entries. */
    BEGUN(2),
    /** The entries that were emitted since {@link #BEGUN} are the key's whole content. */
    DONE(3);

    private final byte wire;

    Step(int wire) {
      this.wire = (byte) wire;
    }

    byte wire() {
      return wire;
    }

    static Step of(byte wire) {
      for (Step step : values()) {
        if (step.wire == wire) {
          return step;
        }
      }
      throw new IllegalArgumentException("no such step " + wire);
    }
  }

  public RepairMark {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(step, "step");
  }
}
