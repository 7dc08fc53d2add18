package dev.freshet.flow.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.capture.source.Captured;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailoverBarrierTest {
  private static final String A = "3e11fa47-71ca-11e1-9e33-c80aa9429562";

  private final FailoverBarrier barrier = new FailoverBarrier();

  private static Captured.Boundary boundary(long version, int transactions) {
    return new Captured.Boundary(version, A + ":1-" + transactions);
  }

  @Test
  void withoutAMoveEverythingPasses() {
    assertThat(barrier.isOver()).isTrue();
    assertThat(barrier.passed(boundary(10, 1))).contains(boundary(10, 1));
  }

  @Test
  void waitsForACheckpointThatBeganBehindTheMove() {
    barrier.checkpoint(4);
    barrier.begin(List.of(), true);
    assertThat(barrier.passed(boundary(10, 1))).isEmpty();
    assertThat(barrier.completed(4)).isEmpty();
    barrier.checkpoint(5);
    assertThat(barrier.passed(boundary(20, 2))).isEmpty();
    assertThat(barrier.completed(5)).contains(boundary(20, 2));
    assertThat(barrier.isOver()).isTrue();
    assertThat(barrier.passed(boundary(30, 3))).contains(boundary(30, 3));
    assertThat(barrier.completed(6)).isEmpty();
  }

  @Test
  void aCheckpointThatFailedIsMadeUpForByTheNext() {
    barrier.begin(List.of(), true);
    barrier.checkpoint(5);
    barrier.checkpoint(6);
    assertThat(barrier.completed(6)).isEmpty();
    assertThat(barrier.isOver()).isTrue();
  }

  @Test
  void waitsUntilAllThatTheStoreHoldsWasTold() {
    barrier.begin(List.of(A + ":1-5", A + ":1-7"), false);
    assertThat(barrier.passed(boundary(10, 6))).isEmpty();
    assertThat(barrier.passed(boundary(20, 7))).contains(boundary(20, 7));
    assertThat(barrier.isOver()).isTrue();
  }

  @Test
  void aMoveBeforeTheLastWasOverWaitsForBoth() {
    barrier.begin(List.of(A + ":1-7"), true);
    barrier.checkpoint(5);
    barrier.passed(boundary(10, 6));
    barrier.begin(List.of(), true);
    assertThat(barrier.completed(5)).isEmpty();
    barrier.checkpoint(6);
    assertThat(barrier.completed(6)).isEmpty();
    assertThat(barrier.isOver()).isFalse();
    assertThat(barrier.passed(boundary(100, 7))).contains(boundary(100, 7));
  }
}
