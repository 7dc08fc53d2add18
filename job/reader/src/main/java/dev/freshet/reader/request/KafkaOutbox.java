package dev.freshet.reader.request;

import dev.freshet.reader.Availability;
import dev.freshet.reader.config.Kafka;
import dev.freshet.view.stream.Stream;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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

/**
 * Writes messages to their topics on Kafka. It connects with the first message of a topic, and with
 * each further one until the topic exists, because a broker might otherwise create the topic with
 * its own settings. A call blocks for at most {@value KafkaClients#PATIENCE_MS} ms; a message that
 * was not acknowledged by then may still arrive. Neither exceptions nor the log contain secrets.
 * Thread-safe.
 */
public final class KafkaOutbox implements Outbox {
  private final KafkaClients clients;
  private final Availability availability;
  private final ReentrantLock connecting = new ReentrantLock();
  private volatile Optional<KafkaProducer<byte[], byte[]>> producer = Optional.empty();

  /** The streams whose topics exist. */
  private final Set<Stream> found = ConcurrentHashMap.newKeySet();

  private KafkaOutbox(KafkaClients clients) {
    this.clients = clients;
    this.availability =
        new Availability(
            "Kafka " + clients.bootstrap(),
            "this reader can neither hand over repairs nor have keys populated");
  }

  /** Opens the outbox of a configuration. */
  public static Outbox of(Kafka kafka) {
    return kafka
        .bootstrap()
        .<Outbox>map(bootstrap -> new KafkaOutbox(new KafkaClients(kafka, bootstrap)))
        .orElseGet(NoOutbox::new);
  }

  @Override
  public void send(byte[] key, byte[] message) throws NotTaken {
    write(Stream.REQUESTS, key, Optional.of(message));
  }

  @Override
  public void deleteDeadLetter(byte[] key) throws NotTaken {
    write(Stream.DEAD_LETTER, key, Optional.empty());
  }

  /** Writes a message, or a tombstone, which deletes the messages with the key. */
  private void write(Stream stream, byte[] key, Optional<byte[]> message) throws NotTaken {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(KafkaClients.PATIENCE_MS);
    try {
      KafkaProducer<byte[], byte[]> connected = producer.orElse(null);
      if (connected == null || !found.contains(stream)) {
        connected = connect(stream, deadline);
      }
      Future<RecordMetadata> sent =
          connected.send(new ProducerRecord<>(clients.topic(stream), key, message.orElse(null)));
      var unused = sent.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      availability.up();
    } catch (TimeoutException e) {
      throw failed("no answer in time");
    } catch (KafkaException e) {
      throw failed(clients.shown(e));
    } catch (ExecutionException e) {
      throw failed(clients.shown(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("interrupted");
    }
  }

  private KafkaProducer<byte[], byte[]> connect(Stream stream, long deadline)
      throws InterruptedException, TimeoutException {
    if (!connecting.tryLock(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
      throw new TimeoutException("another request is connecting");
    }
    try {
      if (!found.contains(stream)) {
        requireTopic(stream, Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        found.add(stream);
      }
      if (producer.isEmpty()) {
        producer = Optional.of(clients.producer());
      }
      return producer.get();
    } finally {
      connecting.unlock();
    }
  }

  private void requireTopic(Stream stream, Duration patience) {
    try (KafkaConsumer<byte[], byte[]> consumer = clients.consumer()) {
      var unused = clients.partitions(consumer, stream, patience);
    }
  }

  private NotTaken failed(String why) {
    availability.down(why);
    return new NotTaken(
        NotTaken.Kind.UNAVAILABLE,
        "Kafka did not take the request within %d s; see that it runs and answers this reader, whose log has the cause"
            .formatted(KafkaClients.PATIENCE_MS / 1000));
  }

  @Override
  public void close() {
    producer.ifPresent(connected -> connected.close(Duration.ofMillis(KafkaClients.PATIENCE_MS)));
  }
}
