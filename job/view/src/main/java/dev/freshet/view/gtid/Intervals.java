package dev.freshet.view.gtid;

import java.util.Arrays;

/**
 * Operations on sets of numbers. A set is an array of sorted, disjoint ranges: first, last, first,
 * last and so on, both inclusive; adjacent ranges are merged. Arrays are never modified after
 * creation.
 */
final class Intervals {
  static final long[] NONE = {};

  private Intervals() {}

  /**
   * The set of the numbers in some ranges, which may overlap.
   *
   * @param firsts the first number of each range, in any order; is sorted
   * @param lasts the last number of each range, in any order; is sorted
   */
  static long[] of(long[] firsts, long[] lasts) {
    Arrays.sort(firsts);
    Arrays.sort(lasts);
    // A gap after the i smallest last numbers is one exactly if the other ranges begin behind it.
    long[] all = new long[2 * firsts.length];
    int size = 0;
    for (int i = 0; i < firsts.length; i++) {
      size = append(firsts[i], lasts[i], all, size);
    }
    return Arrays.copyOf(all, size);
  }

  /** Appends a range that begins at or after the last one; returns the new size. */
  private static int append(long first, long last, long[] all, int size) {
    if (size > 0 && first <= all[size - 1] + 1) {
      all[size - 1] = Math.max(all[size - 1], last);
      return size;
    }
    all[size] = first;
    all[size + 1] = last;
    return size + 2;
  }

  /** The union of both sets. */
  static long[] union(long[] left, long[] right) {
    if (left.length == 0 || right.length == 0) {
      return left.length == 0 ? right : left;
    }
    long[] all = new long[left.length + right.length];
    int size = 0;
    int l = 0;
    int r = 0;
    while (l < left.length || r < right.length) {
      boolean fromLeft = r == right.length || (l < left.length && left[l] <= right[r]);
      long first = fromLeft ? left[l] : right[r];
      long last = fromLeft ? left[l + 1] : right[r + 1];
      if (fromLeft) {
        l += 2;
      } else {
        r += 2;
      }
      size = append(first, last, all, size);
    }
    return Arrays.copyOf(all, size);
  }

  /** The numbers of the first set that are not in the second. */
  static long[] subtract(long[] from, long[] what) {
    // A range of the second set splits at most one range of the first into two.
    long[] rest = new long[from.length + what.length];
    int size = 0;
    int w = 0;
    for (int f = 0; f < from.length; f += 2) {
      long first = from[f];
      long last = from[f + 1];
      while (w < what.length && what[w + 1] < first) {
        w += 2;
      }
      for (int cut = w; cut < what.length && what[cut] <= last; cut += 2) {
        if (what[cut] > first) {
          rest[size++] = first;
          rest[size++] = what[cut] - 1;
        }
        first = what[cut + 1] + 1;
      }
      if (first <= last) {
        rest[size++] = first;
        rest[size++] = last;
      }
    }
    return Arrays.copyOf(rest, size);
  }

  /** Whether the first set contains all numbers of the second. */
  static boolean contains(long[] set, long[] other) {
    int s = 0;
    for (int o = 0; o < other.length; o += 2) {
      while (s < set.length && set[s + 1] < other[o]) {
        s += 2;
      }
      if (s == set.length || set[s] > other[o] || set[s + 1] < other[o + 1]) {
        return false;
      }
    }
    return true;
  }
}
