package dev.freshet.flow.capture.source;

import dev.freshet.view.Version;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.cdc.connectors.mysql.source.offset.BinlogOffset;
import org.apache.flink.cdc.connectors.mysql.source.offset.BinlogOffsetKind;

/**
 * A binlog position from which reading can resume: between two transactions or within one.
 *
 * @param file the name of the binlog file; empty if only the GTIDs are known
 * @param position the offset in the file, in bytes: the end of the last transaction, or the
 *     beginning of the open one
 * @param gtids the GTIDs of the complete transactions before the position, on one line
 * @param open the GTID of the open transaction; empty between transactions
 * @param events the number of row events of the open transaction that were started
 * @param rows the number of rows of the last of these events that were read
 * @param tables the {@link FormatState#text} at this position
 * @param created when the file was created according to its first event, in seconds since the
 *     epoch; 0 if unknown
 */
record LogPosition(
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

  LogPosition {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(gtids, "gtids");
    Objects.requireNonNull(open, "open");
    Objects.requireNonNull(tables, "tables");
    if (events < 0 || rows < 0) {
      throw new IllegalArgumentException(
          "the binlog position has negative counts: %d events and %d rows of the open transaction"
              .formatted(events, rows));
    }
  }

  /** Creates a position between transactions of which only the GTIDs are known. */
  static LogPosition behind(String gtids, String tables) {
    return between("", 0, gtids, tables, 0);
  }

  /** Creates a position between transactions. */
  static LogPosition between(
      String file, long position, String gtids, String tables, long created) {
    return new LogPosition(file, position, gtids, "", 0, 0, tables, created);
  }

  /**
   * Converts the result of {@link #offset} back.
   *
   * @throws IllegalArgumentException if the offset is not such a result
   */
  static LogPosition of(BinlogOffset offset) {
    Map<String, String> values = offset.getOffset();
    String file = offset.getFilename();
    String gtids = offset.getGtidSet();
    return new LogPosition(
        file == null ? "" : file,
        offset.getPosition(),
        gtids == null ? "" : gtids.replace("\n", ""),
        values.getOrDefault(OPEN, ""),
        Integer.parseInt(values.getOrDefault(EVENTS, "0")),
        Integer.parseInt(values.getOrDefault(ROWS, "0")),
        values.getOrDefault(TABLES, ""),
        Long.parseLong(values.getOrDefault(CREATED, "0")));
  }

  /** Returns the position as a version; {@link Version#NONE} if only the GTIDs are known. */
  long version(int epoch) {
    return file.isEmpty() ? Version.NONE : Version.of(epoch, file, position);
  }

  /** Converts the position, together with its server, into the form that Flink CDC stores. */
  BinlogOffset offset(SourceServer server) {
    Map<String, String> values = new HashMap<>();
    // Without the kind, Flink CDC treats an offset without a file as the beginning of the binlog.
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
