package dev.freshet.store;

/**
 * A range of key groups, which one writer keeps.
 *
 * @param first key group, from 0
 * @param last key group, included
 */
public record GroupRange(int first, int last) {
  public GroupRange {
    if (first < 0 || last < first) {
      throw new IllegalArgumentException("key groups " + first + ".." + last + " are no range");
    }
  }

  /** How many key groups it has. */
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
   * The key groups that are in both.
   *
   * @throws IllegalArgumentException when none is
   */
  public GroupRange intersection(GroupRange other) {
    return new GroupRange(Math.max(first, other.first), Math.min(last, other.last));
  }

  @Override
  public String toString() {
    return first + ".." + last;
  }
}
