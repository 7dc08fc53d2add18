package dev.freshet.store;

/**
 * A non-empty range of key groups, which one writer maintains.
 *
 * @param first the first key group, at least 0
 * @param last the last key group, inclusive
 */
public record GroupRange(int first, int last) {
  public GroupRange {
    if (first < 0 || last < first) {
      throw new IllegalArgumentException("key groups " + first + ".." + last + " are no range");
    }
  }

  /** The number of key groups in the range. */
  public int size() {
    return last - first + 1;
  }

  public boolean contains(int group) {
    return first <= group && group <= last;
  }

  public boolean overlaps(GroupRange other) {
    return first <= other.last && other.first <= last;
  }

  /**
   * The key groups that are in both ranges.
   *
   * @throws IllegalArgumentException if the ranges do not overlap
   */
  public GroupRange intersection(GroupRange other) {
    return new GroupRange(Math.max(first, other.first), Math.min(last, other.last));
  }

  @Override
  public String toString() {
    return first + ".." + last;
  }
}
