package dev.freshet.flow.capture.source;

import dev.freshet.view.Version;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.cdc.connectors.mysql.source.offset.BinlogOffset;
import org.apache.flink.cdc.connectors.mysql.source.offset.BinlogOffsetKind;

/**
 * A place in the binlog from which reading can go on: between transactions, or inside of one.
 *
 * @param file name of the binlog file; empty where only the GTIDs say the place
 * @param position in the file: where the next transaction begins at the earliest, or where the one
 *     begins that the place lies in
 * @param gtids of the transactions before it, on one line
 * @param open the GTID of the transaction that the place lies in; empty between transactions
 * @param events how many row events of the open transaction were begun
 * @param rows how many rows of the last of these were read
 * @param tables what {@link FormatState#text} says of the tables here
 * @param created when the file was begun, in seconds, as its first event says; 0 when not known
 */
record LogPlace(
    String file,
    long position,
    String gtids,
    String open,
    int events,
    int rows,
    String tables,
    long created) {
  private static final String OPEN = "open_gtid";
  private static final String EVENTS = "open_events";
  private static final String ROWS = "open_rows";
  private static final String TABLES = "tables";
  private static final String CREATED = "file_created";

  LogPlace {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(gtids, "gtids");
    Objects.requireNonNull(open, "open");
    Objects.requireNonNull(tables, "tables");
  }

  /** One between transactions of which only the GTIDs are known. */
  static LogPlace behind(String gtids, String tables) {
    return between("", 0, gtids, tables, 0);
  }

  /** One between transactions. */
  static LogPlace between(String file, long position, String gtids, String tables, long created) {
    return new LogPlace(file, position, gtids, "", 0, 0, tables, created);
  }

  /** What {@link #offset} was made of. */
  static LogPlace of(BinlogOffset offset) {
    Map<String, String> values = offset.getOffset();
    String file = offset.getFilename();
    String gtids = offset.getGtidSet();
    return new LogPlace(
        file == null ? "" : file,
        offset.getPosition(),
        gtids == null ? "" : gtids.replace("\n", ""),
        values.getOrDefault(OPEN, ""),
        Integer.parseInt(values.getOrDefault(EVENTS, "0")),
        Integer.parseInt(values.getOrDefault(ROWS, "0")),
        values.getOrDefault(TABLES, ""),
        Long.parseLong(values.getOrDefault(CREATED, "0")));
  }

  /** As a version; {@link Version#NONE} where only the GTIDs say the place. */
  long version(int epoch) {
    return file.isEmpty() ? Version.NONE : Version.of(epoch, file, position);
  }

  /** The same as Flink CDC keeps it, with the server whose place it is. */
  BinlogOffset offset(SourceServer server) {
    Map<String, String> values = new HashMap<>();
    // Else Flink CDC takes a place without a file for the begin of the binlog.
    values.put(BinlogOffset.OFFSET_KIND_KEY, BinlogOffsetKind.SPECIFIC.name());
    values.put(BinlogOffset.BINLOG_FILENAME_OFFSET_KEY, file);
    values.put(BinlogOffset.BINLOG_POSITION_OFFSET_KEY, Long.toString(position));
    values.put(BinlogOffset.GTID_SET_KEY, gtids);
    values.put(OPEN, open);
    values.put(EVENTS, Integer.toString(events));
    values.put(ROWS, Integer.toString(rows));
    values.put(TABLES, tables);
    values.put(CREATED, Long.toString(created));
    values.putAll(server.values());
    return new BinlogOffset(values);
  }
}
