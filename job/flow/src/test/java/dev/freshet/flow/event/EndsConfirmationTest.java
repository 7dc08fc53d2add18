package dev.freshet.flow.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.view.event.Positions;
import org.junit.jupiter.api.Test;

class EndsConfirmationTest {
  private static Positions at(long last) {
    return Positions.parse("orders/0:" + last);
  }

  @Test
  void theTimeIsThatOfTheLastQuestionWhoseAnswerWasReached() {
    EndsConfirmation confirmation = new EndsConfirmation(7);
    confirmation.answered(10, at(1));
    confirmation.answered(20, at(5));
    assertThat(confirmation.reached(at(0))).isFalse();
    assertThat(confirmation.asOf()).isEqualTo(7);
    assertThat(confirmation.reached(at(4))).isTrue();
    assertThat(confirmation.asOf()).isEqualTo(10);
    assertThat(confirmation.reached(at(4))).isFalse();
    assertThat(confirmation.reached(at(9))).isTrue();
    assertThat(confirmation.asOf()).isEqualTo(20);
  }

  @Test
  void theOldestAnswersAreKeptUntilTheyAreReached() {
    EndsConfirmation confirmation = new EndsConfirmation(0);
    for (int i = 1; i <= 1000; i++) {
      confirmation.answered(i, at(i));
    }
    assertThat(confirmation.reached(at(1))).isTrue();
    assertThat(confirmation.asOf()).isEqualTo(1);
    confirmation.reached(at(1000));
    assertThat(confirmation.asOf()).isBetween(2L, 100L);
    confirmation.answered(2000, at(1000));
    confirmation.reached(at(1000));
    assertThat(confirmation.asOf()).isEqualTo(2000);
  }
}
