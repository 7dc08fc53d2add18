package dev.freshet.cli.kafka;

import dev.freshet.cli.Failure;
import dev.freshet.view.stream.Stream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads all partitions of a stream without a group, so that no offsets are stored in Kafka. Throws
 * {@link Failure} if Kafka does not answer. Not thread-safe.
 */
public final class StreamReader implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMillis(KafkaAccess.PATIENCE_MS);

  private final KafkaAccess kafka;
  private final Stream stream;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions;

  private StreamReader(KafkaAccess kafka, Stream stream) {
    this.kafka = kafka;
    this.stream = stream;
    this.consumer = kafka.consumer();
    try {
      this.partitions = kafka.partitions(consumer, stream);
      consumer.assign(partitions);
    } catch (RuntimeException e) {
      consumer.close(PATIENCE);
      throw e;
    }
  }

  /** Creates a reader that starts at the beginning. */
  public static StreamReader fromBeginning(KafkaAccess kafka, Stream stream) {
    StreamReader reader = new StreamReader(kafka, stream);
    reader.consumer.seekToBeginning(reader.partitions);
    return reader;
  }

  /** Creates a reader for all messages that are written after this method has returned. */
  public static StreamReader fromEnd(KafkaAccess kafka, Stream stream) {
    StreamReader reader = new StreamReader(kafka, stream);
    try {
      // Looks up the end now; seekToEnd would look it up only with the first poll.
      reader.consumer.endOffsets(reader.partitions).forEach(reader.consumer::seek);
      return reader;
    } catch (KafkaException e) {
      reader.close();
      throw kafka.failed(e);
    }
  }

  /**
   * Returns the next messages.
   *
   * @param patience how long to wait for a message
   */
  public List<StreamWriter.Message> poll(Duration patience) {
    List<StreamWriter.Message> messages = new ArrayList<>();
    try {
      for (ConsumerRecord<byte[], byte[]> each : consumer.poll(patience)) {
        messages.add(new StreamWriter.Message(each.key(), each.value()));
      }
    } catch (KafkaException e) {
      throw kafka.failed(e);
    }
    return messages;
  }

  /** Reads all messages that exist at the time of the call. */
  public void readToEnd(Consumer<StreamWriter.Message> taken) {
    try {
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      long lastMessage = System.nanoTime();
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        List<StreamWriter.Message> messages = poll(Duration.ofMillis(200));
        messages.forEach(taken);
        if (!messages.isEmpty()) {
          lastMessage = System.nanoTime();
        } else if (System.nanoTime() - lastMessage > PATIENCE.toNanos()) {
          throw new Failure(
              "Kafka %s: it stopped responding while %s was read; try again"
                  .formatted(kafka.bootstrap(), kafka.topic(stream)));
        }
      }
    } catch (KafkaException e) {
      throw kafka.failed(e);
    }
  }

  @Override
  public void close() {
    consumer.close(PATIENCE);
  }
}
