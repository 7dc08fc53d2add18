package dev.freshet.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FanOutTest {
  @Test
  void theMedianIsThatOfTheRowsPointedAt() {
    // 1, 1, 1, 2, 9
    assertThat(FanOut.of(List.of(new long[] {1, 3}, new long[] {2, 1}, new long[] {9, 1})))
        .isEqualTo(new FanOut(1, 9));
    // 1, 4, 4
    assertThat(FanOut.of(List.of(new long[] {1, 1}, new long[] {4, 2})))
        .isEqualTo(new FanOut(4, 4));
  }

  @Test
  void aDimensionWithoutReferencesHasNoFanOut() {
    assertThat(FanOut.of(List.of())).isEqualTo(new FanOut(0, 0));
  }
}
