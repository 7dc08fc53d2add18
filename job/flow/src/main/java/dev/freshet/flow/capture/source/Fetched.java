package dev.freshet.flow.capture.source;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.cdc.connectors.mysql.source.offset.BinlogOffset;
import org.apache.flink.cdc.connectors.mysql.source.split.SourceRecords;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;

/**
 * The records that the split reader passes to the emitter, which runs in another thread. Flink CDC
 * transports records of Kafka Connect; each of them wraps one of these as its value.
 */
sealed interface Fetched {
  /** Rows of a chunk, or the views that cannot be read from it. */
  record Rows(List<Captured> captured) implements Fetched {}

  /**
   * The end of a chunk.
   *
   * @param position the server and binlog position before the chunk was read
   */
  record ChunkEnd(BinlogOffset position) implements Fetched {}

  /**
   * A new binlog connection; the following items come from it.
   *
   * @param server the record for capture
   * @param source the server, as stored with positions
   * @param begin the position at which the connection starts to read
   * @param end the end of the binlog when the connection was opened, as a version
   */
  record Connected(Captured.Server server, SourceServer source, LogPosition begin, long end)
      implements Fetched {}

  /** Items that were read from the binlog. */
  record Logged(List<LogItem> items) implements Fetched {}

  /** Wraps records for Flink CDC. They are emitted together, without a checkpoint between them. */
  static SourceRecords carried(List<Fetched> fetched) {
    List<SourceRecord> records = new ArrayList<>();
    for (Fetched each : fetched) {
      records.add(new SourceRecord(null, null, null, null, null, null, null, each));
    }
    return new SourceRecords(records);
  }

  /** Unwraps a record. */
  static Fetched of(SourceRecord carried) {
    return (Fetched) carried.value();
  }
}
