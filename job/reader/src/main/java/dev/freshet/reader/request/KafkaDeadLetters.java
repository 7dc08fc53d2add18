package dev.freshet.reader.request;

import dev.freshet.reader.Availability;
import dev.freshet.reader.config.Kafka;
import dev.freshet.view.stream.Stream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads the dead letters from Kafka. The first call reads the topic from its beginning, each
 * further call reads what was written since. A call blocks for at most {@value
 * KafkaClients#PATIENCE_MS} ms; after a call that was too short for a long topic, the next one
 * reads on. Neither exceptions nor the log contain secrets.
 *
 * <p>Keeps at most {@value #MOST} letters in memory. Thread-safe.
 */
public final class KafkaDeadLetters implements DeadLetters {
  static final int MOST = 5000;
  private static final Duration POLL = Duration.ofMillis(100);

  private final KafkaClients clients;
  private final Availability availability;
  private final ReentrantLock reading = new ReentrantLock();

  /** Like {@link #letters} guarded by {@link #reading}. */
  private Optional<KafkaConsumer<byte[], byte[]>> consumer = Optional.empty();

  private final NewestLetters letters = new NewestLetters(MOST);

  private KafkaDeadLetters(KafkaClients clients) {
    this.clients = clients;
    this.availability =
        new Availability(
            "Kafka " + clients.bootstrap(), "this reader can neither list nor replay dead letters");
  }

  /** Opens the dead letters of a configuration; connects with the first call. */
  public static DeadLetters of(Kafka kafka) {
    return kafka
        .bootstrap()
        .<DeadLetters>map(bootstrap -> new KafkaDeadLetters(new KafkaClients(kafka, bootstrap)))
        .orElse(NONE);
  }

  @Override
  public Listed read() throws NotTaken {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(KafkaClients.PATIENCE_MS);
    try {
      if (!reading.tryLock(KafkaClients.PATIENCE_MS, TimeUnit.MILLISECONDS)) {
        throw new NotTaken(
            NotTaken.Kind.UNAVAILABLE, "other requests read the dead letters; try again");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("interrupted");
    }
    try {
      Instant at = Instant.now();
      readToEnd(deadline);
      availability.up();
      return new Listed(at, letters.letters(), letters.isComplete());
    } catch (KafkaException e) {
      disconnect();
      throw failed(clients.shown(e));
    } finally {
      reading.unlock();
    }
  }

  private void readToEnd(long deadline) throws NotTaken {
    KafkaConsumer<byte[], byte[]> connected = connect(deadline);
    Map<TopicPartition, Long> ends = connected.endOffsets(connected.assignment(), left(deadline));
    if (isBeyond(connected, ends)) {
      // The topic was deleted and created again.
      letters.clear();
      connected.seekToBeginning(connected.assignment());
    }
    while (isBefore(connected, ends)) {
      if (left(deadline).isZero()) {
        throw failed("its topic is too long to be read at once; the next request reads on");
      }
      for (ConsumerRecord<byte[], byte[]> message : connected.poll(POLL)) {
        // The job gives every message a key.
        byte[] key = message.key() == null ? new byte[0] : message.key();
        letters.take(new String(key, StandardCharsets.UTF_8), Optional.ofNullable(message.value()));
      }
    }
  }

  private static boolean isBefore(
      KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .anyMatch(end -> consumer.position(end.getKey()) < end.getValue());
  }

  private static boolean isBeyond(
      KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .anyMatch(end -> consumer.position(end.getKey()) > end.getValue());
  }

  private KafkaConsumer<byte[], byte[]> connect(long deadline) {
    if (consumer.isEmpty()) {
      KafkaConsumer<byte[], byte[]> connected = clients.consumer();
      consumer = Optional.of(connected);
      letters.clear();
      connected.assign(clients.partitions(connected, Stream.DEAD_LETTER, left(deadline)));
      connected.seekToBeginning(connected.assignment());
    }
    return consumer.get();
  }

  private void disconnect() {
    consumer.ifPresent(connected -> connected.close(Duration.ZERO));
    consumer = Optional.empty();
  }

  private static Duration left(long deadline) {
    return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
  }

  private NotTaken failed(String why) {
    availability.down(why);
    return new NotTaken(
        NotTaken.Kind.UNAVAILABLE,
        "the dead letters could not be read from Kafka within %d s; see that it runs and lets this reader read %s; the reader's log has the cause"
            .formatted(KafkaClients.PATIENCE_MS / 1000, clients.topic(Stream.DEAD_LETTER)));
  }

  @Override
  public void close() {
    reading.lock();
    try {
      disconnect();
    } finally {
      reading.unlock();
    }
  }
}
