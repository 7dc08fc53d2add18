package dev.freshet.flow.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.flow.capture.source.SourceFault;
import org.junit.jupiter.api.Test;

class FreshnessTrackerTest {
  private static final String A = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
  private static final String B = "4e11fa47-71ca-11e1-9e33-c80aa9429562";

  private final FreshnessTracker confirmations = new FreshnessTracker();

  @Test
  void aTimeIsConfirmedOnceAllThatWasExecutedThenIsCaptured() {
    confirmations.answered(1000, A + ":1-5");
    assertThat(confirmations.captured(A + ":1-4")).isFalse();
    assertThat(confirmations.asOf()).isZero();
    assertThat(confirmations.captured(A + ":1-5")).isTrue();
    assertThat(confirmations.asOf()).isEqualTo(1000);
  }

  @Test
  void aServerThatKnowsLessThanWhenItBeganToBeReadIsNotBelieved() {
    confirmations.had(A + ":1-5");
    assertThatThrownBy(() -> confirmations.answered(1000, A + ":1"))
        .isInstanceOf(SourceFault.class)
        .hasMessageContaining("its binlog was reset");
    confirmations.had(A + ":1-3");
    confirmations.answered(1100, A + ":1-5");
    confirmations.forgetAnswers();
    confirmations.had(B + ":1-2");
    confirmations.answered(1200, B + ":1-2");
    assertThat(confirmations.captured(B + ":1-2")).isTrue();
  }

  @Test
  void theNewestCoveredAnswerCounts() {
    confirmations.answered(1000, A + ":1-5");
    confirmations.answered(1200, A + ":1-7");
    confirmations.answered(1400, A + ":1-9");
    assertThat(confirmations.captured(A + ":1-8")).isTrue();
    assertThat(confirmations.asOf()).isEqualTo(1200);
    assertThat(confirmations.captured(A + ":1-8")).isFalse();
  }

  @Test
  void allServersOfASetCount() {
    confirmations.answered(1000, A + ":1-5:7-8,\n" + B + ":1-2");
    assertThat(confirmations.captured(A + ":1-9")).isFalse();
    assertThat(confirmations.captured(B + ":1-3," + A + ":1-9")).isTrue();
  }

  @Test
  void anEmptySetIsInEverySet() {
    confirmations.answered(1000, "");
    assertThat(confirmations.captured("")).isTrue();
  }

  @Test
  void aServerThatForgotWhatItExecutedConfirmsNothing() {
    confirmations.answered(1000, A + ":1-5");
    confirmations.captured(A + ":1-5");
    for (String forgotten : new String[] {"", A + ":1-4", B + ":1-9"}) {
      assertThatThrownBy(() -> confirmations.answered(2000, forgotten))
          .isInstanceOf(SourceFault.class)
          .hasMessageContaining("its binlog was reset")
          .hasMessageContaining("another store.schema");
    }
    assertThat(confirmations.captured(A + ":1-5")).isFalse();
    assertThat(confirmations.asOf()).isEqualTo(1000);
  }

  @Test
  void openAnswersAreThinnedOutWhileNothingIsCovered() {
    for (int i = 1; i <= 10 * FreshnessTracker.MOST; i++) {
      confirmations.answered(i, A + ":1-" + i);
    }
    assertThat(confirmations.captured(A + ":1-" + 5 * FreshnessTracker.MOST)).isTrue();
    assertThat(confirmations.asOf())
        .isBetween(4L * FreshnessTracker.MOST, 5L * FreshnessTracker.MOST);
  }

  @Test
  void aRestoredTimeStands() {
    confirmations.restore(900);
    confirmations.answered(800, A + ":1");
    assertThat(confirmations.captured(A + ":1")).isFalse();
    assertThat(confirmations.asOf()).isEqualTo(900);
  }
}
