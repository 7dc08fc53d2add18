package dev.freshet.flow.capture;

import dev.freshet.flow.Handling;
import dev.freshet.view.Version;
import io.debezium.data.Envelope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
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
  private SourceServer server;

  LogEmitter(Tables tables, MySqlSourceReaderMetrics metrics, Handling handling) {
    super(NothingDeserialized.INSTANCE, metrics, false);
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
    Iterator<SourceRecord> each = records.iterator();
    SourceRecord last = null;
    while (each.hasNext()) {
      SourceRecord record = each.next();
      if (Boundaries.is(record)) {
        for (SourceRecord statement : statements) {
          processElement(statement, output, state);
        }
        statements.clear();
        server = server.whole();
        output.collect(places.boundary(record));
        last = record;
      } else if (LostViews.is(record)) {
        output.collect(LostViews.read(record, places.of(record.sourceOffset())));
      } else if (Announcements.is(record)) {
        meet(record, output, state);
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

  /** All chunks were read before the connection was made, so none at a later place than its end. */
  private void meet(SourceRecord record, SourceOutput<Captured> output, MySqlSplitState state) {
    server = SourceServer.of(record.sourceOffset());
    places.moveTo(server.epoch());
    state.asBinlogSplitState().setStartingOffset(RecordUtils.getBinlogPosition(record));
    output.collect(Announcements.server(record));
    if (tellSnapshotDone) {
      output.collect(new Captured.SnapshotDone(Announcements.end(record, places)));
      tellSnapshotDone = false;
    }
  }

  /** Also after a reconnect, when the binlog client tells earlier places again, never back. */
  private void moveOn(MySqlSplitState state, SourceRecord last) {
    BinlogOffset offset = server.mark(RecordUtils.getBinlogPosition(last), ReadSoFar.openIn(last));
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
