package dev.freshet.check;

import java.util.List;

/**
 * An answer of the reader.
 *
 * @param fromProjection whether it came from the projection; otherwise from MySQL
 * @param version the version as a number, see {@link BinlogPosition}; 0 for an answer without a
 *     version
 * @param total the number of entries as printed in the answer
 * @param nextCursor the cursor of the next page; null on the last page
 */
record Answer(
    boolean fromProjection, long version, String total, List<Entry> items, String nextCursor) {
  Answer {
    items = List.copyOf(items);
  }
}
