package dev.freshet.flow.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.capture.inject.Rebuilds;
import dev.freshet.flow.capture.inject.Received;
import dev.freshet.flow.capture.inject.Repair;
import dev.freshet.flow.capture.inject.RowReads;
import dev.freshet.flow.capture.inject.SampleMessages;
import dev.freshet.flow.capture.inject.StoreProgress;
import dev.freshet.flow.capture.source.ReadRow;
import dev.freshet.flow.log.Backlog;
import dev.freshet.flow.log.ControlMessage;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.Rebuild;
import dev.freshet.flow.log.RepairMark;
import dev.freshet.flow.log.ViewFault;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import dev.freshet.view.Version;
import dev.freshet.view.stream.KeyRequest;
import dev.freshet.view.stream.RequestMessage;
import dev.freshet.view.stream.Stream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InjectionTest {
  private static final JobPlan PLAN = SamplePlan.inbox("sample");
  private static final String VIEW = PLAN.views().get(0).view();
  private static final int KEY_GROUPS = 8;
  private static final Key ROW = Key.of((long) SamplePlan.PARTICIPANTS, 7L, 42L);
  private static final Key OTHER_ROW = Key.of((long) SamplePlan.PARTICIPANTS, 8L, 42L);
  private static final Object[] VALUES = {7L, 42L, 43L, 0L};

  private final LogClock clock = new LogClock();
  private final FaultedViews faults = new FaultedViews();
  private final Recorded outside = new Recorded();
  private final Injection injection =
      new Injection(PLAN, "job", KEY_GROUPS, clock, faults, () -> outside.now, outside);

  /** Writes down what the injection does. */
  private static final class Recorded implements Injection.Outside {
    long now = 1_000;
    final List<Object> sent = new ArrayList<>();
    final List<List<Key>> rowReads = new ArrayList<>();
    final List<List<Repair>> repairReads = new ArrayList<>();
    RowReads.Listener rowListener;
    RowReads.Listener repairListener;
    Consumer<StoreProgress.Wanted> rebuildListener;
    long wakeUp = Long.MAX_VALUE;

    @Override
    public void send(Event event) {
      sent.add(event);
    }

    @Override
    public void send(ControlMessage message) {
      sent.add(message);
    }

    @Override
    public void emit(long version, String gtids) {
      sent.add(version);
    }

    @Override
    public void readRows(List<Key> rows, RowReads.Listener listener) {
      rowReads.add(rows);
      rowListener = listener;
    }

    @Override
    public void readForRepairs(List<Repair> repairs, RowReads.Listener listener) {
      repairReads.add(repairs);
      repairListener = listener;
    }

    @Override
    public void readRebuilds(long running, Consumer<StoreProgress.Wanted> listener) {
      rebuildListener = listener;
    }

    @Override
    public void wakeAt(long time) {
      wakeUp = Math.min(wakeUp, time);
    }
  }

  @Test
  void aRowThatIsTriedAgainComesAfterATransactionWithAWatermarkOfItsOwn() {
    injection.take(SampleMessages.retry(PLAN, "retry", ROW));
    injection.advance();
    assertThat(outside.sent).as("before the hand-over").isEmpty();
    transaction(500);
    clock.change(520, outside);
    injection.advance();
    assertThat(outside.sent).as("inside a transaction").containsExactly(500L);
    transaction(600);
    injection.advance();
    assertThat(outside.sent).containsExactly(500L, 600L, retry(601, false, null), 601L);
  }

  @Test
  void whatIsNotDueYetWakesItLater() {
    outside.now = SampleMessages.DUE - 2;
    injection.take(SampleMessages.retry(PLAN, "retry", ROW));
    transaction(500);
    injection.advance();
    assertThat(outside.sent).containsExactly(500L);
    assertThat(outside.wakeUp).isEqualTo(SampleMessages.DUE);
  }

  @Test
  void aRowIsReadFirstAndComesOnceTheLogHasPassedTheRead() {
    injection.take(SampleMessages.retry(PLAN, "read", ROW));
    transaction(500);
    injection.advance();
    assertThat(outside.rowReads).containsExactly(List.of(ROW));
    assertThat(injection.backlog()).isEqualTo(new Backlog(1, SampleMessages.FAILED_AT));
    outside.rowListener.answered(Map.of(ROW, new ReadRow(VALUES, null)), 600);
    injection.advance();
    assertThat(outside.sent).containsExactly(500L);
    transaction(600);
    injection.advance();
    assertThat(outside.sent)
        .startsWith(500L, 600L, retry(601, true, VALUES))
        .endsWith(601L)
        .hasSize(4 + PLAN.nodeOf(ROW).children().size());
    assertThat(injection.backlog()).isEqualTo(Backlog.NONE);
  }

  @Test
  void aRowThatTheLogChangesWhileItIsReadIsNotTriedAgain() {
    injection.take(SampleMessages.retry(PLAN, "read", ROW));
    transaction(500);
    injection.advance();
    injection.changed(new Event.RowChange(ROW, 520, 0, VALUES));
    outside.rowListener.answered(Map.of(ROW, new ReadRow(VALUES, null)), 600);
    transaction(600);
    injection.advance();
    assertThat(outside.sent).containsExactly(500L, 600L);
  }

  @Test
  void aRepairBeginsAtTheLastWatermarkAndIsDoneWithItsRows() {
    injection.take(request(SampleMessages.invalidate(PLAN, 1)));
    transaction(500);
    injection.advance();
    assertThat(outside.sent)
        .containsExactly(
            500L, mark(500, RepairMark.Step.INVALIDATED), mark(500, RepairMark.Step.BEGUN));
    assertThat(outside.repairReads).hasSize(1);
    outside.sent.clear();
    outside.repairListener.answered(Map.of(ROW, ReadRow.NONE), 500);
    injection.advance();
    assertThat(outside.sent)
        .containsExactly(
            mark(501, RepairMark.Step.DONE), new Event.Repair(ROW, 501, 0, true, null, null), 501L);
  }

  @Test
  void aRowThatIsTriedAgainWithARepairIsSentBeforeWhatTheRepairSaysOfIt() {
    injection.take(request(SampleMessages.repair(PLAN, 1)));
    transaction(500);
    injection.advance();
    injection.take(SampleMessages.retry(PLAN, "retry", OTHER_ROW));
    outside.repairListener.answered(Map.of(ROW, ReadRow.NONE), 500);
    outside.sent.clear();
    injection.advance();
    assertThat(outside.sent.stream().filter(Event.class::isInstance).map(Event.class::cast))
        .extracting(Event::key)
        .containsExactly(OTHER_ROW, ROW);
  }

  @Test
  void whileTheSourceIsSilentItWaitsEverLongerBetweenTwoVersions() {
    transaction(500);
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < Version.GAP - 1; i++) {
      injection.take(SampleMessages.retry(PLAN, "retry", ROW));
      outside.wakeUp = Long.MAX_VALUE;
      injection.advance();
      if (outside.wakeUp != Long.MAX_VALUE) {
        outside.now = outside.wakeUp;
        injection.advance();
      }
      times.add(outside.now);
    }
    assertThat(clock.injected()).isEqualTo(Version.GAP - 1);
    List<Long> pauses = new ArrayList<>();
    for (int i = 1; i < times.size(); i++) {
      pauses.add(times.get(i) - times.get(i - 1));
    }
    assertThat(pauses.subList(0, 40)).containsOnly(0L);
    assertThat(pauses.subList(40, pauses.size())).isSorted().startsWith(1L, 2L).endsWith(2048L);

    injection.take(SampleMessages.retry(PLAN, "retry", ROW));
    outside.now += 1_000_000;
    injection.advance();
    assertThat(clock.injected()).as("no version is left").isEqualTo(Version.GAP - 1);
    transaction(600);
    injection.advance();
    assertThat(clock.injected()).isEqualTo(1);
  }

  @Test
  void aRebuildBeginsBehindWhatTheStoreHeldAndGoesOnWithoutTheSource() {
    injection.rebuildsFrom(600);
    transaction(500);
    injection.askForRebuilds();
    outside.rebuildListener.accept(new StoreProgress.Wanted(List.of(VIEW), false));
    injection.advance();
    assertThat(outside.sent).containsExactly(500L);
    transaction(600);
    outside.sent.clear();
    injection.advance();
    assertThat(outside.sent)
        .startsWith(new Rebuild(Set.of(0), 601))
        .endsWith(601L)
        .hasSize(KEY_GROUPS + 2);

    outside.sent.clear();
    assertThat(outside.wakeUp).isEqualTo(outside.now + Rebuilds.PACE_MS);
    outside.now = outside.wakeUp;
    injection.advance();
    assertThat(outside.sent).containsExactly(602L);

    injection.askForRebuilds();
    outside.rebuildListener.accept(new StoreProgress.Wanted(List.of(), true));
    outside.now += Rebuilds.PACE_MS;
    injection.advance();
    assertThat(outside.sent).as("once the store has it").containsExactly(602L);
  }

  @Test
  void theStoreIsNotAskedTwiceAtOnce() {
    injection.askForRebuilds();
    Consumer<StoreProgress.Wanted> first = outside.rebuildListener;
    outside.rebuildListener = null;
    injection.askForRebuilds();
    assertThat(outside.rebuildListener).isNull();
    first.accept(StoreProgress.Wanted.NOTHING);
    injection.askForRebuilds();
    assertThat(outside.rebuildListener).isNotNull();
  }

  @Test
  void whatAnotherServerWasAskedIsAskedAgain() {
    injection.take(SampleMessages.retry(PLAN, "read", ROW));
    injection.take(request(SampleMessages.repair(PLAN, 1)));
    transaction(500);
    injection.advance();
    injection.sourceMoved();
    injection.advance();
    assertThat(outside.rowReads).as("at once").hasSize(1);
    assertThat(injection.messages()).as("a checkpoint keeps them").hasSize(2);
    outside.now = outside.wakeUp;
    injection.advance();
    assertThat(outside.rowReads).containsExactly(List.of(ROW), List.of(ROW));
    assertThat(outside.repairReads).hasSize(2);
  }

  @Test
  void viewsThatCannotBeRepairedAreNot() {
    injection.take(request(SampleMessages.populate(PLAN, 1)));
    assertThat(injection.messages()).as("the view is eager").isEmpty();
    faults.add(new ViewFault(0, Reason.UNPLACEABLE, 400, "TRUNCATE"));
    injection.take(request(SampleMessages.repair(PLAN, 1)));
    assertThat(injection.messages()).as("the whole view is invalid").isEmpty();
  }

  @Test
  void aMessageThatNobodyUnderstandsIsPassedOver() {
    injection.take(SampleMessages.received(Stream.RETRY, "hello".getBytes(StandardCharsets.UTF_8)));
    injection.take(SampleMessages.received(Stream.REQUESTS, "{}".getBytes(StandardCharsets.UTF_8)));
    assertThat(injection.messages()).isEmpty();
    assertThat(injection.refused()).isEqualTo(2);
  }

  /** One message of 172 bytes ended a task manager, again after each restart. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        // A text, bytes and digits of 1 GiB, and of -1 byte.
        "AQAAAAAAAAAABEAAAAA",
        "AQAAAAAAAAAABUAAAAA",
        "AQAAAAAAAAAAAgAAAABAAAAA",
        "AQAAAAAAAAAABP____8",
        // A number of 1e2147483647.
        "AQAAAAAAAAAAAoAAAAEAAAABAQ",
        "!",
        ""
      })
  void aRowThatClaimsMoreThanItHasEndsOnlyItsMessage(String row) {
    RequestMessage message =
        new RequestMessage(
            1, "retry", "job", VIEW, row, "binlog.000001:4", 0, 1, "2026-01-31T12:00:00Z");
    injection.take(SampleMessages.received(Stream.REQUESTS, message.toJson()));
    injection.take(request(SampleMessages.repair(PLAN, 1)));
    assertThat(injection.messages()).as("the request after it").hasSize(1);
    assertThat(injection.refused()).isEqualTo(row.isEmpty() ? 0 : 1);
  }

  @Test
  void aMessageOfACheckpointOfTheFirstReleaseIsTaken() {
    byte[] message = SampleMessages.repair(PLAN, 1).toJson();
    injection.take(Received.of(Stream.REQUESTS, message).encode());
    assertThat(injection.messages()).hasSize(1);
    assertThat(injection.messages().get(0)[0]).isEqualTo((byte) 2);
  }

  /** The log goes on up to the end of a transaction. */
  private void transaction(long end) {
    clock.snapshotDone(1);
    clock.boundary(end, "", outside);
    clock.batchEnd(outside);
  }

  private static byte[] request(KeyRequest request) {
    return SampleMessages.received(Stream.REQUESTS, request.toJson());
  }

  private static Event retry(long version, boolean read, Object[] values) {
    return new Event.Retry(ROW, version, 0, new Event.Attempt(100, 3, 2), read, values, null);
  }

  private static RepairMark mark(long version, RepairMark.Step step) {
    return new RepairMark(0, PLAN.views().get(0).viewKeyOf(1L, 7L), version, step);
  }
}
