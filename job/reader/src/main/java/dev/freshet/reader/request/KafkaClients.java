package dev.freshet.reader.request;

import dev.freshet.reader.config.Kafka;
import dev.freshet.view.stream.Stream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Creates clients of the reader's Kafka. Their calls block for at most {@value #PATIENCE_MS} ms.
 * They create no topics, because a broker might create a topic with its own settings. Thread-safe.
 */
final class KafkaClients {
  static final int PATIENCE_MS = 2000;

  /**
   * The minimum length of a property value that may be a secret; shorter values are words such as
   * SSL.
   */
  private static final int SHORTEST_SECRET = 8;

  private final Kafka kafka;
  private final String bootstrap;

  /**
   * Creates no client yet.
   *
   * @param bootstrap the brokers of the configuration
   */
  KafkaClients(Kafka kafka, String bootstrap) {
    this.kafka = kafka;
    this.bootstrap = bootstrap;
  }

  String bootstrap() {
    return bootstrap;
  }

  /** Returns the name of a stream's topic. */
  String topic(Stream stream) {
    return stream.topic(kafka.topicPrefix());
  }

  /** Creates a producer whose messages are acknowledged by all replicas. */
  KafkaProducer<byte[], byte[]> producer() {
    Map<String, Object> properties = properties();
    properties.put("acks", "all");
    properties.put("linger.ms", 0);
    properties.put("max.block.ms", PATIENCE_MS);
    properties.put("delivery.timeout.ms", PATIENCE_MS);
    // The reader's heap and its messages are small.
    properties.put("buffer.memory", 1_048_576L);
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Creates a consumer without a group, so that no offsets are stored in Kafka. */
  KafkaConsumer<byte[], byte[]> consumer() {
    Map<String, Object> properties = properties();
    properties.put("default.api.timeout.ms", PATIENCE_MS);
    properties.put("allow.auto.create.topics", false);
    properties.put("enable.auto.commit", false);
    properties.put("auto.offset.reset", "earliest");
    properties.remove("group.id");
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /**
   * Returns the partitions of a stream's topic.
   *
   * @throws KafkaException if the topic does not exist, or Kafka does not answer in time
   */
  List<TopicPartition> partitions(
      KafkaConsumer<byte[], byte[]> consumer, Stream stream, Duration patience) {
    String topic = topic(stream);
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic, patience).stream()
            .map(part -> new TopicPartition(part.topic(), part.partition()))
            .toList();
    if (partitions.isEmpty()) {
      throw new KafkaException("it has no topic " + topic + ", which submit makes");
    }
    return partitions;
  }

  private Map<String, Object> properties() {
    Map<String, Object> properties = new HashMap<>(kafka.properties());
    properties.put("bootstrap.servers", bootstrap);
    properties.put("request.timeout.ms", PATIENCE_MS);
    return properties;
  }

  /** Returns the first line of a problem's cause, without the values of properties. */
  String shown(Throwable problem) {
    Throwable root = problem;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String why = root.getMessage() == null ? root.toString() : root.getMessage();
    for (String value : kafka.properties().values()) {
      why = value.length() < SHORTEST_SECRET ? why : why.replace(value, "…");
    }
    return why.lines().findFirst().orElse("no message");
  }
}
