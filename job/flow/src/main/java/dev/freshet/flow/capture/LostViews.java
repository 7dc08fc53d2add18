package dev.freshet.flow.capture;

import dev.freshet.view.Reason;
import java.util.Map;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Schema;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Struct;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;

/**
 * The record that says on its way through Flink CDC's queue that a view cannot follow any longer.
 */
final class LostViews {
  private static final String VIEW = "view";
  private static final String REASON = "reason";
  private static final String MESSAGE = "message";
  private static final Schema SCHEMA =
      SchemaBuilder.struct()
          .name("dev.freshet.LostView")
          .field(VIEW, Schema.INT32_SCHEMA)
          .field(REASON, Schema.STRING_SCHEMA)
          .field(MESSAGE, Schema.STRING_SCHEMA)
          .build();

  private LostViews() {}

  static SourceRecord at(Map<String, ?> offset, int view, SchemaChanges.Fault fault) {
    Struct value =
        new Struct(SCHEMA)
            .put(VIEW, view)
            .put(REASON, fault.reason().wireName())
            .put(MESSAGE, fault.message());
    return new SourceRecord(Map.of(), offset, "", null, null, SCHEMA, value);
  }

  static boolean is(SourceRecord record) {
    return record.valueSchema() == SCHEMA;
  }

  static Captured.LostView read(SourceRecord record, long version) {
    Struct value = (Struct) record.value();
    return new Captured.LostView(
        value.getInt32(VIEW),
        version,
        Reason.of(value.getString(REASON)),
        value.getString(MESSAGE));
  }
}
