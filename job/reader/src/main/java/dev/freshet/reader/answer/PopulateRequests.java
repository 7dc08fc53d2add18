package dev.freshet.reader.answer;

import dev.freshet.reader.share.Principal;
import dev.freshet.store.FallbackReason;
import dev.freshet.store.Servability;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Receives the keys that clients read in views that are populated on read, and requests missing
 * keys from the job. Methods neither block nor fail.
 */
public interface PopulateRequests {
  /**
   * How long questions wait for a key after it was requested; equal to the default time limit of
   * MySQL queries. Most keys are populated much faster.
   */
  Duration PATIENCE = Duration.ofSeconds(2);

  /** Records that a key was read that the store has. */
  void read(ServedView view, List<Object> key);

  /**
   * Records that the store lacks a key, and requests the key if necessary.
   *
   * @param looked the {@link System#nanoTime} before the store was read; on a busy machine that may
   *     be long ago, so that the key may have been populated since
   * @param principal the party that the request is counted for
   * @return how long to wait for the key; zero if the store should be read once more; empty if this
   *     call requested the key, or if the key is not expected within {@link #PATIENCE}
   */
  Optional<Duration> wanted(ServedView view, List<Object> key, long looked, Principal principal);

  /**
   * Records the result of reading a key from the store: calls {@link #read} or {@link #wanted} if
   * necessary.
   *
   * @param looked see {@link #wanted}
   * @param principal see {@link #wanted}
   * @return the result of {@link #wanted} for an absent key; otherwise empty
   */
  default Optional<Duration> found(
      Question question, Servability servability, long looked, Principal principal) {
    ServedView view = question.view();
    if (servability.equals(Servability.ABSENT)) {
      return wanted(view, question.key(), looked, principal);
    } else if (view.plan().options().onRead()
        && !(servability instanceof Servability.NotServed notServed
            && notServed.reason().equals(FallbackReason.BUILDING))) {
      read(view, question.key());
    }
    return Optional.empty();
  }
}
