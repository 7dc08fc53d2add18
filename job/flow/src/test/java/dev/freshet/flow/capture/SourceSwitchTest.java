package dev.freshet.flow.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.capture.inject.StoreProgress;
import dev.freshet.flow.capture.source.Captured;
import dev.freshet.flow.capture.source.SourceFault;
import dev.freshet.flow.capture.source.SourceOptions;
import dev.freshet.view.Key;
import dev.freshet.view.Version;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SourceSwitchTest {
  private static final String A = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
  private static final String B = "3e11fa47-71ca-11e1-9e33-c80aa9429563";

  private final LogClock clock = new LogClock();
  private final Store store = new Store();
  private final SourceSwitch source =
      new SourceSwitch(
          SourceOptions.of("mysql", 3306, "reader", "secret", "sample", 1, 50_000),
          store,
          true,
          clock);

  /** A store that holds GTIDs beyond the last watermark. */
  private static final class Store implements StoreProgress {
    private static final long serialVersionUID = 1L;
    List<String> ahead = List.of();

    @Override
    public List<Long> above(long version) {
      return List.of();
    }

    @Override
    public List<String> gtidsBetween(long above, long below) {
      return ahead;
    }

    @Override
    public Set<Key> roots(JobPlan plan, Collection<Key> keys, long version) {
      return Set.of();
    }
  }

  @Test
  void theFirstServerIsNoMove() throws Exception {
    assertThat(source.isSettled()).isFalse();
    assertThat(source.connected(server(A, 0, false))).isFalse();
    assertThat(source.isSettled()).isTrue();
    Captured.Boundary end = new Captured.Boundary(100, A + ":1-3");
    assertThat(source.passed(end)).contains(end);
  }

  @Test
  void anotherConnectionToTheSameServerChangesNothing() throws Exception {
    source.connected(server(A, 0, false));
    handOver();
    assertThat(source.connected(server(A, 0, false))).isFalse();
    assertThat(source.isSettled()).isTrue();
  }

  @Test
  void aMoveTakesEffectOnceACheckpointHoldsIt() throws Exception {
    source.connected(server(A, 0, false));
    handOver();
    assertThat(source.connected(server(B, 1, true))).isTrue();
    assertThat(source.server()).isEqualTo(server(B, 1, true));
    assertThat(source.isSettled()).isFalse();
    Captured.Boundary end = new Captured.Boundary(Version.of(1, 1, 100), A + ":1-3");
    assertThat(source.passed(end)).isEmpty();
    source.checkpoint(7);
    assertThat(source.completed(7)).contains(end);
    assertThat(source.isSettled()).isTrue();
  }

  @Test
  void aMoveTakesEffectOnceAllThatTheStoreHoldsCameAgain() throws Exception {
    source.connected(server(A, 0, false));
    handOver();
    clock.stopAt(List.of(Version.of(0, 1, 900)));
    store.ahead = List.of(A + ":1-4");
    source.connected(server(B, 1, false));
    assertThat(clock.stopsBelow(Version.of(1, 0, 0))).as("stops of the old server").isFalse();
    assertThat(source.passed(new Captured.Boundary(Version.of(1, 1, 100), A + ":1-3"))).isEmpty();
    Captured.Boundary end = new Captured.Boundary(Version.of(1, 1, 200), A + ":1-4");
    assertThat(source.passed(end)).contains(end);
  }

  @Test
  void aServerThatLacksWhatTheStoreHoldsIsRefused() throws Exception {
    source.connected(server(A, 0, false));
    handOver();
    clock.stopAt(List.of(Version.of(0, 1, 900)));
    store.ahead = List.of(A + ":1-9");
    assertThatThrownBy(() -> source.connected(server(B, 1, true)))
        .isInstanceOf(SourceFault.class)
        .hasMessageContaining("mysql:3306")
        .hasMessageContaining("lacks transactions that the store holds");
    assertThat(source.server().id()).isEqualTo(A);
  }

  @Test
  void aMoveWhileTheSnapshotIsReadIsRefused() {
    assertThatThrownBy(() -> source.connected(server(B, 1, true)))
        .isInstanceOf(SourceFault.class)
        .hasMessageContaining("while the snapshot was read");
  }

  @Test
  void aStoreThatWasFilledFromALaterServerIsRefused() throws Exception {
    source.connected(server(A, 0, false));
    handOver();
    clock.stopAt(List.of(Version.of(1, 1, 100)));
    assertThatThrownBy(() -> source.connected(server(A, 0, false)))
        .isInstanceOf(SourceFault.class)
        .hasMessageContaining("resume from a savepoint taken after that move");
  }

  private void handOver() {
    clock.snapshotDone(1);
    clock.boundary(Version.of(0, 1, 500), A + ":1-3", (version, gtids) -> {});
    clock.batchEnd((version, gtids) -> {});
  }

  private static Captured.Server server(String id, int epoch, boolean moved) {
    return new Captured.Server(id, epoch, moved, A + ":1-5");
  }
}
