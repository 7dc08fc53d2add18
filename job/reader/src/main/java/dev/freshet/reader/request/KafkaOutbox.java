package dev.freshet.reader.request;

import dev.freshet.reader.Availability;
import dev.freshet.reader.config.Kafka;
import dev.freshet.view.stream.Stream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes requests to their topic on Kafka. It connects with the first request, and with each
 * further request until the topic exists, because a broker might otherwise create the topic with
 * its own settings. A call blocks for at most {@value #PATIENCE_MS} ms; a message that was not
 * acknowledged by then may still arrive. Neither exceptions nor the log contain secrets.
 * Thread-safe.
 */
public final class KafkaOutbox implements Outbox {
  static final int PATIENCE_MS = 2000;

  /**
   * The minimum length of a property value that may be a secret; shorter values are words such as
   * SSL.
   */
  private static final int SHORTEST_SECRET = 8;

  private final Kafka kafka;
  private final String bootstrap;
  private final String topic;
  private final Availability availability;
  private final ReentrantLock connecting = new ReentrantLock();
  private volatile Optional<KafkaProducer<byte[], byte[]>> producer = Optional.empty();

  private KafkaOutbox(Kafka kafka, String bootstrap) {
    this.kafka = kafka;
    this.bootstrap = bootstrap;
    this.topic = Stream.REQUESTS.topic(kafka.topicPrefix());
    this.availability =
        new Availability(
            "Kafka " + bootstrap,
            "this reader can neither hand over repairs nor have keys populated");
  }

  /** Opens the outbox of a configuration. */
  public static Outbox of(Kafka kafka) {
    return kafka
        .bootstrap()
        .<Outbox>map(bootstrap -> new KafkaOutbox(kafka, bootstrap))
        .orElseGet(NoOutbox::new);
  }

  @Override
  public void send(byte[] key, byte[] message) throws NotTaken {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
    try {
      KafkaProducer<byte[], byte[]> connected = producer.orElse(null);
      if (connected == null) {
        connected = connect(deadline);
      }
      Future<RecordMetadata> sent = connected.send(new ProducerRecord<>(topic, key, message));
      var unused = sent.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      availability.up();
    } catch (TimeoutException e) {
      throw failed("no answer in time");
    } catch (KafkaException e) {
      throw failed(shown(e));
    } catch (ExecutionException e) {
      throw failed(shown(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("interrupted");
    }
  }

  private KafkaProducer<byte[], byte[]> connect(long deadline)
      throws InterruptedException, TimeoutException {
    if (!connecting.tryLock(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
      throw new TimeoutException("another request is connecting");
    }
    try {
      if (producer.isEmpty()) {
        requireTopic(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        producer =
            Optional.of(
                new KafkaProducer<>(
                    sending(), new ByteArraySerializer(), new ByteArraySerializer()));
      }
      return producer.get();
    } finally {
      connecting.unlock();
    }
  }

  private void requireTopic(Duration patience) {
    Map<String, Object> properties = clients();
    properties.put("allow.auto.create.topics", false);
    properties.put("enable.auto.commit", false);
    properties.remove("group.id");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      if (consumer.partitionsFor(topic, patience).isEmpty()) {
        throw new KafkaException("it has no topic " + topic + ", which submit makes");
      }
    }
  }

  private Map<String, Object> clients() {
    Map<String, Object> properties = new HashMap<>(kafka.properties());
    properties.put("bootstrap.servers", bootstrap);
    properties.put("request.timeout.ms", PATIENCE_MS);
    return properties;
  }

  private Map<String, Object> sending() {
    Map<String, Object> properties = clients();
    properties.put("acks", "all");
    properties.put("linger.ms", 0);
    properties.put("max.block.ms", PATIENCE_MS);
    properties.put("delivery.timeout.ms", PATIENCE_MS);
    // The reader's heap and its messages are small.
    properties.put("buffer.memory", 1_048_576L);
    return properties;
  }

  /** Returns the first line of the cause, without the values of properties. */
  private String shown(Throwable problem) {
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

  private NotTaken failed(String why) {
    availability.down(why);
    return new NotTaken(
        NotTaken.Kind.UNAVAILABLE,
        "Kafka did not take the request within %d s; see that it runs and answers this reader, whose log has the cause"
            .formatted(PATIENCE_MS / 1000));
  }

  @Override
  public void close() {
    producer.ifPresent(connected -> connected.close(Duration.ofMillis(PATIENCE_MS)));
  }
}
