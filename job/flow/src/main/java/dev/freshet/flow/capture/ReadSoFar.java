package dev.freshet.flow.capture;

import dev.freshet.view.Version;
import io.debezium.relational.TableId;
import io.debezium.relational.history.TableChanges;
import io.debezium.relational.history.TableChanges.TableChange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.cdc.connectors.mysql.source.offset.BinlogOffset;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlBinlogSplit;
import org.apache.flink.cdc.connectors.mysql.source.utils.RecordUtils;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;
import org.apache.flink.cdc.debezium.history.FlinkJsonTableChangeSerializer;

/**
 * Which records of the binlog were handed out, so that another reader goes on behind the last, in
 * the middle of a transaction too, with the tables as they were there. What was read and not handed
 * out is read again.
 */
final class ReadSoFar {
  private static final String TABLE_CHANGES = "tableChanges";

  private final MySqlBinlogSplit begin;
  private final BinlogPlaces places = new BinlogPlaces();
  private final FlinkJsonTableChangeSerializer serializer = new FlinkJsonTableChangeSerializer();

  /** A copy: the split's own map is changed by another thread, behind ours. */
  private final Map<TableId, TableChange> schemas;

  /** Of the place behind them, which was not handed out yet. */
  private final List<SourceRecord> statements = new ArrayList<>();

  private BinlogOffset reached;

  ReadSoFar(MySqlBinlogSplit begin) {
    this.begin = begin;
    this.schemas = new HashMap<>(begin.getTableSchemas());
    this.reached = begin.getStartingOffset();
  }

  /** These are handed out. A reader that begins tells earlier places too; it stays where it is. */
  void handOut(List<SourceRecord> records) throws IOException {
    SourceRecord last = null;
    for (SourceRecord record : records) {
      if (Boundaries.is(record)) {
        for (SourceRecord statement : statements) {
          learn(statement);
        }
        statements.clear();
        last = record;
      } else if (RecordUtils.isSchemaChangeEvent(record)) {
        statements.add(record);
      } else if (!LostViews.is(record) && RecordUtils.isDataChangeRecord(record)) {
        last = record;
      }
    }
    if (last != null) {
      BinlogOffset offset = RecordUtils.getBinlogPosition(last);
      if (places.of(offset) >= places.of(reached)) {
        reached = offset;
      }
    }
  }

  private void learn(SourceRecord record) throws IOException {
    TableChanges changes =
        serializer.deserialize(
            RecordUtils.getHistoryRecord(record).document().getArray(TABLE_CHANGES), true);
    for (TableChange change : changes) {
      schemas.put(change.getId(), change);
    }
  }

  /** The rest. */
  MySqlBinlogSplit rest() {
    statements.clear();
    return new MySqlBinlogSplit(
        begin.splitId(),
        reached,
        begin.getEndingOffset(),
        begin.getFinishedSnapshotSplitInfos(),
        new HashMap<>(schemas),
        begin.getTotalFinishedSplitSize(),
        begin.isSuspended());
  }

  /** Where the rest begins, as it is printed. */
  String place() {
    return Version.print(places.of(reached));
  }

  /** Where the rest begins. */
  BinlogOffset reached() {
    return reached;
  }
}
