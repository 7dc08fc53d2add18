package dev.freshet.flow.capture;

import java.util.Map;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Schema;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Struct;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;

/**
 * The record that stands for a place between transactions on its way through Flink CDC's queue. Its
 * offset is where a reader that has seen everything before it may start again.
 */
final class Boundaries {
  private static final Schema SCHEMA = SchemaBuilder.struct().name("dev.freshet.Boundary").build();
  private static final Struct NOTHING = new Struct(SCHEMA);

  private Boundaries() {}

  static SourceRecord at(Map<String, ?> offset) {
    return new SourceRecord(Map.of(), offset, "", null, null, SCHEMA, NOTHING);
  }

  static boolean is(SourceRecord record) {
    return record.valueSchema() == SCHEMA;
  }
}
