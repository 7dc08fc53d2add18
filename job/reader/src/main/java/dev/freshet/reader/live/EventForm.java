package dev.freshet.reader.live;

import dev.freshet.reader.answer.Answer;
import dev.freshet.reader.answer.Question;
import dev.freshet.store.Servability;

/** Encodes the events of a stream. */
public interface EventForm {
  byte[] answer(Answer answer);

  /** The event that the projection cannot vouch for its answer. */
  byte[] doubt(Question question, Servability.NotServed why);
}
