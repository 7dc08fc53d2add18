package dev.freshet.flow.capture;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.cdc.connectors.mysql.source.offset.BinlogOffset;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Schema;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Struct;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;

/**
 * The record that stands, on its way to the emitter, before all that comes over a new connection:
 * whose binlog it is. Its offset is where that connection begins, with the server.
 */
final class Announcements {
  private static final String MOVED = "moved";
  private static final String EXECUTED = "executed";
  private static final String END_FILE = "end_file";
  private static final String END_POSITION = "end_position";
  private static final Schema SCHEMA =
      SchemaBuilder.struct()
          .name("dev.freshet.Server")
          .field(MOVED, Schema.BOOLEAN_SCHEMA)
          .field(EXECUTED, Schema.STRING_SCHEMA)
          .field(END_FILE, Schema.STRING_SCHEMA)
          .field(END_POSITION, Schema.INT64_SCHEMA)
          .build();

  private Announcements() {}

  /**
   * Announces a server.
   *
   * @param begin marked with it
   * @param moved whether another one was read before
   */
  static SourceRecord of(BinlogOffset begin, ServerAnswer answer, boolean moved) {
    Struct value =
        new Struct(SCHEMA)
            .put(MOVED, moved)
            .put(EXECUTED, answer.executed())
            .put(END_FILE, answer.file())
            .put(END_POSITION, answer.position());
    return new SourceRecord(
        Map.of(), new HashMap<>(begin.getOffset()), "", null, null, SCHEMA, value);
  }

  static boolean is(SourceRecord record) {
    return record.valueSchema() == SCHEMA;
  }

  static Captured.Server server(SourceRecord record) {
    SourceServer server = SourceServer.of(record.sourceOffset());
    Struct value = (Struct) record.value();
    return new Captured.Server(
        server.id(), server.epoch(), value.getBoolean(MOVED), value.getString(EXECUTED));
  }

  /** Where its binlog ended when the connection was made. */
  static long end(SourceRecord record, BinlogPlaces places) {
    Struct value = (Struct) record.value();
    return places.of(value.getString(END_FILE), value.getInt64(END_POSITION));
  }
}
