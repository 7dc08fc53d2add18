package dev.freshet.reader.answer;

import dev.freshet.store.Servability;
import java.util.Objects;

/** What the projection alone has to say of a question. */
public sealed interface Sight {
  /** It vouches for this answer. */
  record Vouched(Answer answer) implements Sight {
    public Vouched {
      if (answer.source() != Answer.Source.PROJECTION) {
        throw new IllegalArgumentException("the projection does not vouch for MySQL's answer");
      }
    }
  }

  /** It does not vouch for what it has. */
  record Doubted(Servability.NotServed why) implements Sight {
    public Doubted {
      Objects.requireNonNull(why, "why");
    }
  }
}
