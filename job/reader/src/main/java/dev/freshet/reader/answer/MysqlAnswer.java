package dev.freshet.reader.answer;

import java.util.Objects;
import java.util.Optional;

/**
 * MySQL's own answer, which a caller compares with the projection's.
 *
 * @param executed the GTIDs of transactions that the answer contains at least, as MySQL prints
 *     them; empty if they are unknown
 */
public record MysqlAnswer(Answer answer, Optional<String> executed) {
  public MysqlAnswer {
    Objects.requireNonNull(answer, "answer");
    Objects.requireNonNull(executed, "executed");
  }
}
