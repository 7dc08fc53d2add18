package dev.freshet.cli.letters;

import dev.freshet.view.stream.FailureMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Asks a job for dead rows once more, and watches the topic for what becomes of each: its letter is
 * taken back, or replaced by one of the new failure.
 */
public final class Replay {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final long AGAIN_NANOS = 2_000_000_000L;

  private final Topic topic;
  private final Consumer<String> said;
  private final Map<String, FailureMessage> waiting = new LinkedHashMap<>();
  private final List<FailureMessage> left = new ArrayList<>();
  private final List<FailureMessage> failed = new ArrayList<>();

  /** The dead letters, and the way to ask for them. */
  interface Topic {
    /** As read so far. */
    LetterBox box();

    /** Waits for more messages and takes them. */
    void readMore(Duration patience);

    /** Asks the job to read the rows from MySQL once more. */
    void ask(List<FailureMessage> dead, Instant at);
  }

  /**
   * Asks nothing yet.
   *
   * @param said takes lines of progress
   */
  Replay(Topic topic, Consumer<String> said) {
    this.topic = topic;
    this.said = said;
  }

  /**
   * What came of it.
   *
   * @param left are dead no longer
   * @param failed the new letters of those that failed again
   * @param waiting those of which nothing was heard
   */
  public record Outcome(
      List<FailureMessage> left, List<FailureMessage> failed, List<FailureMessage> waiting) {}

  /** Asks for rows, and waits for them. */
  public Outcome run(List<FailureMessage> letters, Duration patience) {
    letters.forEach(letter -> waiting.put(key(letter), letter));
    topic.ask(letters, Instant.now());
    long start = System.nanoTime();
    long next = start + AGAIN_NANOS;
    take();
    while (!waiting.isEmpty() && System.nanoTime() - start < patience.toNanos()) {
      topic.readMore(POLL);
      take();
      if (System.nanoTime() > next) {
        said.accept("waiting for %,d of %,d rows …".formatted(waiting.size(), letters.size()));
        next += AGAIN_NANOS;
      }
    }
    return new Outcome(List.copyOf(left), List.copyOf(failed), List.copyOf(waiting.values()));
  }

  private void take() {
    Iterator<Map.Entry<String, FailureMessage>> each = waiting.entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<String, FailureMessage> asked = each.next();
      Optional<FailureMessage> now = topic.box().under(asked.getKey());
      if (now.isEmpty()) {
        left.add(asked.getValue());
        each.remove();
      } else if (!now.get().equals(asked.getValue())) {
        failed.add(now.get());
        each.remove();
      }
    }
  }

  private static String key(FailureMessage letter) {
    return new String(letter.kafkaKey(), StandardCharsets.UTF_8);
  }
}
