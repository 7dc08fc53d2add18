package dev.freshet.flow.event;

import dev.freshet.flow.KafkaOptions;
import dev.freshet.flow.Uids;
import dev.freshet.flow.kafka.ClientProperties;
import dev.freshet.view.event.RecordPosition;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads topics of events from their beginning, with one subtask, and only what is committed. */
final class EventSource {
  /** Milliseconds after which the source looks for new partitions. */
  private static final String DISCOVERY_INTERVAL_MS = "2000";

  private EventSource() {}

  static DataStream<EventRecord> of(
      StreamExecutionEnvironment env, KafkaOptions options, Set<String> topics) {
    Properties properties = ClientProperties.of(options);
    properties.setProperty("partition.discovery.interval.ms", DISCOVERY_INTERVAL_MS);
    properties.setProperty("commit.offsets.on.checkpoint", "false");
    properties.setProperty("isolation.level", "read_committed");
    properties.setProperty("allow.auto.create.topics", "false");
    KafkaSource<EventRecord> source =
        KafkaSource.<EventRecord>builder()
            .setBootstrapServers(options.bootstrap())
            .setTopics(List.copyOf(topics))
            .setStartingOffsets(OffsetsInitializer.earliest())
            .setDeserializer(new Positioned())
            .setProperties(properties)
            .build();
    return env.fromSource(source, WatermarkStrategy.noWatermarks(), "events", EventRecord.TYPE)
        .uid(Uids.EVENT_SOURCE)
        .setParallelism(1);
  }

  /** Adds to each value where Kafka keeps it. */
  private static final class Positioned implements KafkaRecordDeserializationSchema<EventRecord> {
    private static final long serialVersionUID = 1L;

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<EventRecord> out) {
      out.collect(
          new EventRecord(
              new RecordPosition(record.topic(), record.partition(), record.offset()),
              record.value()));
    }

    @Override
    public TypeInformation<EventRecord> getProducedType() {
      return EventRecord.TYPE;
    }
  }
}
