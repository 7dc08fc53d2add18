package dev.freshet.flow.log;

import java.util.Arrays;
import java.util.Objects;

/**
 * A row together with what the rows it points at show, as far as the view's joins reach.
 *
 * @param row the node's columns; null when there is no such row; of poison those that can be read
 * @param parts one per child node, in the order of the children; never null, {@link #MISSING} where
 *     the child has no row or the foreign key is NULL
 * @param poison why the row cannot be used; null when it can
 */
public record Composite(Object[] row, Composite[] parts, Poison poison) {
  /** No row. */
  public static final Composite MISSING = new Composite(null, new Composite[0]);

  /** A row that can be used. */
  public Composite(Object[] row, Composite[] parts) {
    this(row, parts, null);
  }

  public boolean isMissing() {
    return row == null;
  }

  /** Whether the row or one below it cannot be used. */
  public boolean holdsPoison() {
    if (poison != null) {
      return true;
    }
    for (Composite part : parts) {
      if (part.holdsPoison()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Composite that
        && Arrays.deepEquals(row, that.row)
        && Arrays.equals(parts, that.parts)
        && Objects.equals(poison, that.poison);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(row) * 31 + Arrays.hashCode(parts);
  }

  @Override
  public String toString() {
    return isMissing()
        ? "missing"
        : Arrays.deepToString(row) + Arrays.toString(parts) + (poison == null ? "" : poison);
  }
}
