package dev.freshet.flow.capture.source;

import dev.freshet.flow.log.Poison;

/**
 * A row that was read from MySQL.
 *
 * @param values the values of the node's columns; null if there is no such row, or if MySQL cannot
 *     read it
 * @param poison why the row cannot be used; null if it can be used
 */
public record ReadRow(Object[] values, Poison poison) {
  /** A row that does not exist. */
  public static final ReadRow NONE = new ReadRow(null, null);
}
