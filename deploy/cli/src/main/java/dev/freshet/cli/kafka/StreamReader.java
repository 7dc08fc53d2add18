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
 * Reads a stream, all partitions, without a group, so that nothing is left behind. A Kafka that
 * does not answer is a {@link Failure}. Not safe for several threads.
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

  /** Reads it whole. */
  public static StreamReader fromBeginning(KafkaAccess kafka, Stream stream) {
    StreamReader reader = new StreamReader(kafka, stream);
    reader.consumer.seekToBeginning(reader.partitions);
    return reader;
  }

  /** Reads what is written from now on: whatever is, once this returned. */
  public static StreamReader fromEnd(KafkaAccess kafka, Stream stream) {
    StreamReader reader = new StreamReader(kafka, stream);
    try {
      // Said at once; the consumer's own way to the end would be looked up with the first poll.
      reader.consumer.endOffsets(reader.partitions).forEach(reader.consumer::seek);
      return reader;
    } catch (KafkaException e) {
      reader.close();
      throw kafka.failed(e);
    }
  }

  /** The next messages; waits for one so long at most. */
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

  /** Reads all that is there by now. */
  public void readToEnd(Consumer<StreamWriter.Message> taken) {
    try {
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      long heard = System.nanoTime();
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        List<StreamWriter.Message> messages = poll(Duration.ofMillis(200));
        messages.forEach(taken);
        if (!messages.isEmpty()) {
          heard = System.nanoTime();
        } else if (System.nanoTime() - heard > PATIENCE.toNanos()) {
          throw new Failure(
              "Kafka %s: it fell silent while %s was read; try again"
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
