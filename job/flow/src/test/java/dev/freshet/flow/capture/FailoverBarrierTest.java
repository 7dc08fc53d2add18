package dev.freshet.flow.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.capture.source.Captured;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailoverBarrierTest {
  private static final String A = "3e11fa47-71ca-11e1-9e33-c80aa9429562";

  private final FailoverBarrier crossing = new FailoverBarrier();

  private static Captured.Boundary boundary(long version, int transactions) {
    return new Captured.Boundary(version, A + ":1-" + transactions);
  }

  @Test
  void withoutAMoveEverythingPasses() {
    assertThat(crossing.isOver()).isTrue();
    assertThat(crossing.told(boundary(10, 1))).contains(boundary(10, 1));
  }

  @Test
  void waitsForACheckpointThatBeganBehindTheMove() {
    crossing.checkpoint(4);
    crossing.begin(List.of(), true);
    assertThat(crossing.told(boundary(10, 1))).isEmpty();
    assertThat(crossing.completed(4)).isEmpty();
    crossing.checkpoint(5);
    assertThat(crossing.told(boundary(20, 2))).isEmpty();
    assertThat(crossing.completed(5)).contains(boundary(20, 2));
    assertThat(crossing.isOver()).isTrue();
    assertThat(crossing.told(boundary(30, 3))).contains(boundary(30, 3));
    assertThat(crossing.completed(6)).isEmpty();
  }

  @Test
  void aCheckpointThatFailedIsMadeUpForByTheNext() {
    crossing.begin(List.of(), true);
    crossing.checkpoint(5);
    crossing.checkpoint(6);
    assertThat(crossing.completed(6)).isEmpty();
    assertThat(crossing.isOver()).isTrue();
  }

  @Test
  void waitsUntilAllThatTheStoreHoldsWasTold() {
    crossing.begin(List.of(A + ":1-5", A + ":1-7"), false);
    assertThat(crossing.told(boundary(10, 6))).isEmpty();
    assertThat(crossing.told(boundary(20, 7))).contains(boundary(20, 7));
    assertThat(crossing.isOver()).isTrue();
  }

  @Test
  void aMoveBeforeTheLastWasOverWaitsForBoth() {
    crossing.begin(List.of(A + ":1-7"), true);
    crossing.checkpoint(5);
    crossing.told(boundary(10, 6));
    crossing.begin(List.of(), true);
    assertThat(crossing.completed(5)).isEmpty();
    crossing.checkpoint(6);
    assertThat(crossing.completed(6)).isEmpty();
    assertThat(crossing.isOver()).isFalse();
    assertThat(crossing.told(boundary(100, 7))).contains(boundary(100, 7));
  }
}
