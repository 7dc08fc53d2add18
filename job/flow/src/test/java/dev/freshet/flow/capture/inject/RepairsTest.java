package dev.freshet.flow.capture.inject;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.capture.SamplePlan;
import dev.freshet.flow.capture.source.ReadRow;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.RepairMark;
import dev.freshet.view.Key;
import dev.freshet.view.stream.KeyRequest;
import dev.freshet.view.stream.Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RepairsTest {
  private static final JobPlan PLAN = SamplePlan.inbox("sample");
  private static final Key ROW = Key.of((long) SamplePlan.PARTICIPANTS, 7L, 42L);
  private static final Object[] VALUES = {7L, 42L, 43L, 0L};

  private final Repairs repairs = new Repairs(PLAN);

  @Test
  void aKeyThatWaitsIsAskedForOnceAndAgainWhileItIsRead() {
    assertThat(repairs.add(repair(1, false))).isTrue();
    assertThat(repairs.add(repair(1, false))).isTrue();
    assertThat(repairs.take(0)).containsExactly(repair(1, false));
    assertThat(repairs.take(0)).as("while it is read").isEmpty();
    repairs.add(repair(1, false));
    assertThat(repairs.size()).isEqualTo(2);
    assertThat(repairs.messages()).hasSize(2);
    repairs.answered(Map.of(), 500);
    assertThat(repairs.isDue(499)).isFalse();
    assertThat(repairs.finish(0, 501, new ArrayList<>()))
        .containsExactly(mark(1, 501, RepairMark.Step.DONE));
    assertThat(repairs.take(0)).containsExactly(repair(1, false));
  }

  @Test
  void whatTheStreamChangedMeanwhileSaysItselfWhatItHolds() {
    Key other = Key.of((long) SamplePlan.PARTICIPANTS, 8L, 42L);
    repairs.add(repair(1, false));
    repairs.take(0);
    repairs.changed(new Event.RowChange(ROW, 400, 0, VALUES));
    repairs.answered(
        Map.of(ROW, new ReadRow(new Object[] {7L, 42L, 44L, 1L}, null), other, ReadRow.NONE), 500);
    List<Event> events = new ArrayList<>();
    repairs.finish(0, 501, events);
    assertThat(events)
        .contains(
            new Event.Repair(ROW, 501, 1, false, VALUES, null),
            new Event.Repair(other, 501, 0, true, null, null))
        .filteredOn(event -> event instanceof Event.Subscription on && on.on())
        .hasSize(PLAN.nodeOf(ROW).children().size());
  }

  @Test
  void aBatchIsReadAgainIfAReferencedRowWasDeletedMeanwhile() {
    Key user = Key.of(2L, 43L);
    repairs.add(repair(1, false));
    repairs.take(0);
    repairs.deleted(Key.of(2L, 99L));
    repairs.answered(Map.of(ROW, new ReadRow(VALUES, null)), 500);
    assertThat(repairs.finish(0, 501, new ArrayList<>())).hasSize(1);

    repairs.add(repair(1, false));
    repairs.take(0);
    repairs.deleted(user);
    repairs.answered(Map.of(ROW, new ReadRow(VALUES, null)), 600);
    List<Event> events = new ArrayList<>();
    assertThat(repairs.finish(0, 601, events)).isEmpty();
    assertThat(events).isEmpty();
    assertThat(repairs.take(100_000)).containsExactly(repair(1, false));
  }

  @Test
  void whatMysqlRefusesIsAskedForAloneAndGivenUpInTheEnd() {
    repairs.add(repair(1, false));
    repairs.add(repair(2, false));
    assertThat(repairs.take(0)).hasSize(2);
    assertThat(repairs.refused(0)).isEmpty();
    long now = 0;
    List<Long> done = new ArrayList<>();
    for (int i = 0; repairs.size() > 0 && i < 20; i++) {
      now += 100_000;
      List<Repair> taken = repairs.take(now);
      assertThat(taken).hasSize(1);
      if (taken.get(0).equals(repair(1, false))) {
        repairs.refused(now).ifPresent(gone -> done.add(-1L));
      } else {
        repairs.answered(Map.of(), 500);
        repairs.finish(now, 501, new ArrayList<>());
        done.add(2L);
      }
    }
    assertThat(done).containsExactly(2L, -1L);
  }

  @Test
  void whenMysqlIsAwayItIsAskedEverMoreRarely() {
    repairs.add(repair(1, false));
    long now = 0;
    List<Long> pauses = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      assertThat(repairs.take(now)).hasSize(1);
      repairs.unanswered(now);
      pauses.add(repairs.nextDue() - now);
      now = repairs.nextDue();
    }
    assertThat(pauses).startsWith(500L, 1_000L, 2_000L).endsWith(30_000L, 30_000L);
  }

  @Test
  void whoeverInvalidatesMeanwhileWaitsForTheRepairAfterIt() {
    repairs.add(repair(1, false));
    repairs.take(0);
    repairs.add(repair(1, true));
    assertThat(repairs.invalidated(400)).containsExactly(mark(1, 400, RepairMark.Step.INVALIDATED));
    repairs.answered(Map.of(), 500);
    assertThat(repairs.finish(0, 501, new ArrayList<>())).isEmpty();
    repairs.take(0);
    repairs.answered(Map.of(), 500);
    assertThat(repairs.finish(0, 502, new ArrayList<>()))
        .containsExactly(mark(1, 502, RepairMark.Step.DONE));
  }

  @Test
  void whenTooMuchChangesMeanwhileItBeginsAnew() {
    repairs.add(repair(1, false));
    repairs.take(0);
    for (long i = 0; i <= Repairs.MOST_CHANGED; i++) {
      Key row = Key.of((long) SamplePlan.PARTICIPANTS, i, 42L);
      repairs.changed(new Event.RowChange(row, 400, i, null));
    }
    repairs.answered(Map.of(), 500);
    List<Event> events = new ArrayList<>();
    assertThat(repairs.finish(0, 501, events)).isEmpty();
    assertThat(events).isEmpty();
    assertThat(repairs.take(repairs.nextDue())).hasSize(1);
  }

  @Test
  void noMoreWaitThanMay() {
    for (int i = 0; i < Repairs.MOST_WAITING; i++) {
      assertThat(repairs.add(repair(i, false))).isTrue();
    }
    assertThat(repairs.add(repair(Repairs.MOST_WAITING, true))).isFalse();
    assertThat(repairs.invalidated(400)).as("it is invalidated all the same").hasSize(1);
    assertThat(repairs.take(0)).hasSize(Repairs.MOST_KEYS);
  }

  private static RepairMark mark(long user, long version, RepairMark.Step step) {
    return new RepairMark(0, PLAN.views().get(0).viewKeyOf(user, 7L), version, step);
  }

  private static Repair repair(long user, boolean invalidate) {
    KeyRequest request =
        invalidate ? SampleMessages.invalidate(PLAN, user) : SampleMessages.repair(PLAN, user);
    return Repair.parse(
            SampleMessages.received(Stream.REQUESTS, request.toJson()),
            request.toJson(),
            "job",
            PLAN)
        .orElseThrow();
  }
}
