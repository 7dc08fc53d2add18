package dev.freshet.cli.kafka;

import dev.freshet.cli.Failure;
import dev.freshet.config.Config;
import dev.freshet.view.stream.Stream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Access to a configuration's Kafka. If Kafka does not answer within {@value #PATIENCE_MS} ms,
 * lacks the topics, or refuses access, methods throw a {@link Failure} with one line that shows no
 * secret.
 */
public final class KafkaAccess {
  public static final int PATIENCE_MS = 5000;

  /** Shorter property values are assumed to be words such as SSL and not secrets. */
  private static final int SHORTEST_SECRET = 8;

  private final Config config;
  private final String bootstrap;

  private KafkaAccess(Config config, String bootstrap) {
    this.config = config;
    this.bootstrap = bootstrap;
  }

  /** Returns the access; empty if the job has no streams. */
  public static Optional<KafkaAccess> of(Config config) {
    return config.kafka().bootstrap().map(bootstrap -> new KafkaAccess(config, bootstrap));
  }

  /** Returns the brokers' addresses. */
  public String bootstrap() {
    return bootstrap;
  }

  /** Returns the name of a stream's topic. */
  public String topic(Stream stream) {
    return stream.topic(config.kafka().topicPrefix());
  }

  /**
   * Creates a consumer without a group, so that no offsets are stored in Kafka. The caller closes
   * it.
   */
  public KafkaConsumer<byte[], byte[]> consumer() {
    Map<String, Object> properties = clients();
    properties.put("allow.auto.create.topics", false);
    properties.put("enable.auto.commit", false);
    properties.put("auto.offset.reset", "earliest");
    properties.remove("group.id");
    try {
      return new KafkaConsumer<>(
          properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    } catch (KafkaException e) {
      throw failed(e);
    }
  }

  /**
   * Returns the partitions of a stream's topic.
   *
   * @throws Failure if the topic does not exist
   */
  public List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, Stream stream) {
    try {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic(stream)).stream()
              .map(part -> new TopicPartition(part.topic(), part.partition()))
              .toList();
      if (partitions.isEmpty()) {
        throw new Failure(
            "Kafka %s: it has no topic %s, which submit creates; check kafka.topic-prefix"
                .formatted(bootstrap, topic(stream)));
      }
      return partitions;
    } catch (KafkaException e) {
      throw failed(e);
    }
  }

  /** Returns the properties of all clients. */
  Map<String, Object> clients() {
    Map<String, Object> properties = new HashMap<>(config.kafka().properties().values());
    properties.put("bootstrap.servers", bootstrap);
    properties.put("request.timeout.ms", PATIENCE_MS);
    properties.put("default.api.timeout.ms", PATIENCE_MS);
    return properties;
  }

  /** Returns a failure with one line of Kafka's message. */
  public Failure failed(Throwable problem) {
    Throwable root = problem;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String why =
        problem instanceof RetriableException
            ? "it does not answer within %d s".formatted(PATIENCE_MS / 1000)
            : Failure.line(root);
    for (String value : config.kafka().properties().values().values()) {
      why = value.length() < SHORTEST_SECRET ? why : why.replace(value, "…");
    }
    return new Failure(
        "Kafka %s: %s; check kafka.bootstrap, kafka.properties and that it runs"
            .formatted(bootstrap, why),
        problem);
  }
}
