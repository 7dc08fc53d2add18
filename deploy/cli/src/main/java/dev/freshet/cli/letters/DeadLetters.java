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
 * The dead letters on Kafka. They are read from the topic's beginning, without a group, so that
 * nothing is left behind. What Kafka does not do is a {@link Failure}, as {@link KafkaAccess} says.
 * Not safe for several threads.
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
      letters.reader.readToEnd(letters::take);
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

  @Override
  public void readMore(Duration patience) {
    reader.poll(patience).forEach(this::take);
  }

  private void take(StreamWriter.Message message) {
    // Ours have keys, and a topic that is compacted takes no others.
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

  /** Takes letters back, for everybody who reads the topic. */
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
