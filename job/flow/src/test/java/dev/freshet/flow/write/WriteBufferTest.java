package dev.freshet.flow.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.log.Backlog;
import dev.freshet.flow.log.ChangeReport;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.log.WatermarkInfo;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WriteBufferTest {
  private static final Key ONE = Key.of("inbox", 1L);
  private static final Key TWO = Key.of("inbox", 2L);
  private static final Key ENTRY = Key.of(7L);

  private final WriteBuffer buffer = new WriteBuffer(WriteBuffer.NOTHING);

  @Test
  void keepsTheNewestChangeOfAnEntryUntilItIsFlushed() {
    assertThat(buffer.isDue()).isFalse();
    buffer.step(List.of(List.of(change(ONE, 100), change(ONE, 200))), 200);
    assertThat(buffer.isDue()).isTrue();
    assertThat(buffer.changes()).containsExactly(change(ONE, 200));
    buffer.flushed();
    assertThat(buffer.isDue()).isFalse();
    assertThat(buffer.changes()).isEmpty();
  }

  @Test
  void nothingLeavesBelowWhatTheStoreHolds() {
    WriteBuffer replayed = new WriteBuffer(300);
    replayed.step(List.of(List.of(change(ONE, 100))), 200);
    assertThat(replayed.isDue()).isFalse();
    replayed.step(List.of(List.of(change(ONE, 300))), 300);
    assertThat(replayed.isDue()).isTrue();
    assertThat(replayed.changes()).containsExactly(change(ONE, 300));
  }

  @Test
  void aNewerTimeIsWrittenWithoutAnyChange() {
    buffer.step(List.of(), 200);
    buffer.flushed();
    buffer.mark(new WatermarkInfo(200, 200, "", 5));
    assertThat(buffer.isDue()).isTrue();
    buffer.flushed();
    buffer.mark(new WatermarkInfo(300, 300, "", 6));
    assertThat(buffer.isDue()).as("of a watermark that is not here").isFalse();
    assertThat(buffer.lastMark().asOf()).isEqualTo(5);
  }

  @Test
  void aRepairReplacesWhatWasHereOfTheKeyButNotWhatCameLater() {
    buffer.step(
        List.of(
            List.of(change(ONE, 100), change(ONE, Key.of(8L), 100), change(ONE, Key.of(9L), 300))),
        300);
    buffer.rewrite(0, ONE, 200, Map.of(ENTRY, change(ONE, 200)));
    assertThat(buffer.changes())
        .containsExactlyInAnyOrder(change(ONE, 200), change(ONE, Key.of(9L), 300));
    assertThat(buffer.rewritten()).isEqualTo(Map.of(ONE, 0));
  }

  @Test
  void ofAKeyThatIsDroppedNothingIsWrittenAndTheStoreForgetsIt() {
    buffer.step(List.of(List.of(change(ONE, 100)), List.of(change(TWO, 100))), 200);
    buffer.state(new KeyStates.Change(0, ONE, Reason.FAILED, 200));
    buffer.rewriteAgain(0, ONE);
    buffer.drop(0, ONE);
    assertThat(buffer.changes()).containsExactly(change(TWO, 100));
    assertThat(buffer.states()).isEmpty();
    assertThat(buffer.rewritten()).isEmpty();
    assertThat(buffer.absent()).isEqualTo(Map.of(ONE, 0));
    buffer.keep(ONE);
    assertThat(buffer.absent()).isEmpty();
  }

  @Test
  void aFlushTakesAllThatIsHere() {
    buffer.step(List.of(List.of(change(ONE, 100))), 200);
    buffer.state(new KeyStates.Change(0, ONE, Reason.FAILED, 200));
    buffer.state(new KeyStates.Change(0, ONE, null, 200));
    buffer.drop(0, TWO);
    buffer.report(new ChangeReport("capture", 0, 0, 1, 0, 0, 0, 0));
    buffer.report(new ChangeReport("capture", 0, 0, 2, 0, 0, 0, 0));
    buffer.report(new Backlog(1, 5));
    assertThat(buffer.states()).containsExactly(new KeyStates.Change(0, ONE, null, 200));
    assertThat(buffer.reports()).containsExactly(new ChangeReport("capture", 0, 0, 2, 0, 0, 0, 0));
    assertThat(buffer.backlog()).contains(new Backlog(1, 5));
    buffer.flushed();
    assertThat(buffer.changes()).isEmpty();
    assertThat(buffer.states()).isEmpty();
    assertThat(buffer.absent()).isEmpty();
    assertThat(buffer.reports()).isEmpty();
    assertThat(buffer.backlog()).isEmpty();
  }

  private static EntryChange change(Key key, long version) {
    return change(key, ENTRY, version);
  }

  private static EntryChange change(Key key, Key entry, long version) {
    return new EntryChange(0, key, entry, version, true, new Object[] {7L});
  }
}
