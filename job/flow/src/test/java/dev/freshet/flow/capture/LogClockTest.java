package dev.freshet.flow.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.flow.capture.source.SourceFault;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogClockTest {
  private static final int GAP = 4;

  private final LogClock clock = new LogClock(GAP);
  private final List<String> left = new ArrayList<>();

  private void emit(long version, String gtids) {
    left.add(version + " " + gtids);
  }

  @Test
  void nothingLeavesBeforeTheSnapshotIsDone() {
    clock.change(0, this::emit);
    clock.batchEnd(this::emit);
    clock.boundary(50, "u:1-5", this::emit);
    clock.batchEnd(this::emit);
    assertThat(left).isEmpty();
  }

  @Test
  void theFirstWatermarkHasPassedTheHighestChunk() {
    clock.snapshotDone(100);
    clock.boundary(90, "u:1-9", this::emit);
    clock.batchEnd(this::emit);
    assertThat(left).isEmpty();
    clock.boundary(100, "u:1-10", this::emit);
    clock.batchEnd(this::emit);
    assertThat(left).containsExactly("100 u:1-10");
  }

  @Test
  void oneWatermarkABatch() {
    handOver();
    for (int i = 0; i < 5; i++) {
      clock.change(210 + 10 * i, this::emit);
      clock.boundary(215 + 10 * i, "u:" + i, this::emit);
    }
    assertThat(left).isEmpty();
    clock.batchEnd(this::emit);
    clock.batchEnd(this::emit);
    assertThat(left).containsExactly("255 u:4");
  }

  @Test
  void aBatchThatEndsInsideATransactionLeavesItOut() {
    handOver();
    clock.change(210, this::emit);
    clock.boundary(215, "u:2", this::emit);
    clock.change(220, this::emit);
    clock.batchEnd(this::emit);
    assertThat(left).containsExactly("215 u:2");
  }

  @Test
  void aLongBatchHasWatermarksInside() {
    handOver();
    for (int i = 0; i < LogClock.MOST_CHANGES - 1; i++) {
      clock.change(210, this::emit);
    }
    clock.boundary(300, "u:2", this::emit);
    assertThat(left).isEmpty();
    clock.change(310, this::emit);
    clock.boundary(400, "u:3", this::emit);
    assertThat(left).containsExactly("400 u:3");
  }

  @Test
  void aPlaceThatWasPassedIsAFault() {
    handOver();
    assertThatThrownBy(() -> clock.change(200, this::emit))
        .isInstanceOf(SourceFault.class)
        .hasMessageContaining("went back");
    clock.change(300, this::emit);
    assertThatThrownBy(() -> clock.change(299, this::emit)).isInstanceOf(SourceFault.class);
  }

  @Test
  void placesToldAgainAfterAReconnectChangeNothing() {
    handOver();
    clock.boundary(4, "u:1", this::emit);
    clock.batchEnd(this::emit);
    assertThat(left).isEmpty();
    assertThat(clock.gtids()).isEqualTo("u:1");
  }

  @Test
  void aStopOfTheStoreBetweenBoundariesBecomesAWatermark() {
    clock.stopAt(List.of(215L, 218L, 100L, 240L));
    handOver();
    clock.change(210, this::emit);
    clock.boundary(215, "u:2", this::emit);
    clock.change(220, this::emit);
    clock.boundary(225, "u:3", this::emit);
    clock.batchEnd(this::emit);
    assertThat(left).containsExactly("215 u:2", "218 u:2", "225 u:3");
  }

  @Test
  void whatIsInjectedStandsAfterATransactionWithAWatermarkOfItsOwn() {
    assertThat(clock.injectAt()).as("before the hand-over").isZero();
    handOver();
    clock.change(210, this::emit);
    assertThat(clock.injectAt()).as("inside a transaction").isZero();
    clock.boundary(215, "u:2", this::emit);
    clock.batchEnd(this::emit);
    for (long version = 216; version < 215 + GAP; version++) {
      assertThat(clock.injectAt()).isEqualTo(version);
      clock.injected(this::emit);
      assertThat(clock.position()).isEqualTo(215);
    }
    assertThat(clock.injectAt()).as("no place is free").isZero();
    assertThat(left).containsExactly("215 u:2", "216 u:2", "217 u:2", "218 u:2");
    clock.change(220, this::emit);
    clock.boundary(225, "u:3", this::emit);
    clock.batchEnd(this::emit);
    assertThat(clock.injectAt()).isEqualTo(226);
  }

  @Test
  void placesOfAServerThatIsGoneAreNoStops() {
    clock.stopAt(List.of(215L, 225L, 1000L));
    handOver();
    assertThat(clock.stopsBelow(1000)).isTrue();
    assertThat(clock.stopsFrom(1001)).isFalse();
    clock.forgetStopsBelow(1000);
    assertThat(clock.stopsBelow(1000)).isFalse();
    clock.change(990, this::emit);
    clock.boundary(1005, "u:2", this::emit);
    clock.batchEnd(this::emit);
    assertThat(left).containsExactly("1000 u:1", "1005 u:2");
  }

  @Test
  void stopsAfterTheLastTransactionAreMadeBeforeAnythingIsInjected() {
    clock.stopAt(List.of(217L, 260L));
    handOver();
    clock.boundary(215, "u:2", this::emit);
    clock.batchEnd(this::emit);
    assertThat(left).containsExactly("215 u:2", "217 u:2");
    assertThat(clock.injectAt()).isEqualTo(218);
  }

  @Test
  void afterARestoreTheStoredWatermarkComesFirstAndTheOrderGoesOn() {
    handOver();
    clock.change(210, this::emit);
    clock.nextOrder(210);
    clock.nextOrder(210);
    clock.batchEnd(this::emit);
    LogClock again = new LogClock();
    again.restore(clock.state(), left -> {}, this::emit);
    assertThat(left).containsExactly("200 u:1");
    again.change(210, this::emit);
    assertThat(again.nextOrder(210)).isEqualTo(2);
  }

  @Test
  void gtidsAreThoseOfTheLastWatermark() {
    handOver();
    clock.boundary(210, "u:2", this::emit);
    assertThat(clock.gtids()).isEqualTo("u:1");
    clock.batchEnd(this::emit);
    assertThat(clock.gtids()).isEqualTo("u:2");
  }

  @Test
  void afterARestoreWatermarksThatTheStoreHasNotReachedLeaveAgain() {
    handOver();
    for (long place : List.of(210L, 220L, 230L)) {
      clock.boundary(place, "u:2", this::emit);
      clock.batchEnd(this::emit);
    }
    clock.reached(210);
    left.clear();
    LogClock again = new LogClock();
    again.restore(clock.state(), version -> left.add("again " + version), this::emit);
    assertThat(left).containsExactly("again 220", "230 u:2");
    assertThat(again.state()).isEqualTo(clock.state());
  }

  private void handOver() {
    clock.snapshotDone(200);
    clock.boundary(200, "u:1", this::emit);
    clock.batchEnd(this::emit);
    left.clear();
  }
}
