package dev.freshet.flow.log;

import java.util.Arrays;
import java.util.Objects;

/**
 * A row together with the composites of the rows that its foreign keys point at, down to the last
 * joins of the view. Immutable.
 *
 * @param row the node's columns; null if there is no such row; for poison, those that can be read
 * @param parts one per child node, in the order of the children; {@link #MISSING}, and never null,
 *     if the child has no row or the foreign key is NULL
 * @param poison why the row cannot be used; null if it can
 */
public record Composite(Object[] row, Composite[] parts, Poison poison) {
  /** The composite of a row that does not exist. */
  public static final Composite MISSING = new Composite(null, new Composite[0]);

  /** A row that can be used. */
  public Composite(Object[] row, Composite[] parts) {
    this(row, parts, null);
  }

  public boolean isMissing() {
    return row == null;
  }

  /** Whether this row, or a row in its parts, cannot be used. */
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
