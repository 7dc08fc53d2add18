package dev.freshet.reader.answer;

import dev.freshet.store.FallbackReason;
import dev.freshet.store.Servability;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Hears which keys of views that are populated on read somebody asks for. Never waits, never fails.
 */
public interface PopulateRequests {
  /**
   * From when a key was asked for, until nobody waits for it; as long as MySQL may take by default.
   * Most are populated in much less.
   */
  Duration PATIENCE = Duration.ofSeconds(2);

  /** The store had the key. */
  void read(ServedView view, List<Object> key);

  /**
   * The store had it not, and is to have it.
   *
   * @param looked when, by {@link System#nanoTime}, somebody set out to look at the store. On a
   *     busy machine that may be long ago, and the key is there by now.
   * @return for how long it is to be waited for; zero where it is to be looked for once more; empty
   *     when this asks for it, and when there is no hope that it comes within {@link #PATIENCE}
   */
  Optional<Duration> wanted(ServedView view, List<Object> key, long looked);

  /**
   * Says what somebody found who asked for a key.
   *
   * @param looked when, as of {@link #wanted}
   * @return of a key that is absent, as {@link #wanted}
   */
  default Optional<Duration> found(Question question, Servability verdict, long looked) {
    ServedView view = question.view();
    if (verdict.equals(Servability.ABSENT)) {
      return wanted(view, question.key(), looked);
    } else if (view.plan().options().onRead()
        && !(verdict instanceof Servability.NotServed doubted
            && doubted.reason().equals(FallbackReason.BUILDING))) {
      read(view, question.key());
    }
    return Optional.empty();
  }
}
