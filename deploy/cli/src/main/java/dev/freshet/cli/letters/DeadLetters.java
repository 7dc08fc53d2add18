package dev.freshet.cli.letters;

import dev.freshet.cli.Failure;
import dev.freshet.cli.config.Config;
import dev.freshet.cli.kafka.KafkaAccess;
import dev.freshet.cli.kafka.StreamWriter;
import dev.freshet.view.stream.FailureMessage;
import dev.freshet.view.stream.RequestMessage;
import dev.freshet.view.stream.Stream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * The dead letters on Kafka. They are read from the topic's beginning, without a group, so that
 * nothing is left behind. What Kafka does not do is a {@link Failure}, as {@link KafkaAccess} says.
 * Not safe for several threads.
 */
public final class DeadLetters implements Replay.Topic, AutoCloseable {
  private static final Duration SILENCE = Duration.ofMillis(KafkaAccess.PATIENCE_MS);

  private final KafkaAccess kafka;
  private final LetterBox box;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final StreamWriter writer;

  private DeadLetters(Config config, KafkaAccess kafka) {
    this.kafka = kafka;
    this.box = new LetterBox(config.job().name());
    this.consumer = kafka.consumer();
    this.writer = new StreamWriter(kafka);
  }

  /**
   * Reads all letters there are.
   *
   * @throws Failure when the job has no streams, too
   */
  public static DeadLetters open(Config config) {
    KafkaAccess kafka =
        KafkaAccess.of(config)
            .orElseThrow(
                () ->
                    new Failure(
                        "Job %s: it has no streams, hence no dead letters, as kafka.bootstrap is"
                                .formatted(config.job().name())
                            + " empty; set it and submit the job again"));
    DeadLetters letters = new DeadLetters(config, kafka);
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
      List<TopicPartition> partitions = kafka.partitions(consumer, Stream.DEAD_LETTER);
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
                  .formatted(kafka.bootstrap(), kafka.topic(Stream.DEAD_LETTER)));
        }
      }
    } catch (KafkaException e) {
      throw kafka.failed(e);
    }
  }

  @Override
  public void readMore(Duration patience) {
    try {
      poll(patience);
    } catch (KafkaException e) {
      throw kafka.failed(e);
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
    writer.send(
        Stream.REQUESTS,
        dead.stream()
            .map(letter -> RequestMessage.retry(letter, at))
            .map(request -> new StreamWriter.Message(request.kafkaKey(), request.toJson()))
            .toList());
  }

  /** Takes letters back, for everybody who reads the topic. */
  public void drop(List<FailureMessage> letters) {
    writer.send(
        Stream.DEAD_LETTER,
        letters.stream().map(letter -> new StreamWriter.Message(letter.kafkaKey(), null)).toList());
  }

  @Override
  public void close() {
    consumer.close(SILENCE);
    writer.close();
  }
}
