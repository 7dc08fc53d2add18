package dev.freshet.reader.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.reader.answer.Unanswered;
import dev.freshet.reader.request.NotTaken;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProblemsTest {
  @ParameterizedTest
  @EnumSource(Unanswered.Kind.class)
  void whatWasNotAnsweredKeepsItsNameAndItsMessage(Unanswered.Kind kind) {
    Problem problem = Problems.of(new Unanswered(kind, "MySQL is away"));

    assertThat(problem.kind().wireName()).isEqualTo(kind.wireName());
    assertThat(problem.detail()).isEqualTo("MySQL is away");
    assertThat(problem.kind().status())
        .isEqualTo(
            switch (kind) {
              case UNKNOWN_KEY -> 404;
              case SOURCE_REFUSED -> 502;
              case ANSWER_TOO_LARGE -> 413;
              default -> 503;
            });
  }

  @Test
  void aRequestThatWasNotTakenMayBeMadeAgain() {
    assertThat(Problems.of(new NotTaken(NotTaken.Kind.UNAVAILABLE, "Kafka is away")))
        .isEqualTo(new Problem(Problem.Kind.REQUESTS_UNAVAILABLE, "Kafka is away"));
    assertThat(Problems.of(new NotTaken(NotTaken.Kind.TOO_MANY, "slower")))
        .isEqualTo(new Problem(Problem.Kind.TOO_MANY_REQUESTS, "slower"));
  }
}
