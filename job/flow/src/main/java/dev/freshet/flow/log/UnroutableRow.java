package dev.freshet.flow.log;

import dev.freshet.view.Key;
import java.util.Objects;

/**
 * Nobody can say which key a row of a view touches, so no key of it is valid; or that is over.
 *
 * @param view place of the view in the job's plan
 * @param row the root row
 * @param version the watermark of the step that made it so
 * @param on whether it is so from now on
 */
public record UnroutableRow(int view, Key row, long version, boolean on) implements ControlMessage {
  public UnroutableRow {
    Objects.requireNonNull(row, "row");
  }
}
