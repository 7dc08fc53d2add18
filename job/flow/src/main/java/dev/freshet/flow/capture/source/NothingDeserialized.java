package dev.freshet.flow.capture.source;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;
import org.apache.flink.cdc.debezium.DebeziumDeserializationSchema;
import org.apache.flink.util.Collector;

/**
 * Gives Flink CDC the type of the records. It deserializes nothing, because {@link LogEmitter}
 * emits the records.
 */
final class NothingDeserialized implements DebeziumDeserializationSchema<Captured> {
  static final NothingDeserialized INSTANCE = new NothingDeserialized();
  private static final long serialVersionUID = 1L;

  private NothingDeserialized() {}

  @Override
  public void deserialize(SourceRecord record, Collector<Captured> out) {
    throw new IllegalStateException("not expected to be deserialized: " + record.topic());
  }

  @Override
  public TypeInformation<Captured> getProducedType() {
    return CapturedTypeInfo.INSTANCE;
  }
}
