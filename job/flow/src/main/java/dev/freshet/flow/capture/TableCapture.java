package dev.freshet.flow.capture;

import dev.freshet.flow.Handling;
import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.Poison;
import io.debezium.data.Envelope;
import java.util.List;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Struct;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;

/** Reads the changes of one table, as each node over it sees them. */
final class TableCapture {
  private final int table;
  private final RowDecoder[] decoders;

  TableCapture(int table, Tables tables, Handling handling) {
    Tables.Source source = tables.sources().get(table);
    this.table = table;
    List<JobPlan.Node> nodes = source.nodes();
    this.decoders = new RowDecoder[nodes.size()];
    for (int i = 0; i < decoders.length; i++) {
      decoders[i] = new RowDecoder(tables.plan(), nodes.get(i), handling);
    }
  }

  /**
   * The change that a record tells.
   *
   * @throws Undecodable when nobody can say which row it is
   */
  Captured.Change change(long version, SourceRecord record) {
    Struct value = (Struct) record.value();
    RowDecoder.Decoded[] before = rows(value.getStruct(Envelope.FieldName.BEFORE), record.key());
    RowDecoder.Decoded[] after = rows(value.getStruct(Envelope.FieldName.AFTER), record.key());
    return new Captured.Change(
        table, version, values(before), values(after), poison(before), poison(after));
  }

  private RowDecoder.Decoded[] rows(Struct row, Object key) {
    if (row == null) {
      return null;
    }
    RowDecoder.Decoded[] rows = new RowDecoder.Decoded[decoders.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = decoders[i].decode(row, key);
    }
    return rows;
  }

  private static Object[][] values(RowDecoder.Decoded[] rows) {
    if (rows == null) {
      return null;
    }
    Object[][] values = new Object[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      values[i] = rows[i].values();
    }
    return values;
  }

  /** Null when no node sees any. */
  private static Poison[] poison(RowDecoder.Decoded[] rows) {
    Poison[] poison = null;
    for (int i = 0; rows != null && i < rows.length; i++) {
      if (rows[i].poison() != null) {
        poison = poison == null ? new Poison[rows.length] : poison;
        poison[i] = rows[i].poison();
      }
    }
    return poison;
  }
}
