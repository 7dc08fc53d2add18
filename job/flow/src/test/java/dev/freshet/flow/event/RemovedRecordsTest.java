package dev.freshet.flow.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.event.RemovedRecords.Removed;
import dev.freshet.view.event.Positions;
import dev.freshet.view.event.RecordPosition.Partition;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RemovedRecordsTest {
  private static final Partition A = new Partition("a", 0);
  private static final Partition B = new Partition("b", 1);

  private final RemovedRecords records = new RemovedRecords();

  private static Positions begin(long a) {
    return Positions.of(Map.of(A, a));
  }

  @Test
  void aGapBeforeTheBeginningCountsOnce() {
    records.passed(A, 5, 9, 100);
    assertThat(records.answered(101, begin(9))).containsExactly(new Removed(A, 5, 4));
    assertThat(records.answered(102, begin(20))).isEmpty();
  }

  @Test
  void aGapThatReachesBeyondTheBeginningCountsInPart() {
    records.passed(A, 5, 9, 100);
    assertThat(records.answered(101, begin(6))).containsExactly(new Removed(A, 5, 1));
  }

  @Test
  void aGapBehindTheBeginningIsTheMarkOfATransaction() {
    records.passed(A, 5, 6, 100);
    assertThat(records.answered(101, begin(5))).isEmpty();
    assertThat(records.answered(102, begin(9))).isEmpty();
  }

  @Test
  void aGapWaitsForAnAnswerThatWasAskedForLater() {
    records.passed(A, 5, 9, 100);
    assertThat(records.answered(100, begin(0))).isEmpty();
    assertThat(records.answered(101, begin(9))).hasSize(1);
  }

  @Test
  void nextAndRepeatedRecordsAreNoGap() {
    records.passed(A, 5, 5, 100);
    records.passed(A, 5, 3, 100);
    assertThat(records.answered(101, begin(9))).isEmpty();
  }

  @Test
  void partitionsAreSortedAndCountedAlone() {
    records.passed(B, 0, 3, 100);
    records.passed(A, 7, 8, 100);
    records.passed(A, 1, 2, 100);
    assertThat(records.answered(101, Positions.of(Map.of(A, 9L, B, 2L))))
        .containsExactly(new Removed(A, 1, 1), new Removed(A, 7, 1), new Removed(B, 0, 2));
  }

  @Test
  void tooManyGapsAreCountedAsTheLast() {
    for (int i = 0; i < 20_000; i++) {
      records.passed(A, 2L * i, 2L * i + 1, 100);
    }
    assertThat(records.answered(101, begin(50_000)))
        .hasSize(10_000)
        .endsWith(new Removed(A, 19_998, 39_999 - 19_998));
  }
}
