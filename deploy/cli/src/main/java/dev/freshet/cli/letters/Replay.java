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
 * Requests a job to retry dead rows, and watches the topic for the result of each: its letter is
 * deleted, or replaced by a letter of the new failure. Used once. Not thread-safe.
 */
public final class Replay {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final long AGAIN_NANOS = 2_000_000_000L;

  private final Topic topic;
  private final Consumer<String> out;
  private final Map<String, FailureMessage> waiting = new LinkedHashMap<>();
  private final List<FailureMessage> left = new ArrayList<>();
  private final List<FailureMessage> failed = new ArrayList<>();

  /** The dead letters, and requests to retry them. */
  interface Topic {
    /** Returns the letters read so far. */
    LetterBox box();

    /** Reads more messages; waits for them for the given time at most. */
    void readMore(Duration patience);

    /** Requests the job to read the rows from MySQL again. */
    void ask(List<FailureMessage> dead, Instant at);
  }

  /**
   * Creates a replay without sending a request.
   *
   * @param out receives lines of progress
   */
  Replay(Topic topic, Consumer<String> out) {
    this.topic = topic;
    this.out = out;
  }

  /**
   * The results of a replay.
   *
   * @param left the rows that are no longer dead
   * @param failed the new letters of the rows that failed again
   * @param waiting the rows without a result
   */
  public record Outcome(
      List<FailureMessage> left, List<FailureMessage> failed, List<FailureMessage> waiting) {}

  /** Requests the rows, and waits for their results for the given time at most. */
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
        out.accept("waiting for %,d of %,d rows …".formatted(waiting.size(), letters.size()));
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
