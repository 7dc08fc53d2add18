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
 * Sends {@link Captured} messages on, and keeps the split's place for checkpoints. What was fetched
 * together is emitted whole: no checkpoint comes inside of it, so the place is set once, at its
 * end.
 */
final class LogEmitter extends MySqlRecordEmitter<Captured> {
  private boolean tellSnapshotDone;
  private SourceServer server;

  LogEmitter(MySqlSourceReaderMetrics metrics) {
    super(NothingDeserialized.INSTANCE, metrics, false);
  }

  @Override
  public void applySplit(MySqlSplit split) {
    tellSnapshotDone = split.isBinlogSplit();
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
        state.asSnapshotSplitState().setHighWatermark(end.place());
      } else if (fetched instanceof Fetched.Connected connected) {
        meet(connected, output, state.asBinlogSplitState());
      } else if (fetched instanceof Fetched.Logged logged) {
        emit(logged, output, state.asBinlogSplitState());
      }
    }
  }

  /** All chunks were read before the connection was made, so none at a later place than its end. */
  private void meet(
      Fetched.Connected connected, SourceOutput<Captured> output, MySqlBinlogSplitState state) {
    server = connected.source();
    state.setStartingOffset(connected.begin().offset(server));
    output.collect(connected.server());
    if (tellSnapshotDone) {
      output.collect(new Captured.SnapshotDone(connected.end()));
      tellSnapshotDone = false;
    }
  }

  private void emit(
      Fetched.Logged logged, SourceOutput<Captured> output, MySqlBinlogSplitState state) {
    LogPlace last = null;
    for (LogItem item : logged.items()) {
      if (item.captured() instanceof Captured.Boundary) {
        server = server.whole();
      }
      output.collect(item.captured());
      last = item.behind().orElse(last);
    }
    // Also after a reconnect, when the server passes earlier places again, never back.
    LogPlace reached = LogPlace.of(state.getStartingOffset());
    if (last != null && last.version(server.epoch()) >= reached.version(server.epoch())) {
      state.setStartingOffset(last.offset(server));
    }
    output.collect(Captured.BatchEnd.INSTANCE);
  }
}
