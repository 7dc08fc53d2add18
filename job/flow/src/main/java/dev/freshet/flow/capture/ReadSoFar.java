package dev.freshet.flow.capture;

import dev.freshet.view.Version;
import dev.freshet.view.gtid.GtidSet;
import io.debezium.data.Envelope;
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
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Struct;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;
import org.apache.flink.cdc.debezium.history.FlinkJsonTableChangeSerializer;

/**
 * Which records of the binlog were handed out, so that another reader goes on behind the last, in
 * the middle of a transaction too, with the tables as they were there. What was read and not handed
 * out is read again.
 */
final class ReadSoFar {
  private static final String TABLE_CHANGES = "tableChanges";
  private static final String GTID_FIELD = "gtid";

  private final MySqlBinlogSplit begin;
  private final BinlogPlaces places = new BinlogPlaces();
  private final FlinkJsonTableChangeSerializer serializer = new FlinkJsonTableChangeSerializer();

  /** A copy: the split's own map is changed by another thread, behind ours. */
  private final Map<TableId, TableChange> schemas;

  /** Of the place behind them, which was not handed out yet. */
  private final List<SourceRecord> statements = new ArrayList<>();

  private BinlogOffset reached;
  private SourceServer server;

  /** The GTID of the transaction that the last record belongs to; empty when it ended. */
  private String open;

  ReadSoFar(MySqlBinlogSplit begin) {
    this.begin = begin;
    Map<String, String> offset = begin.getStartingOffset().getOffset();
    this.server = SourceServer.of(offset);
    this.open = SourceServer.openAt(offset);
    places.moveTo(server.epoch());
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
        open = openIn(last);
      }
    }
  }

  /** The GTID of the transaction that a record belongs to; empty when the record is at its end. */
  static String openIn(SourceRecord record) {
    if (Boundaries.is(record)) {
      return "";
    }
    String gtid =
        ((Struct) record.value()).getStruct(Envelope.FieldName.SOURCE).getString(GTID_FIELD);
    return gtid == null ? "" : gtid;
  }

  /**
   * Takes out the boundaries at which a transaction that an earlier server told in part has not yet
   * been told again: up to where it has, all is one step.
   */
  List<SourceRecord> whole(List<SourceRecord> records) {
    List<SourceRecord> kept = new ArrayList<>(records.size());
    for (SourceRecord record : records) {
      if (!server.half().isEmpty() && Boundaries.is(record)) {
        Object gtids = record.sourceOffset().get(BinlogOffset.GTID_SET_KEY);
        if (gtids == null
            || !GtidSet.parse(gtids.toString()).contains(GtidSet.parse(server.half()))) {
          continue;
        }
        server = server.whole();
      }
      kept.add(record);
    }
    return kept;
  }

  /** Whose binlog was read last. */
  SourceServer server() {
    return server;
  }

  /** The GTIDs of the transactions that were read whole. */
  String gtids() {
    String gtids = reached.getGtidSet();
    return gtids == null ? "" : gtids;
  }

  /** The GTID of the transaction that was read in part last; empty when there is none. */
  String open() {
    return open;
  }

  /** Reading went on, at the same place, on a server whose identity is known now. */
  void goOnAt(SourceServer same) {
    server = same;
  }

  /**
   * Reading goes on behind the last whole transaction, on another server; what was read in part
   * comes again. Its events lie elsewhere there, so none can be skipped.
   */
  void moveTo(SourceServer next) {
    reached = BinlogOffset.ofGtidSet(gtids());
    open = "";
    server = next;
    places.moveTo(next.epoch());
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
        server.mark(reached, open),
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
