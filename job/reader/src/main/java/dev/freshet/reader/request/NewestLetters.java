package dev.freshet.reader.request;

import dev.freshet.view.stream.FailureMessage;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The dead letters of all jobs, computed from the messages of their topic in order: a message
 * replaces the earlier one with the same key, and a message without a value deletes it. Messages
 * that cannot be read are left out.
 *
 * <p>Keeps the newest letters in memory, at most a given number, without the images of their rows.
 * Not thread-safe.
 */
final class NewestLetters {
  private static final Comparator<FailureMessage> NEWEST_FIRST =
      Comparator.comparing(FailureMessage::failedAt)
          .reversed()
          .thenComparing(FailureMessage::view)
          .thenComparing(FailureMessage::row);

  private final int most;

  /** The letters by the key of their message, in the order of the messages. */
  private final Map<String, FailureMessage> letters = new LinkedHashMap<>();

  private boolean isComplete = true;

  NewestLetters(int most) {
    this.most = most;
  }

  /**
   * Takes the next message.
   *
   * @param message empty deletes the key's letter
   */
  void take(String key, Optional<byte[]> message) {
    letters.remove(key);
    if (message.isEmpty()) {
      return;
    }
    try {
      letters.put(key, FailureMessage.read(message.get()).withoutImage());
    } catch (IllegalArgumentException e) {
      // A message of a newer job; the command line counts them.
      return;
    }
    if (letters.size() > most) {
      letters.remove(letters.keySet().iterator().next());
      isComplete = false;
    }
  }

  /** Removes all letters. */
  void clear() {
    letters.clear();
    isComplete = true;
  }

  /** Returns the letters, the newest failure first. */
  List<FailureMessage> letters() {
    return letters.values().stream().sorted(NEWEST_FIRST).toList();
  }

  /** Whether no letter was left out because there were too many. */
  boolean isComplete() {
    return isComplete;
  }
}
