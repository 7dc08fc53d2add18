package dev.freshet.reader.answer;

import java.util.List;

/**
 * Hears which keys of views that are populated on read somebody asks for. Never waits, never fails.
 */
public interface Demand {
  /** The store had the key. */
  void read(ServedView view, List<Object> key);

  /** The store had it not, and is to have it. */
  void wanted(ServedView view, List<Object> key);

  /** Says what somebody found who asked for a key. */
  default void found(Question question, Verdict verdict) {
    ServedView view = question.view();
    if (verdict.equals(Verdict.ABSENT)) {
      wanted(view, question.key());
    } else if (view.plan().options().onRead()
        && !(verdict instanceof Verdict.Doubted doubted
            && doubted.reason().equals(Doubt.BUILDING))) {
      read(view, question.key());
    }
  }
}
