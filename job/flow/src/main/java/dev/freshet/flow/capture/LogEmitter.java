package dev.freshet.flow.capture;

import dev.freshet.flow.Handling;
import dev.freshet.view.Version;
import io.debezium.data.Envelope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.cdc.connectors.mysql.source.metrics.MySqlSourceReaderMetrics;
import org.apache.flink.cdc.connectors.mysql.source.offset.BinlogOffset;
import org.apache.flink.cdc.connectors.mysql.source.reader.MySqlRecordEmitter;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplitState;
import org.apache.flink.cdc.connectors.mysql.source.split.SourceRecords;
import org.apache.flink.cdc.connectors.mysql.source.utils.RecordUtils;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Schema;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Struct;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;

/**
 * Turns Flink CDC's records into {@link Captured} messages, and keeps the split's offset for
 * checkpoints. A batch is emitted whole: no checkpoint comes inside of it, so the offset is set
 * once, at its end.
 */
final class LogEmitter extends MySqlRecordEmitter<Captured> {
  private static final String READ = Envelope.Operation.READ.code();

  private final Supplier<BinlogOffset> now;
  private final BinlogPlaces places = new BinlogPlaces();
  private final Map<String, TableCapture> tables = new HashMap<>();

  /**
   * Statements that changed a table, until the place behind them: a checkpoint keeps the tables as
   * they are at its place.
   */
  private final List<SourceRecord> statements = new ArrayList<>();

  /** A table's records come in rows; its schema object tells it apart without reading names. */
  private Schema lastSchema;

  private TableCapture lastTable;
  private boolean tellSnapshotDone;
  private long lastVersion;

  /**
   * An emitter.
   *
   * @param now asks where the source is; no chunk was read at a later place
   */
  LogEmitter(
      Tables tables,
      MySqlSourceReaderMetrics metrics,
      Supplier<BinlogOffset> now,
      Handling handling) {
    super(NothingDeserialized.INSTANCE, metrics, false);
    this.now = now;
    List<Tables.Source> sources = tables.sources();
    for (int i = 0; i < sources.size(); i++) {
      this.tables.put(sources.get(i).name(), new TableCapture(i, tables, handling));
    }
  }

  @Override
  public void applySplit(MySqlSplit split) {
    tellSnapshotDone = split.isBinlogSplit();
  }

  @Override
  public void emitRecord(
      SourceRecords records, SourceOutput<Captured> output, MySqlSplitState state)
      throws Exception {
    if (tellSnapshotDone && state.isBinlogSplitState()) {
      output.collect(new Captured.SnapshotDone(places.of(now.get())));
      tellSnapshotDone = false;
    }
    Iterator<SourceRecord> each = records.iterator();
    SourceRecord last = null;
    while (each.hasNext()) {
      SourceRecord record = each.next();
      if (Boundaries.is(record)) {
        for (SourceRecord statement : statements) {
          processElement(statement, output, state);
        }
        statements.clear();
        output.collect(places.boundary(record));
        last = record;
      } else if (LostViews.is(record)) {
        output.collect(LostViews.read(record, places.of(record.sourceOffset())));
      } else if (RecordUtils.isDataChangeRecord(record)) {
        TableCapture table = tableOf(record);
        if (table != null) {
          output.collect(change(table, record));
          last = record;
        }
      } else if (RecordUtils.isSchemaChangeEvent(record)) {
        statements.add(record);
      } else {
        processElement(record, output, state);
      }
    }
    if (last != null) {
      if (state.isBinlogSplitState()) {
        moveOn(state, last);
      }
      output.collect(Captured.BatchEnd.INSTANCE);
    }
  }

  /** Also after a reconnect, when the binlog client tells earlier places again, never back. */
  private void moveOn(MySqlSplitState state, SourceRecord last) {
    BinlogOffset offset = RecordUtils.getBinlogPosition(last);
    BinlogOffset reached = state.asBinlogSplitState().getStartingOffset();
    if (places.of(offset) >= places.of(reached)) {
      state.asBinlogSplitState().setStartingOffset(offset);
    }
  }

  private Captured change(TableCapture table, SourceRecord record) {
    Struct value = (Struct) record.value();
    if (READ.equals(value.getString(Envelope.FieldName.OPERATION))) {
      return table.change(Version.NONE, record);
    }
    long version = places.of(record.sourceOffset());
    if (version != lastVersion) {
      places.refuseOutsideTransaction(version, value.getStruct(Envelope.FieldName.SOURCE));
      lastVersion = version;
    }
    return table.change(version, record);
  }

  private TableCapture tableOf(SourceRecord record) {
    if (record.valueSchema() != lastSchema) {
      lastSchema = record.valueSchema();
      lastTable = tables.get(RecordUtils.getTableId(record).toString());
    }
    return lastTable;
  }
}
