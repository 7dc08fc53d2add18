package dev.freshet.flow.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.log.RepairMark;
import dev.freshet.view.Key;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyRepairsTest {
  private static final Key KEY = Key.of("v", 1L);
  private static final Key OTHER = Key.of("v", 2L);

  private static RepairMark mark(Key key, long version, RepairMark.Step step) {
    return new RepairMark(0, key, version, step);
  }

  private static EntryChange put(long id, long version) {
    return new EntryChange(0, KEY, Key.of(id), version, true, new Object[] {1L, id}, null);
  }

  @Test
  void whatWasSaidBetweenBeginAndEndTakesTheKeysPlace() {
    KeyRepairs repairs = new KeyRepairs();
    repairs.add(mark(KEY, 10, RepairMark.Step.BEGUN));
    repairs.step(List.of(List.of(put(1, 10))), 10);
    repairs.step(List.of(List.of(put(2, 15))), 15);
    repairs.add(mark(KEY, 20, RepairMark.Step.DONE));
    KeyRepairs.Outcome outcome =
        repairs.step(List.of(List.of(put(3, 20)), List.of(put(4, 25))), 25);

    assertThat(outcome.done()).hasSize(1);
    assertThat(outcome.done().get(0).received()).containsOnlyKeys(Key.of(2L), Key.of(3L));
    assertThat(repairs.isIdle()).isTrue();
  }

  @Test
  void whatACheckpointKeptOutlivesAMarkBeforeTheFirstWatermark() {
    KeyRepairs before = new KeyRepairs();
    before.add(mark(KEY, 10, RepairMark.Step.BEGUN));
    before.step(List.of(List.of(put(2, 15))), 15);

    KeyRepairs after = new KeyRepairs();
    after.restore(before.marks(), before.received());
    after.add(mark(OTHER, 15, RepairMark.Step.BEGUN));
    assertThat(after.step(List.of(), WriteBuffer.NOTHING).done()).isEmpty();
    after.step(List.of(), 15);
    after.add(mark(KEY, 20, RepairMark.Step.DONE));

    assertThat(after.step(List.of(), 20).done().get(0).received()).containsOnlyKeys(Key.of(2L));
  }
}
