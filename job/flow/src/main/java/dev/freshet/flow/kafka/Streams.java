package dev.freshet.flow.kafka;

import dev.freshet.flow.KafkaOptions;
import dev.freshet.flow.Uids;
import dev.freshet.flow.capture.Capture;
import dev.freshet.view.stream.Stream;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Connects the job to its streams on Kafka. Messages are written at least once: those of a failed
 * attempt may be written twice. While Kafka does not answer, up to 32 MB of messages are buffered;
 * then the job waits.
 */
public final class Streams {
  /** A job without state ignores older messages. Clocks may differ by as much. */
  private static final Duration LOOK_BACK = Duration.ofHours(1);

  private final KafkaOptions options;

  public Streams(KafkaOptions options) {
    this.options = options;
  }

  /** Reads the streams of retries and requests, for capture. */
  public DataStream<byte[]> requests(StreamExecutionEnvironment env) {
    Properties properties = ClientProperties.of(options);
    properties.setProperty("partition.discovery.interval.ms", "-1");
    properties.setProperty("commit.offsets.on.checkpoint", "false");
    properties.setProperty("default.api.timeout.ms", "120000");
    KafkaSource<byte[]> source =
        KafkaSource.<byte[]>builder()
            .setBootstrapServers(options.bootstrap())
            .setTopics(
                Stream.RETRY.topic(options.topicPrefix()),
                Stream.REQUESTS.topic(options.topicPrefix()))
            .setStartingOffsets(
                new Since(
                    OffsetsInitializer.timestamp(Instant.now().minus(LOOK_BACK).toEpochMilli())))
            .setDeserializer(new Marked(Stream.REQUESTS.topic(options.topicPrefix())))
            .setProperties(properties)
            .build();
    return env.fromSource(source, WatermarkStrategy.noWatermarks(), "retries and requests")
        .uid(Uids.RETRY_REQUESTS)
        .setParallelism(1);
  }

  /** Writes messages. */
  public void write(DataStream<OutboundMessage> messages) {
    Properties properties = ClientProperties.of(options);
    // Never times out: a timeout would fail the job, and the next attempt would send the messages
    // again.
    properties.setProperty("delivery.timeout.ms", Integer.toString(Integer.MAX_VALUE));
    properties.setProperty("max.block.ms", Integer.toString(Integer.MAX_VALUE));
    properties.setProperty("linger.ms", "5");
    KafkaSink<OutboundMessage> sink =
        KafkaSink.<OutboundMessage>builder()
            .setBootstrapServers(options.bootstrap())
            .setRecordSerializer(new Addressed(options.topicPrefix()))
            .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
            .setKafkaProducerConfig(properties)
            .build();
    messages.sinkTo(sink).name("messages").uid(Uids.OUTBOUND).setParallelism(1).disableChaining();
  }

  /**
   * Begins at a time. If a restored offset no longer exists, the topic was created again, and
   * reading begins at its start.
   */
  private record Since(OffsetsInitializer time) implements OffsetsInitializer {
    @Override
    public Map<TopicPartition, Long> getPartitionOffsets(
        Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
      return time.getPartitionOffsets(partitions, retriever);
    }

    @Override
    public OffsetResetStrategy getAutoOffsetResetStrategy() {
      return OffsetResetStrategy.EARLIEST;
    }
  }

  /** Adds to each message where Kafka keeps it; drops messages without a value. */
  private record Marked(String requests) implements KafkaRecordDeserializationSchema<byte[]> {
    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> message, Collector<byte[]> out) {
      if (message.value() != null) {
        out.collect(
            Capture.received(
                message.topic().equals(requests) ? Stream.REQUESTS : Stream.RETRY,
                message.partition(),
                message.offset(),
                message.value()));
      }
    }

    @Override
    public TypeInformation<byte[]> getProducedType() {
      return PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
    }
  }

  private record Addressed(String prefix)
      implements KafkaRecordSerializationSchema<OutboundMessage> {
    @Override
    public ProducerRecord<byte[], byte[]> serialize(
        OutboundMessage message, KafkaSinkContext context, Long timestamp) {
      return new ProducerRecord<>(message.stream().topic(prefix), message.key(), message.value());
    }
  }
}
