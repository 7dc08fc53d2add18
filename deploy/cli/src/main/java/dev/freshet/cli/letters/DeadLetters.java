package dev.freshet.cli.letters;

import dev.freshet.cli.Failure;
import dev.freshet.cli.kafka.KafkaAccess;
import dev.freshet.cli.kafka.StreamReader;
import dev.freshet.cli.kafka.StreamWriter;
import dev.freshet.config.Config;
import dev.freshet.view.stream.FailureMessage;
import dev.freshet.view.stream.RequestMessage;
import dev.freshet.view.stream.Stream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/**
 * The dead letters of a job in Kafka. They are read from the topic's beginning, without a consumer
 * group. Problems with Kafka are {@link Failure}s, see {@link KafkaAccess}. Not thread-safe.
 */
public final class DeadLetters implements Replay.Topic, AutoCloseable {
  private final LetterBox box;
  private final StreamReader reader;
  private final StreamWriter writer;

  private DeadLetters(Config config, KafkaAccess kafka) {
    this.box = new LetterBox(config.job().name());
    this.reader = StreamReader.fromBeginning(kafka, Stream.DEAD_LETTER);
    this.writer = new StreamWriter(kafka);
  }

  /**
   * Reads all letters.
   *
   * @throws Failure also if the job has no streams
   */
  public static DeadLetters open(Config config) {
    KafkaAccess kafka =
        KafkaAccess.of(config)
            .orElseThrow(
                () ->
                    new Failure(
                        "Job %s: it has no streams and therefore no dead letters, because kafka.bootstrap is"
                                .formatted(config.job().name())
                            + " empty; set it and submit the job again"));
    DeadLetters letters = new DeadLetters(config, kafka);
    try {
      letters.reader.readToEnd(letters::take);
      return letters;
    } catch (RuntimeException e) {
      letters.close();
      throw e;
    }
  }

  /**
   * Creates a replay of letters.
   *
   * @param out receives lines of progress
   */
  public Replay replay(Consumer<String> out) {
    return new Replay(this, out);
  }

  @Override
  public LetterBox box() {
    return box;
  }

  @Override
  public void readMore(Duration patience) {
    reader.poll(patience).forEach(this::take);
  }

  private void take(StreamWriter.Message message) {
    // All messages of the job have keys, and a compacted topic accepts no others.
    byte[] key = message.key() == null ? new byte[0] : message.key();
    box.take(new String(key, StandardCharsets.UTF_8), message.value());
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

  /** Deletes letters from the topic. */
  public void drop(List<FailureMessage> letters) {
    writer.send(
        Stream.DEAD_LETTER,
        letters.stream().map(letter -> new StreamWriter.Message(letter.kafkaKey(), null)).toList());
  }

  @Override
  public void close() {
    reader.close();
    writer.close();
  }
}
