package dev.freshet.flow.binlog;

import java.util.BitSet;

/**
 * The begin of an event with rows; they follow it in the same bytes.
 *
 * @param table number of the table, as its TABLE_MAP told it
 * @param columns how many columns the rows' table has
 * @param whole whether the rows have values for all of them
 * @param kind what happened to the rows
 */
public record RowsEvent(long table, int columns, boolean whole, Kind kind) {
  /** What happened to rows; of an update each row comes twice, as it was and as it is. */
  public enum Kind {
    WRITE,
    UPDATE,
    DELETE
  }

  /** What an event of this type does to rows; null when it has none. */
  public static Kind kind(int type) {
    return switch (type) {
      case EventHead.WRITE_ROWS_V1, EventHead.WRITE_ROWS -> Kind.WRITE;
      case EventHead.UPDATE_ROWS_V1, EventHead.UPDATE_ROWS -> Kind.UPDATE;
      case EventHead.DELETE_ROWS_V1, EventHead.DELETE_ROWS -> Kind.DELETE;
      default -> null;
    };
  }

  /** Reads the begin of an event's body, up to its first row. */
  public static RowsEvent read(EventHead head, Bytes body) {
    Kind kind = kind(head.type());
    long table = body.unsigned(6);
    body.skip(2);
    if (head.type() >= EventHead.WRITE_ROWS) {
      // The length counts its own two bytes.
      body.skip(body.u2() - 2);
    }
    int columns = body.packed();
    boolean whole = all(columns, body);
    if (kind == Kind.UPDATE) {
      whole &= all(columns, body);
    }
    return new RowsEvent(table, columns, whole, kind);
  }

  private static boolean all(int columns, Bytes body) {
    // The bits that fill up the last byte say nothing.
    return BitSet.valueOf(body.bytes((columns + 7) / 8)).nextClearBit(0) >= columns;
  }
}
