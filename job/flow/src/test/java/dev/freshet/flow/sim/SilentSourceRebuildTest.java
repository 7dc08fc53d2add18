package dev.freshet.flow.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.capture.SamplePlan;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.Rebuild;
import dev.freshet.view.Key;
import dev.freshet.view.Version;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.junit.jupiter.api.Test;

/**
 * A rebuild while the source writes nothing: the roots have only the watermarks that capture
 * injects after the last transaction, all of which may arrive before the first is done.
 */
class SilentSourceRebuildTest {
  private static final JobPlan PLAN = SamplePlan.inbox("sample");
  private static final long ROOT = 0;
  private static final int ROWS = 120_000;
  private static final int PIECE = 5_000;
  private static final long BEGUN = 1_001;

  private final List<Rebuild.Sent> sent = new ArrayList<>();
  private final List<Long> passed = new ArrayList<>();
  private final HarnessNode roots =
      new HarnessNode(PLAN, new HashMapStateBackend(), 0, 0, 1, PIECE, this::take, List.of());

  private void take(Object emitted) {
    if (emitted instanceof Rebuild.Sent progress) {
      sent.add(progress);
    } else if (emitted instanceof SimNode.Passed mark) {
      passed.add(mark.watermark());
    }
  }

  private void begin() {
    for (long row = 0; row < ROWS; row++) {
      roots.event(
          new Event.RowChange(Key.of(ROOT, row, 42L), 0, 0, new Object[] {row, 42L, null, 1_000L}));
    }
    pass(1_000);
    roots.event(new Event.Rebuild(Key.of(ROOT, "rebuild", 0L), BEGUN, 0));
  }

  private void pass(long... watermarks) {
    for (long watermark : watermarks) {
      roots.watermark(watermark);
    }
    while (roots.isPaused()) {
      roots.resume();
    }
  }

  private Rebuild.Sent last() {
    return sent.get(sent.size() - 1);
  }

  @Test
  void eachInjectedWatermarkTakesAWholePieceOfTheRebuild() {
    begin();
    pass(BEGUN, BEGUN + 1, BEGUN + 2);
    assertThat(last().total()).isEqualTo(ROWS);
    assertThat(last().sent()).isEqualTo(ROWS);
    assertThat(last().done()).isTrue();
    assertThat(passed).endsWith(BEGUN, BEGUN + 1, BEGUN + 2);
    roots.close();
  }

  @Test
  void aRebuildDoesNotDelayAChange() {
    begin();
    roots.event(
        new Event.RowChange(Key.of(ROOT, 0L, 42L), BEGUN + 1, 0, new Object[] {0L, 42L, null, 2L}));
    roots.watermark(BEGUN);
    roots.watermark(BEGUN + 1);
    long before = last().sent();
    while (!passed.contains(BEGUN)) {
      roots.resume();
    }
    assertThat(sent.stream().filter(progress -> progress.version() == BEGUN))
        .allSatisfy(progress -> assertThat(progress.sent() - before).isLessThan(PIECE / 5));
    roots.close();
  }

  @Test
  void aRebuildDoesNotDelayTheProgressOfASourceThatWrites() {
    begin();
    roots.watermark(BEGUN);
    roots.watermark(BEGUN + Version.GAP);
    long before = last().sent();
    while (!passed.contains(BEGUN)) {
      roots.resume();
    }
    assertThat(sent.stream().filter(progress -> progress.version() == BEGUN))
        .allSatisfy(progress -> assertThat(progress.sent() - before).isLessThan(PIECE / 5));
    roots.close();
  }
}
