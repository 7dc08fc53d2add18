package dev.freshet.reader.answer;

import dev.freshet.store.Servability;
import java.util.Objects;

/** The result of answering a question from the projection only. */
public sealed interface Sight {
  /** The projection can serve this answer. */
  record Vouched(Answer answer) implements Sight {
    public Vouched {
      if (answer.source() != Answer.Source.PROJECTION) {
        throw new IllegalArgumentException("an answer of MySQL is not served from the projection");
      }
    }
  }

  /** The projection cannot serve the key now. */
  record Doubted(Servability.NotServed why) implements Sight {
    public Doubted {
      Objects.requireNonNull(why, "why");
    }
  }
}
