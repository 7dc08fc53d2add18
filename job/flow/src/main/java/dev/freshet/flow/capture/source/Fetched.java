package dev.freshet.flow.capture.source;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.cdc.connectors.mysql.source.offset.BinlogOffset;
import org.apache.flink.cdc.connectors.mysql.source.split.SourceRecords;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;

/**
 * What a reader of splits hands to the emitter, in another thread. Flink CDC carries records of
 * Kafka Connect there; one of ours has nothing but one of these.
 */
sealed interface Fetched {
  /** Rows of a chunk, or the views that cannot be read from it. */
  record Rows(List<Captured> captured) implements Fetched {}

  /**
   * A chunk was read whole.
   *
   * @param place of the binlog before it was read, with its server
   */
  record ChunkEnd(BinlogOffset place) implements Fetched {}

  /**
   * A connection to the binlog was made; what follows comes over it.
   *
   * @param server for capture
   * @param source the server, as places bear it
   * @param begin where the connection begins
   * @param end where the binlog ended when it was made
   */
  record Connected(Captured.Server server, SourceServer source, LogPlace begin, long end)
      implements Fetched {}

  /** What was read of the binlog. */
  record Logged(List<LogItem> items) implements Fetched {}

  /** As Flink CDC carries them; all are emitted together, without a checkpoint between them. */
  static SourceRecords carried(List<Fetched> fetched) {
    List<SourceRecord> records = new ArrayList<>();
    for (Fetched each : fetched) {
      records.add(new SourceRecord(null, null, null, null, null, null, null, each));
    }
    return new SourceRecords(records);
  }

  static Fetched of(SourceRecord carried) {
    return (Fetched) carried.value();
  }
}
