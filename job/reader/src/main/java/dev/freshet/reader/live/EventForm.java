package dev.freshet.reader.live;

import dev.freshet.reader.answer.Answer;
import dev.freshet.reader.answer.Question;
import dev.freshet.store.Servability;

/** How events are written. */
public interface EventForm {
  byte[] answer(Answer answer);

  /** The projection does not vouch for what it has. */
  byte[] doubt(Question question, Servability.NotServed why);
}
