package dev.freshet.reader.live;

import dev.freshet.reader.answer.Answer;
import dev.freshet.reader.answer.Question;
import dev.freshet.store.Servability;

/** Encodes the events of a live answer as the bytes that its HTTP client receives. */
public interface EventForm {
  /** Returns an answer event, as the bytes sent to the client. The answer must have a version. */
  byte[] answer(Answer answer);

  /**
   * Returns a {@code doubt} event, as the bytes sent to the client: the projection's answer cannot
   * be served, and why.
   */
  byte[] doubt(Question question, Servability.NotServed why);
}
