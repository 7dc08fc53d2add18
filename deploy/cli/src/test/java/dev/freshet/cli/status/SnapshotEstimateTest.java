package dev.freshet.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SnapshotEstimateTest {
  @Test
  void theRemainingTimeAssumesTheSameRate() {
    assertThat(StatusReader.estimate(250, 1000, 5000))
        .isEqualTo(new Status.Snapshot(false, 250, 1000, 25, 15));
  }

  @Test
  void moreRowsThanEstimatedAreNotReportedAsComplete() {
    assertThat(StatusReader.estimate(1200, 1000, 5000))
        .isEqualTo(new Status.Snapshot(false, 1200, 1000, 99, 0));
  }

  @Test
  void theRemainingTimeIsUnknownBeforeTheFirstRow() {
    assertThat(StatusReader.estimate(0, 1000, 5000).remainingSeconds()).isEqualTo(-1);
  }
}
