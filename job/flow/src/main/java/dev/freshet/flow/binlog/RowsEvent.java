package dev.freshet.flow.binlog;

import java.util.BitSet;

/**
 * The beginning of an event with rows. The rows follow in the same bytes.
 *
 * @param table the number of the table, which a TABLE_MAP has assigned
 * @param columns the number of columns of the table
 * @param whole whether the rows have values for all columns
 * @param foreignKeysChecked whether the session had {@code foreign_key_checks} on
 * @param kind the kind of change
 */
public record RowsEvent(
    long table, int columns, boolean whole, boolean foreignKeysChecked, Kind kind) {
  /** The flag {@code NO_FOREIGN_KEY_CHECKS_F} of MySQL. */
  private static final int UNCHECKED = 2;

  /** The kind of change. An update has each row twice: before and after. */
  public enum Kind {
    WRITE,
    UPDATE,
    DELETE
  }

  /** The kind of change of an event type; null if the type has no rows. */
  public static Kind kind(int type) {
    return switch (type) {
      case EventHead.WRITE_ROWS_V1, EventHead.WRITE_ROWS -> Kind.WRITE;
      case EventHead.UPDATE_ROWS_V1, EventHead.UPDATE_ROWS -> Kind.UPDATE;
      case EventHead.DELETE_ROWS_V1, EventHead.DELETE_ROWS -> Kind.DELETE;
      default -> null;
    };
  }

  /** Parses the beginning of an event's body, up to the first row. */
  public static RowsEvent read(EventHead head, Bytes body) {
    Kind kind = kind(head.type());
    long table = body.unsigned(6);
    boolean checked = (body.u2() & UNCHECKED) == 0;
    if (head.type() >= EventHead.WRITE_ROWS) {
      // The length includes its own two bytes.
      body.skip(body.u2() - 2);
    }
    int columns = body.packed();
    boolean whole = all(columns, body);
    if (kind == Kind.UPDATE) {
      whole &= all(columns, body);
    }
    return new RowsEvent(table, columns, whole, checked, kind);
  }

  private static boolean all(int columns, Bytes body) {
    // Ignores the padding bits of the last byte.
    return BitSet.valueOf(body.bytes((columns + 7) / 8)).nextClearBit(0) >= columns;
  }
}
