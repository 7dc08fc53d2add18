package dev.freshet.flow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RefusedTest {
  /** The command line shows the last cause in the stack trace that Flink prints. */
  @Test
  void aProblemIsTheLastCauseOfItsTrace() {
    Exception cause = new Exception("no route to host");

    assertThat(new Refused("Postgres: it is away; start it", cause))
        .hasMessage("Postgres: it is away; start it")
        .hasNoCause()
        .hasSuppressedException(cause);
  }
}
