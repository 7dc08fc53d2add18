package dev.freshet.cli.letters;

import dev.freshet.cli.Failure;
import dev.freshet.cli.config.Config;
import dev.freshet.view.stream.FailureMessage;
import dev.freshet.view.stream.RequestMessage;
import dev.freshet.view.stream.Stream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The dead letters on Kafka. They are read from the topic's beginning, without a group, so that
 * nothing is left behind. A Kafka that does not answer within {@value #PATIENCE_MS} ms, lacks the
 * topics, or refuses, is a {@link Failure} of one line that shows no secret. Not safe for several
 * threads.
 */
public final class DeadLetters implements Replay.Topic, AutoCloseable {
  private static final int PATIENCE_MS = 5000;
  private static final Duration SILENCE = Duration.ofMillis(PATIENCE_MS);

  /** Shorter values of properties are words such as SSL, no secrets. */
  private static final int SHORTEST_SECRET = 8;

  private final Config config;
  private final String bootstrap;
  private final LetterBox box;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private KafkaProducer<byte[], byte[]> producer;

  private DeadLetters(Config config, String bootstrap) {
    this.config = config;
    this.bootstrap = bootstrap;
    this.box = new LetterBox(config.job().name());
    Map<String, Object> properties = clients();
    properties.put("allow.auto.create.topics", false);
    properties.put("enable.auto.commit", false);
    properties.put("auto.offset.reset", "earliest");
    properties.remove("group.id");
    try {
      consumer =
          new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    } catch (KafkaException e) {
      throw failed(e);
    }
  }

  /**
   * Reads all letters there are.
   *
   * @throws Failure when the job has no streams, too
   */
  public static DeadLetters open(Config config) {
    String bootstrap =
        config
            .kafka()
            .bootstrap()
            .orElseThrow(
                () ->
                    new Failure(
                        "Job %s: it has no streams, hence no dead letters, as kafka.bootstrap is"
                                .formatted(config.job().name())
                            + " empty; set it and submit the job again"));
    DeadLetters letters = new DeadLetters(config, bootstrap);
    try {
      letters.readToEnd();
      return letters;
    } catch (RuntimeException e) {
      letters.close();
      throw e;
    }
  }

  /** Asks for letters once more. */
  public Replay replay(Consumer<String> said) {
    return new Replay(this, said);
  }

  @Override
  public LetterBox box() {
    return box;
  }

  private void readToEnd() {
    try {
      List<TopicPartition> partitions = partitions(Stream.DEAD_LETTER);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      long heard = System.nanoTime();
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        if (poll(Duration.ofMillis(200))) {
          heard = System.nanoTime();
        } else if (System.nanoTime() - heard > SILENCE.toNanos()) {
          throw new Failure(
              "Kafka %s: it fell silent while %s was read; try again"
                  .formatted(bootstrap, topic(Stream.DEAD_LETTER)));
        }
      }
    } catch (KafkaException e) {
      throw failed(e);
    }
  }

  @Override
  public void readMore(Duration patience) {
    try {
      poll(patience);
    } catch (KafkaException e) {
      throw failed(e);
    }
  }

  private boolean poll(Duration patience) {
    ConsumerRecords<byte[], byte[]> messages = consumer.poll(patience);
    for (ConsumerRecord<byte[], byte[]> message : messages) {
      // Ours have keys, and a topic that is compacted takes no others.
      byte[] key = message.key() == null ? new byte[0] : message.key();
      box.take(new String(key, StandardCharsets.UTF_8), message.value());
    }
    return !messages.isEmpty();
  }

  @Override
  public void ask(List<FailureMessage> dead, Instant at) {
    requireTopic(Stream.REQUESTS);
    send(
        dead.stream()
            .map(letter -> RequestMessage.retry(letter, at))
            .map(
                request ->
                    new ProducerRecord<>(
                        topic(Stream.REQUESTS), request.kafkaKey(), request.toJson()))
            .toList());
  }

  /** Takes letters back, for everybody who reads the topic. */
  public void drop(List<FailureMessage> letters) {
    send(
        letters.stream()
            .map(
                letter ->
                    new ProducerRecord<byte[], byte[]>(
                        topic(Stream.DEAD_LETTER), letter.kafkaKey(), null))
            .toList());
  }

  private void send(List<ProducerRecord<byte[], byte[]>> messages) {
    try {
      if (producer == null) {
        producer =
            new KafkaProducer<>(sending(), new ByteArraySerializer(), new ByteArraySerializer());
      }
      List<Future<?>> sent = messages.stream().<Future<?>>map(producer::send).toList();
      for (Future<?> each : sent) {
        each.get();
      }
    } catch (KafkaException e) {
      throw failed(e);
    } catch (ExecutionException e) {
      throw failed(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("Interrupted", e);
    }
  }

  private List<TopicPartition> partitions(Stream stream) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic(stream)).stream()
            .map(part -> new TopicPartition(part.topic(), part.partition()))
            .toList();
    if (partitions.isEmpty()) {
      throw new Failure(
          "Kafka %s: it has no topic %s, which submit makes; check kafka.topic-prefix"
              .formatted(bootstrap, topic(stream)));
    }
    return partitions;
  }

  /** A broker might make a topic, with settings of its own, for whoever writes to it. */
  private void requireTopic(Stream stream) {
    try {
      partitions(stream);
    } catch (KafkaException e) {
      throw failed(e);
    }
  }

  private String topic(Stream stream) {
    return stream.topic(config.kafka().topicPrefix());
  }

  private Map<String, Object> clients() {
    Map<String, Object> properties = new HashMap<>(config.kafka().properties().values());
    properties.put("bootstrap.servers", bootstrap);
    properties.put("request.timeout.ms", PATIENCE_MS);
    properties.put("default.api.timeout.ms", PATIENCE_MS);
    return properties;
  }

  private Map<String, Object> sending() {
    Map<String, Object> properties = clients();
    properties.remove("default.api.timeout.ms");
    properties.put("acks", "all");
    properties.put("linger.ms", 0);
    properties.put("max.block.ms", PATIENCE_MS);
    properties.put("delivery.timeout.ms", PATIENCE_MS);
    return properties;
  }

  private Failure failed(Throwable problem) {
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

  @Override
  public void close() {
    consumer.close(Duration.ofMillis(PATIENCE_MS));
    if (producer != null) {
      producer.close(Duration.ofMillis(PATIENCE_MS));
    }
  }
}
