package dev.freshet.flow.capture.source;

import java.util.Iterator;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.cdc.connectors.mysql.source.metrics.MySqlSourceReaderMetrics;
import org.apache.flink.cdc.connectors.mysql.source.reader.MySqlRecordEmitter;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlBinlogSplitState;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplitState;
import org.apache.flink.cdc.connectors.mysql.source.split.SourceRecords;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;

/**
 * Emits {@link Captured} records and keeps the split's position for checkpoints. Items that were
 * fetched together are emitted without a checkpoint between them, so the position is set once, at
 * their end.
 */
final class LogEmitter extends MySqlRecordEmitter<Captured> {
  private boolean snapshotDonePending;
  private SourceServer server;

  LogEmitter(MySqlSourceReaderMetrics metrics) {
    super(NothingDeserialized.INSTANCE, metrics, false);
  }

  @Override
  public void applySplit(MySqlSplit split) {
    snapshotDonePending = split.isBinlogSplit();
  }

  @Override
  public void emitRecord(
      SourceRecords records, SourceOutput<Captured> output, MySqlSplitState state) {
    for (Iterator<SourceRecord> each = records.iterator(); each.hasNext(); ) {
      Fetched fetched = Fetched.of(each.next());
      if (fetched instanceof Fetched.Rows rows) {
        rows.captured().forEach(output::collect);
        output.collect(Captured.BatchEnd.INSTANCE);
      } else if (fetched instanceof Fetched.ChunkEnd end) {
        state.asSnapshotSplitState().setHighWatermark(end.position());
      } else if (fetched instanceof Fetched.Connected connected) {
        onServerChange(connected, output, state.asBinlogSplitState());
      } else if (fetched instanceof Fetched.Logged logged) {
        emit(logged, output, state.asBinlogSplitState());
      }
    }
  }

  /**
   * All chunks were read before the connection was opened, so the end of the binlog at that time is
   * an upper bound of their positions.
   */
  private void onServerChange(
      Fetched.Connected connected, SourceOutput<Captured> output, MySqlBinlogSplitState state) {
    server = connected.source();
    state.setStartingOffset(connected.begin().offset(server));
    output.collect(connected.server());
    if (snapshotDonePending) {
      output.collect(new Captured.SnapshotDone(connected.end()));
      snapshotDonePending = false;
    }
  }

  private void emit(
      Fetched.Logged logged, SourceOutput<Captured> output, MySqlBinlogSplitState state) {
    LogPosition last = null;
    for (LogItem item : logged.items()) {
      if (item.captured() instanceof Captured.Boundary) {
        server = server.whole();
      }
      output.collect(item.captured());
      last = item.behind().orElse(last);
    }
    // Never moves back, although a server may pass earlier positions again after a reconnect.
    LogPosition reached = LogPosition.of(state.getStartingOffset());
    if (last != null && last.version(server.epoch()) >= reached.version(server.epoch())) {
      state.setStartingOffset(last.offset(server));
    }
    output.collect(Captured.BatchEnd.INSTANCE);
  }
}
