package dev.freshet.cli.kafka;

import dev.freshet.cli.Failure;
import dev.freshet.view.stream.Stream;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes to streams whose topics exist. Connects with the first message. Not thread-safe. */
public final class StreamWriter implements AutoCloseable {
  private final KafkaAccess kafka;
  private final Set<Stream> existing = EnumSet.noneOf(Stream.class);
  private KafkaProducer<byte[], byte[]> producer;

  public StreamWriter(KafkaAccess kafka) {
    this.kafka = kafka;
  }

  /**
   * A message.
   *
   * @param value null deletes the key's last message
   */
  public record Message(byte[] key, byte[] value) {}

  /**
   * Writes messages, and returns when all of them are acknowledged.
   *
   * @throws Failure also if the topic does not exist; otherwise a broker might create it with wrong
   *     settings
   */
  public void send(Stream stream, List<Message> messages) {
    if (!existing.contains(stream)) {
      try (KafkaConsumer<byte[], byte[]> consumer = kafka.consumer()) {
        var unused = kafka.partitions(consumer, stream);
      }
      existing.add(stream);
    }
    try {
      if (producer == null) {
        producer =
            new KafkaProducer<>(settings(), new ByteArraySerializer(), new ByteArraySerializer());
      }
      List<Future<?>> sent =
          messages.stream()
              .<Future<?>>map(
                  message ->
                      producer.send(
                          new ProducerRecord<>(
                              kafka.topic(stream), message.key(), message.value())))
              .toList();
      for (Future<?> each : sent) {
        each.get();
      }
    } catch (KafkaException e) {
      throw kafka.failed(e);
    } catch (ExecutionException e) {
      throw kafka.failed(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("Interrupted", e);
    }
  }

  private Map<String, Object> settings() {
    Map<String, Object> properties = kafka.clients();
    properties.remove("default.api.timeout.ms");
    properties.put("acks", "all");
    properties.put("linger.ms", 0);
    properties.put("max.block.ms", KafkaAccess.PATIENCE_MS);
    properties.put("delivery.timeout.ms", KafkaAccess.PATIENCE_MS);
    return properties;
  }

  @Override
  public void close() {
    if (producer != null) {
      producer.close(Duration.ofMillis(KafkaAccess.PATIENCE_MS));
    }
  }
}
