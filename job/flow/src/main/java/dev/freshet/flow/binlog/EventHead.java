package dev.freshet.flow.binlog;

/**
 * The header of a binlog event: its first 19 bytes.
 *
 * @param type the number of the event's type
 * @param timestamp in seconds since the epoch; 0 for events that the server generates for a
 *     connection
 * @param length the event's length in bytes, including this header and the checksum
 * @param end the position in the file after the event; 0 for events that are not in a file
 * @param flags the header's flag bits
 */
public record EventHead(int type, long timestamp, long length, long end, int flags) {
  public static final int SIZE = 19;

  public static final int QUERY = 2;
  public static final int STOP = 3;
  public static final int ROTATE = 4;
  public static final int INTVAR = 5;
  public static final int APPEND_BLOCK = 9;
  public static final int DELETE_FILE = 11;
  public static final int RAND = 13;
  public static final int USER_VAR = 14;
  public static final int FORMAT_DESCRIPTION = 15;
  public static final int XID = 16;
  public static final int BEGIN_LOAD_QUERY = 17;
  public static final int EXECUTE_LOAD_QUERY = 18;
  public static final int TABLE_MAP = 19;
  public static final int WRITE_ROWS_V1 = 23;
  public static final int UPDATE_ROWS_V1 = 24;
  public static final int DELETE_ROWS_V1 = 25;
  public static final int INCIDENT = 26;
  public static final int HEARTBEAT = 27;
  public static final int IGNORABLE = 28;
  public static final int ROWS_QUERY = 29;
  public static final int WRITE_ROWS = 30;
  public static final int UPDATE_ROWS = 31;
  public static final int DELETE_ROWS = 32;
  public static final int GTID = 33;
  public static final int ANONYMOUS_GTID = 34;
  public static final int PREVIOUS_GTIDS = 35;
  public static final int TRANSACTION_CONTEXT = 36;
  public static final int VIEW_CHANGE = 37;
  public static final int XA_PREPARE = 38;
  public static final int PARTIAL_UPDATE_ROWS = 39;
  public static final int TRANSACTION_PAYLOAD = 40;
  public static final int TAGGED_GTID = 42;

  private static final int MAY_BE_IGNORED = 0x80;

  /** Parses a header. */
  public static EventHead read(Bytes in) {
    long timestamp = in.u4();
    int type = in.u1();
    in.skip(4);
    long length = in.u4();
    long end = in.u4();
    return new EventHead(type, timestamp, length, end, in.u2());
  }

  /** The position of the event in its file. */
  public long begin() {
    return end - length;
  }

  /** Whether a reader that does not know the type may ignore the event. */
  public boolean mayBeIgnored() {
    return (flags & MAY_BE_IGNORED) != 0;
  }
}
