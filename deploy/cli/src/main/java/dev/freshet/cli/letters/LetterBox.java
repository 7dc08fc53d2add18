package dev.freshet.cli.letters;

import dev.freshet.cli.Failure;
import dev.freshet.view.stream.FailureMessage;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The newest dead letter of each row of one job that is still dead, folded from the messages of the
 * topic in their order: a message replaces what was said under its key, one without a value takes
 * it back. What other jobs said is passed over; what cannot be read is counted. In memory is one
 * letter a row.
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
   * @param value null where the key's letter is taken back
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

  /** All letters, what failed last first. */
  public List<FailureMessage> letters() {
    return letters.values().stream().sorted(NEWEST_FIRST).toList();
  }

  /** The letters of a view, or all where none is named. */
  public List<FailureMessage> letters(Optional<String> view) {
    return letters().stream()
        .filter(letter -> view.isEmpty() || view.get().equals(letter.view()))
        .toList();
  }

  /** Messages that are no dead letters of a format known here. */
  public int unreadable() {
    return unreadable;
  }

  /**
   * The letter of an id: its row's text, or as much of it as no other begins with.
   *
   * @throws Failure when there is none, or several
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
            ? "Dead letter %s: job %s has none; freshet dead-letters list shows those it has"
                .formatted(id, job)
            : "Dead letter %s: %,d ids begin with it; give the whole id"
                .formatted(id, found.size()));
  }

  /** What is said under a key of the topic now. */
  Optional<FailureMessage> under(String key) {
    return Optional.ofNullable(letters.get(key));
  }
}
