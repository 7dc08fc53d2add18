package dev.freshet.flow.log;

import java.util.Arrays;

/**
 * A row together with what the rows it points at show, as far as the view's joins reach.
 *
 * @param row the node's columns; null when there is no such row
 * @param parts one per child node, in the order of the children; never null, {@link #MISSING} where
 *     the child has no row or the foreign key is NULL
 */
public record Composite(Object[] row, Composite[] parts) {
  /** No row. */
  public static final Composite MISSING = new Composite(null, new Composite[0]);

  public boolean isMissing() {
    return row == null;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Composite that
        && Arrays.deepEquals(row, that.row)
        && Arrays.equals(parts, that.parts);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(row) * 31 + Arrays.hashCode(parts);
  }

  @Override
  public String toString() {
    return isMissing() ? "missing" : Arrays.deepToString(row) + Arrays.toString(parts);
  }
}
