package dev.freshet.flow.log;

import dev.freshet.view.Key;
import java.util.Objects;

/**
 * Where in the log the repair of a key stands.
 *
 * @param view place of the view in the job's plan
 * @param key the view key, with the view's name in front
 * @param version the watermark with which it is so
 */
public record RepairMark(int view, Key key, long version, Step step) implements ControlMessage {
  /** The steps, in their order. */
  public enum Step {
    /** The key is not valid until it is repaired. */
    INVALIDATED(1),
    /** From here on every change of the key's entries counts. */
    BEGUN(2),
    /** What was said of the key since is all that it has. */
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
