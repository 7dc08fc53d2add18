package dev.freshet.reader.answer;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Hears which keys of views that are populated on read somebody asks for. Never waits, never fails.
 */
public interface Demand {
  /** The store had the key. */
  void read(ServedView view, List<Object> key);

  /**
   * The store had it not, and is to have it.
   *
   * @return when it was asked for already, as far as that is known; empty when this asks for it
   */
  Optional<Instant> wanted(ServedView view, List<Object> key);

  /**
   * Says what somebody found who asked for a key.
   *
   * @return when a key that is absent was asked for already
   */
  default Optional<Instant> found(Question question, Verdict verdict) {
    ServedView view = question.view();
    if (verdict.equals(Verdict.ABSENT)) {
      return wanted(view, question.key());
    } else if (view.plan().options().onRead()
        && !(verdict instanceof Verdict.Doubted doubted
            && doubted.reason().equals(Doubt.BUILDING))) {
      read(view, question.key());
    }
    return Optional.empty();
  }
}
