package dev.freshet.check;

import java.util.List;

/**
 * What the reader said.
 *
 * @param fromProjection else it came from MySQL
 * @param version the printed place as a number; 0 when the answer names none
 * @param nextCursor null on the last page
 */
record Answer(
    boolean fromProjection, long version, String total, List<Entry> items, String nextCursor) {
  Answer {
    items = List.copyOf(items);
  }
}
