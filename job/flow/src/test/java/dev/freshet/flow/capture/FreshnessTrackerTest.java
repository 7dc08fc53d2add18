package dev.freshet.flow.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.flow.capture.source.SourceFault;
import org.junit.jupiter.api.Test;

class FreshnessTrackerTest {
  private static final String A = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
  private static final String B = "4e11fa47-71ca-11e1-9e33-c80aa9429562";

  private final FreshnessTracker freshness = new FreshnessTracker();

  @Test
  void aTimeIsConfirmedOnceAllThatWasExecutedThenIsCaptured() {
    freshness.answered(1000, A + ":1-5");
    assertThat(freshness.captured(A + ":1-4")).isFalse();
    assertThat(freshness.asOf()).isZero();
    assertThat(freshness.captured(A + ":1-5")).isTrue();
    assertThat(freshness.asOf()).isEqualTo(1000);
  }

  @Test
  void aServerThatKnowsLessThanWhenItBeganToBeReadIsNotBelieved() {
    freshness.connected(A + ":1-5");
    assertThatThrownBy(() -> freshness.answered(1000, A + ":1"))
        .isInstanceOf(SourceFault.class)
        .hasMessageContaining("its binlog was reset");
    freshness.connected(A + ":1-3");
    freshness.answered(1100, A + ":1-5");
    freshness.forgetAnswers();
    freshness.connected(B + ":1-2");
    freshness.answered(1200, B + ":1-2");
    assertThat(freshness.captured(B + ":1-2")).isTrue();
  }

  @Test
  void theNewestCoveredAnswerCounts() {
    freshness.answered(1000, A + ":1-5");
    freshness.answered(1200, A + ":1-7");
    freshness.answered(1400, A + ":1-9");
    assertThat(freshness.captured(A + ":1-8")).isTrue();
    assertThat(freshness.asOf()).isEqualTo(1200);
    assertThat(freshness.captured(A + ":1-8")).isFalse();
  }

  @Test
  void allServersOfASetCount() {
    freshness.answered(1000, A + ":1-5:7-8,\n" + B + ":1-2");
    assertThat(freshness.captured(A + ":1-9")).isFalse();
    assertThat(freshness.captured(B + ":1-3," + A + ":1-9")).isTrue();
  }

  @Test
  void anEmptySetIsInEverySet() {
    freshness.answered(1000, "");
    assertThat(freshness.captured("")).isTrue();
  }

  @Test
  void aServerThatForgotWhatItExecutedConfirmsNothing() {
    freshness.answered(1000, A + ":1-5");
    freshness.captured(A + ":1-5");
    for (String forgotten : new String[] {"", A + ":1-4", B + ":1-9"}) {
      assertThatThrownBy(() -> freshness.answered(2000, forgotten))
          .isInstanceOf(SourceFault.class)
          .hasMessageContaining("its binlog was reset")
          .hasMessageContaining("another store.schema");
    }
    assertThat(freshness.captured(A + ":1-5")).isFalse();
    assertThat(freshness.asOf()).isEqualTo(1000);
  }

  @Test
  void openAnswersAreThinnedOutWhileNothingIsCovered() {
    for (int i = 1; i <= 10 * FreshnessTracker.MOST; i++) {
      freshness.answered(i, A + ":1-" + i);
    }
    assertThat(freshness.captured(A + ":1-" + 5 * FreshnessTracker.MOST)).isTrue();
    assertThat(freshness.asOf()).isBetween(4L * FreshnessTracker.MOST, 5L * FreshnessTracker.MOST);
  }

  @Test
  void aRestoredTimeStands() {
    freshness.restore(900);
    freshness.answered(800, A + ":1");
    assertThat(freshness.captured(A + ":1")).isFalse();
    assertThat(freshness.asOf()).isEqualTo(900);
  }
}
