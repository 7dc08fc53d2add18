package dev.freshet.cli.letters;

import dev.freshet.cli.Failure;
import dev.freshet.view.stream.FailureMessage;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The newest dead letter of each dead row of one job. It is computed from the messages of the topic
 * in their order: a message replaces the earlier one with the same key, and a message without a
 * value deletes it. Messages of other jobs are ignored; unreadable messages are counted. Keeps one
 * letter for each row in memory. Not thread-safe.
 */
public final class LetterBox {
  private static final Comparator<FailureMessage> NEWEST_FIRST =
      Comparator.comparing(FailureMessage::failedAt)
          .reversed()
          .thenComparing(FailureMessage::view)
          .thenComparing(FailureMessage::row);

  private final String job;
  private final Map<String, FailureMessage> letters = new HashMap<>();
  private int unreadable;

  LetterBox(String job) {
    this.job = job;
  }

  /**
   * Takes the next message.
   *
   * @param value null deletes the key's letter
   */
  void take(String key, byte[] value) {
    if (value == null) {
      letters.remove(key);
      return;
    }
    try {
      FailureMessage letter = FailureMessage.read(value);
      if (letter.job().equals(job)) {
        letters.put(key, letter);
      }
    } catch (IllegalArgumentException e) {
      unreadable++;
    }
  }

  /** Returns all letters, the newest failure first. */
  public List<FailureMessage> letters() {
    return letters.values().stream().sorted(NEWEST_FIRST).toList();
  }

  /** Returns the letters of a view, or all if no view is given. */
  public List<FailureMessage> letters(Optional<String> view) {
    return letters().stream()
        .filter(letter -> view.isEmpty() || view.get().equals(letter.view()))
        .toList();
  }

  /** Returns the number of messages with an unknown format. */
  public int unreadable() {
    return unreadable;
  }

  /**
   * Returns a letter.
   *
   * @param id the letter's id, or a unique prefix of it
   * @throws Failure if no letter or several match
   */
  public FailureMessage find(String id) {
    List<FailureMessage> found =
        letters.values().stream()
            .filter(letter -> !id.isEmpty() && letter.row().startsWith(id))
            .toList();
    Optional<FailureMessage> whole =
        found.stream().filter(letter -> letter.row().equals(id)).findFirst();
    if (whole.isPresent()) {
      return whole.get();
    }
    if (found.size() == 1) {
      return found.get(0);
    }
    throw new Failure(
        found.isEmpty()
            ? "Dead letter %s: job %s has none with this id; freshet dead-letters list shows all"
                .formatted(id, job)
            : "Dead letter %s: %,d ids begin with it; give the whole id"
                .formatted(id, found.size()));
  }

  /** Returns the current letter with a key of the topic. */
  Optional<FailureMessage> under(String key) {
    return Optional.ofNullable(letters.get(key));
  }
}
