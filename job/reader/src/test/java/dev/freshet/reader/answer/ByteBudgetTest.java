package dev.freshet.reader.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ByteBudgetTest {
  private final ByteBudget budget = new ByteBudget(800, 100);

  @Test
  void anAnswerHasAMaximum() throws Unanswered {
    ByteBudget.Reservation answer = budget.reserve();
    answer.add(60);
    answer.add(40);

    assertFails(() -> answer.add(1), Unanswered.Kind.ANSWER_TOO_LARGE);
    answer.add(-40);
    answer.add(40);
    answer.encode(100);
    assertFails(() -> answer.encode(1), Unanswered.Kind.ANSWER_TOO_LARGE);
  }

  @Test
  void anAnswerHasAtMostAnEighthOfTheBudget() {
    assertThat(new ByteBudget(800, 5000).most()).isEqualTo(100);
    assertFails(() -> budget.reserve().add(101), Unanswered.Kind.ANSWER_TOO_LARGE);
  }

  @Test
  void allAnswersTogetherHaveAMaximum() throws Unanswered {
    ByteBudget.Reservation first = budget.reserve();
    first.add(100);
    for (int i = 0; i < 3; i++) {
      budget.reserve().add(100);
    }
    ByteBudget.Reservation late = budget.reserve();

    assertFails(() -> late.add(1), Unanswered.Kind.OVERLOAD);
    assertThat(budget.used()).as("what was refused is not reserved").isEqualTo(800);
    first.close();
    late.add(100);
  }

  @Test
  void rowsAreReleasedWhenTheyAreEncodedAndAllWhenItIsClosed() throws Unanswered {
    ByteBudget.Reservation answer = budget.reserve();
    answer.add(50);
    assertThat(budget.used()).isEqualTo(100);
    answer.encode(70);
    assertThat(budget.used()).isEqualTo(170);
    answer.encoded();
    assertThat(budget.used()).isEqualTo(70);
    answer.close();
    answer.close();
    assertThat(budget.used()).isZero();
  }

  @Test
  void nothingIsReservedForARequestThatHasEnded() {
    ByteBudget.Reservation answer = budget.reserve();
    answer.close();

    assertFails(() -> answer.add(1), Unanswered.Kind.ABANDONED);
    assertFails(() -> answer.encode(1), Unanswered.Kind.ABANDONED);
    assertThat(budget.used()).isZero();
  }

  private static void assertFails(ThrowingCallable action, Unanswered.Kind kind) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(Unanswered.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }
}
