package dev.freshet.flow.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.log.Rebuild;
import dev.freshet.store.RebuildsTable;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RangeRebuildTest {
  private static Rebuild.Sent sent(long rebuild, int subtask, boolean done, long version) {
    return new Rebuild.Sent(rebuild, subtask, 2, 10, 10, done, version);
  }

  @Test
  void isCompleteWhenEverySubtaskIsDoneAtItsWatermark() {
    RangeRebuild range = new RangeRebuild(Set.of(), null, 0);
    range.add(new Rebuild(Set.of(1), 100));
    range.step(99);
    assertThat(range.hidden()).isEmpty();
    range.step(100);
    assertThat(range.hidden()).containsExactly(1);
    assertThat(range.reason()).isEqualTo(RebuildsTable.ASKED);
    assertThat(range.toClear()).containsExactly(1);

    range.add(sent(100, 0, true, 110));
    range.add(sent(100, 1, false, 110));
    range.step(110);
    range.cleared();
    assertThat(range.toClear()).isEmpty();
    assertThat(range.isComplete()).isFalse();
    range.add(sent(100, 1, true, 120));
    assertThat(range.isComplete()).as("before its watermark").isFalse();
    range.step(120);
    assertThat(range.isComplete()).isTrue();
    range.complete();
    assertThat(range.hidden()).isEmpty();
    assertThat(range.reason()).isNull();
    assertThat(range.rebuilt()).isEqualTo(100);
  }

  @Test
  void isNotCompleteBeforeTheStoreWasCleared() {
    RangeRebuild range = new RangeRebuild(Set.of(0), RebuildsTable.STORE_LOST, 0);
    range.add(new Rebuild(Set.of(0), 100));
    range.add(sent(100, 0, true, 100));
    range.add(sent(100, 1, true, 100));
    range.step(100);
    assertThat(range.isComplete()).isFalse();
    range.cleared();
    assertThat(range.isComplete()).isTrue();
  }

  @Test
  void whatAnEarlierRebuildSentDoesNotCount() {
    RangeRebuild range = new RangeRebuild(Set.of(0), RebuildsTable.STORE_LOST, 0);
    range.add(sent(90, 0, true, 95));
    range.add(sent(90, 1, true, 95));
    range.add(new Rebuild(Set.of(0), 100));
    range.add(sent(100, 0, true, 100));
    range.step(100);
    range.cleared();
    assertThat(range.isComplete()).isFalse();
  }

  @Test
  void viewsThatWereLostStayHiddenBesideOneThatWasAskedFor() {
    RangeRebuild range = new RangeRebuild(Set.of(0, 1), RebuildsTable.STORE_LOST, 0);
    range.add(new Rebuild(Set.of(1), 100));
    range.add(sent(100, 0, true, 100));
    range.add(sent(100, 1, true, 100));
    range.step(100);
    range.cleared();
    range.complete();
    assertThat(range.hidden()).containsExactly(0);
    assertThat(range.reason()).isEqualTo(RebuildsTable.STORE_LOST);
  }
}
