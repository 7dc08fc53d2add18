package dev.freshet.flow.capture;

import dev.freshet.flow.JobPlan;
import io.debezium.data.Envelope;
import java.util.List;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Struct;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;

/** Reads the changes of one table, as each node over it sees them. */
final class TableCapture {
  private final int table;
  private final RowDecoder[] decoders;

  TableCapture(int table, Tables.Source source) {
    this.table = table;
    List<JobPlan.Node> nodes = source.nodes();
    this.decoders = new RowDecoder[nodes.size()];
    for (int i = 0; i < decoders.length; i++) {
      decoders[i] = new RowDecoder(nodes.get(i).plan().table());
    }
  }

  /**
   * The change that a record tells.
   *
   * @throws Undecodable when a value of a column in use cannot be read
   */
  Captured.Change change(long version, SourceRecord record) {
    Struct value = (Struct) record.value();
    return new Captured.Change(
        table,
        version,
        rows(value.getStruct(Envelope.FieldName.BEFORE), record.key()),
        rows(value.getStruct(Envelope.FieldName.AFTER), record.key()));
  }

  private Object[][] rows(Struct row, Object key) {
    if (row == null) {
      return null;
    }
    Object[][] rows = new Object[decoders.length][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = decoders[i].decode(row, key);
    }
    return rows;
  }
}
