package dev.freshet.flow.capture.source;

import dev.freshet.flow.log.Poison;

/**
 * A row as MySQL has it.
 *
 * @param values of the node's columns; null when there is no such row, or MySQL does not give it
 * @param poison why it cannot be used; null when it can
 */
public record ReadRow(Object[] values, Poison poison) {
  /** There is no such row. */
  public static final ReadRow NONE = new ReadRow(null, null);
}
