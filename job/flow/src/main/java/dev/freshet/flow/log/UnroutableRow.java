package dev.freshet.flow.log;

import dev.freshet.view.Key;
import java.util.Objects;

/**
 * It is unknown, or known again, which keys a row of a view affects. While it is unknown, all keys
 * of the view are INVALID.
 *
 * @param view the index of the view in the job's plan
 * @param row the root row
 * @param version the watermark of the step that caused this
 * @param on true if the keys are unknown from now on, false if they are known again
 */
public record UnroutableRow(int view, Key row, long version, boolean on) implements ControlMessage {
  public UnroutableRow {
    Objects.requireNonNull(row, "row");
  }
}
