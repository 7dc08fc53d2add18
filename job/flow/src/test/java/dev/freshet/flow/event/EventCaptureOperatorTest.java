package dev.freshet.flow.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.kafka.OutboundMessage;
import dev.freshet.flow.kafka.OutboundMessages;
import dev.freshet.flow.log.ControlMessage;
import dev.freshet.flow.log.WatermarkInfo;
import dev.freshet.view.event.Positions;
import dev.freshet.view.event.RecordPosition;
import dev.freshet.view.event.RecordPosition.Partition;
import dev.freshet.view.stream.DeadEventMessage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventCaptureOperatorTest {
  private static final JobPlan PLAN = Orders.plan();
  private static final int MOST_BYTES = 1000;
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  /** 2026-01-31T12:00:00Z, in milliseconds. */
  private static final long NOW = 1_769_860_800_000L;

  private static final long KEEP_DELETED_MICROS = Duration.ofDays(3650).toMillis() * 1000;

  /** What Kafka says; the operator under test lives in this process. */
  private static volatile Positions ends = Positions.NONE;

  private static volatile Positions nextRecords = Positions.NONE;

  private static volatile Positions begins = Positions.NONE;

  private OneInputStreamOperatorTestHarness<EventRecord, GroupedEvent> harness;
  private final List<GroupedEvent> events = new ArrayList<>();
  private final List<WatermarkInfo> infos = new ArrayList<>();
  private final List<Long> watermarks = new ArrayList<>();
  private long time = NOW;

  private record FakeEnds() implements TopicEnds {
    @Override
    public Positions ends(Set<String> topics) {
      return topics.equals(Set.of("orders")) ? ends : Positions.NONE;
    }

    @Override
    public Positions begins(Positions of) {
      return begins;
    }

    @Override
    public Positions nextRecords(Positions from, Positions to) {
      return nextRecords;
    }

    @Override
    public void close() {}
  }

  @AfterEach
  void close() throws Exception {
    if (harness != null) {
      harness.close();
    }
    ends = Positions.NONE;
    nextRecords = Positions.NONE;
    begins = Positions.NONE;
  }

  private void start(OperatorSubtaskState restored, EventLog.State stored) throws Exception {
    if (harness != null) {
      harness.close();
    }
    harness =
        new OneInputStreamOperatorTestHarness<>(
            new EventCaptureOperator(
                new EventCaptureOperator.Setting(
                    PLAN,
                    new OutboundMessages("job", PLAN),
                    () -> stored,
                    FakeEnds::new,
                    MOST_BYTES)));
    harness.setProcessingTime(time);
    harness.setup(GroupedEvent.Serializer.INSTANCE);
    if (restored != null) {
      harness.initializeState(restored);
    }
    harness.open();
    take();
  }

  private void come(int partition, long offset, String record) throws Exception {
    harness.processElement(
        new StreamRecord<>(
            new EventRecord(
                new RecordPosition("orders", partition, offset),
                record.replace('\'', '"').getBytes(StandardCharsets.UTF_8))));
    take();
  }

  private static String order(String id, String at) {
    return "{'event_id':'%s','occurred_at':'%s','customer':'c','order_id':1}".formatted(id, at);
  }

  private void pass(long millis) throws Exception {
    time += millis;
    harness.setProcessingTime(time);
    take();
  }

  /** Lets the operator ask Kafka until something is so. */
  private void await(BooleanSupplier condition) throws Exception {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        fail("not within %s: watermarks %s, messages %s", DEADLINE, watermarks, infos);
      }
      pass(500);
      Thread.onSpinWait();
    }
  }

  private void take() {
    Queue<StreamRecord<ControlMessage>> messages =
        harness.getSideOutput(EventCaptureOperator.CONTROL_MESSAGES);
    while (messages != null && !messages.isEmpty()) {
      if (messages.poll().getValue() instanceof WatermarkInfo info) {
        infos.add(info);
      }
    }
    for (Object out = harness.getOutput().poll(); out != null; out = harness.getOutput().poll()) {
      if (out instanceof Watermark mark) {
        watermarks.add(mark.getTimestamp());
        assertThat(infos).as("precedes its watermark").isNotEmpty();
        assertThat(lastInfo().version()).isEqualTo(mark.getTimestamp());
      } else if (out instanceof StreamRecord<?> sent) {
        events.add((GroupedEvent) sent.getValue());
      }
    }
  }

  private WatermarkInfo lastInfo() {
    return infos.get(infos.size() - 1);
  }

  private long lastWatermark() {
    return watermarks.get(watermarks.size() - 1);
  }

  private static Positions positions(long first, long second) {
    return Positions.of(
        Map.of(new Partition("orders", 0), first, new Partition("orders", 1), second));
  }

  private List<DeadEventMessage> dead() {
    List<DeadEventMessage> dead = new ArrayList<>();
    for (StreamRecord<OutboundMessage> each :
        Optional.ofNullable(harness.getSideOutput(EventCaptureOperator.DEAD_EVENTS))
            .orElseThrow()) {
      dead.add(DeadEventMessage.read(each.getValue().value()));
    }
    return dead;
  }

  @Test
  void aFirstStartWaitsForWhatTheTopicsHave() throws Exception {
    ends = positions(1, 1);
    start(null, EventLog.State.NONE);
    come(0, 0, order("a", "2020-01-01T00:00:00Z"));
    pass(10);
    assertThat(watermarks).isEmpty();
    come(1, 0, order("b", "2020-01-01T00:00:00Z"));
    pass(10);
    assertThat(events).extracting(GroupedEvent::group).containsOnly(Orders.group("c", 1));
    assertThat(events).extracting(GroupedEvent::horizon).containsOnly(Long.MIN_VALUE);
    assertThat(watermarks).containsExactly(events.get(1).version());
    assertThat(lastInfo().gtids()).isEqualTo("orders/0:0,orders/1:0");
  }

  @Test
  void eachStepEndsWithTheLastEvent() throws Exception {
    start(null, EventLog.State.NONE);
    come(0, 0, order("a", "2026-01-01T00:00:00Z"));
    come(0, 1, order("b", "2026-01-01T00:00:00Z"));
    pass(10);
    assertThat(events.get(0).version()).isLessThan(events.get(1).version());
    assertThat(lastWatermark()).isEqualTo(events.get(1).version());
    int steps = watermarks.size();
    pass(10);
    assertThat(watermarks).hasSize(steps);
  }

  @Test
  void aRecordThatCannotBeUsedIsToldAndPassed() throws Exception {
    start(null, EventLog.State.NONE);
    come(0, 0, "{'event_id'");
    pass(10);
    assertThat(events).isEmpty();
    assertThat(lastInfo().gtids()).isEqualTo("orders/0:0");
    assertThat(dead())
        .singleElement()
        .satisfies(
            message -> {
              assertThat(message.reason()).isEqualTo("unreadable-value");
              assertThat(message.view()).isEqualTo("orders");
              assertThat(message.record()).isEqualTo("eyJldmVudF9pZCI=");
            });
  }

  @Test
  void aRestoreWaitsForWhatTheStoreHadAndKeepsTheHorizon() throws Exception {
    start(null, EventLog.State.NONE);
    come(0, 0, order("a", "2026-01-01T00:00:00Z"));
    pass(10);
    long horizon = time * 1000 - KEEP_DELETED_MICROS;
    OperatorSubtaskState checkpoint = harness.snapshot(1, 1);
    come(1, 0, order("b", "2026-01-01T00:00:00Z"));
    come(1, 1, order("c", "2026-01-01T00:00:00Z"));
    pass(10);
    EventLog.State stored = new EventLog.State(lastWatermark(), positions(1, 2));
    time += Duration.ofDays(10).toMillis();
    events.clear();
    watermarks.clear();
    start(checkpoint, stored);
    come(1, 0, order("b", "2026-01-01T00:00:00Z"));
    pass(10);
    assertThat(watermarks).isEmpty();
    come(1, 1, order("c", "2026-01-01T00:00:00Z"));
    pass(10);
    assertThat(lastWatermark()).isGreaterThan(stored.number());
    assertThat(events).extracting(GroupedEvent::horizon).containsOnly(horizon);
    come(1, 2, order("d", "2026-01-01T00:00:00Z"));
    assertThat(events.get(2).horizon()).isGreaterThan(horizon);
  }

  @Test
  void aCheckpointOfAFirstFillStillWaitsForTheEnds() throws Exception {
    ends = positions(2, 0);
    start(null, EventLog.State.NONE);
    come(0, 0, order("a", "2020-01-01T00:00:00Z"));
    start(harness.snapshot(1, 1), EventLog.State.NONE);
    pass(10);
    assertThat(watermarks).isEmpty();
    come(0, 1, order("b", "2020-01-01T00:00:00Z"));
    pass(10);
    assertThat(watermarks).hasSize(1);
    assertThat(events).extracting(GroupedEvent::horizon).containsOnly(Long.MIN_VALUE);
  }

  @Test
  void aTimeIsConfirmedOnceTheEndsOfThatTimeWereRead() throws Exception {
    start(null, EventLog.State.NONE);
    await(() -> lastInfo().asOf() > NOW);
    ends = positions(1, 0);
    // A question that was open before the record came may still be answered.
    pass(500);
    await(() -> true);
    pass(500);
    long before = time + 2000;
    for (int i = 0; i < 20; i++) {
      pass(500);
    }
    long unconfirmed = lastInfo().asOf();
    assertThat(unconfirmed).isLessThan(time - 5000);
    come(0, 0, order("a", "2026-01-01T00:00:00Z"));
    await(() -> lastInfo().asOf() > before);
  }

  @Test
  void endsBehindTheMarkOfATransactionAreReached() throws Exception {
    ends = positions(2, 0);
    start(null, EventLog.State.NONE);
    come(0, 0, order("a", "2026-01-01T00:00:00Z"));
    pass(10);
    assertThat(watermarks).isEmpty();
    nextRecords = positions(2, 0);
    await(() -> !watermarks.isEmpty());
    assertThat(lastInfo().gtids()).isEqualTo("orders/0:1");
    assertThat(removedRecords()).isZero();
  }

  @Test
  void recordsThatWereRemovedBeforeTheyWereReadAreCounted() throws Exception {
    start(null, EventLog.State.NONE);
    come(0, 0, order("a", "2026-01-01T00:00:00Z"));
    OperatorSubtaskState checkpoint = harness.snapshot(1, 1);
    ends = positions(7, 3);
    begins = positions(5, 3);
    nextRecords = positions(5, 3);
    start(checkpoint, EventLog.State.NONE);
    come(0, 5, order("b", "2026-01-01T00:00:00Z"));
    come(0, 6, order("c", "2026-01-01T00:00:00Z"));
    await(() -> removedRecords() == 4 + 3);
    for (int i = 0; i < 10; i++) {
      pass(500);
    }
    assertThat(removedRecords()).isEqualTo(4 + 3);
    assertThat(lastInfo().gtids()).isEqualTo("orders/0:6,orders/1:2");
  }

  /** A topic that was created again must not pass for the one that was read. */
  @Test
  void noTimeIsConfirmedOnceTheTopicsEndBeforeTheyWereRead() throws Exception {
    ends = positions(2, 0);
    start(null, EventLog.State.NONE);
    come(0, 0, order("a", "2026-01-01T00:00:00Z"));
    come(0, 1, order("b", "2026-01-01T00:00:00Z"));
    await(() -> !infos.isEmpty() && lastInfo().asOf() > NOW);
    ends = positions(1, 0);
    assertThatNoTimeIsConfirmed();
    ends = positions(9, 0);
    assertThatNoTimeIsConfirmed();
  }

  @Test
  void noTimeIsConfirmedIfTheStoreHasMoreThanTheTopics() throws Exception {
    ends = positions(1, 0);
    start(null, new EventLog.State(5, positions(3, 0)));
    come(0, 0, order("a", "2026-01-01T00:00:00Z"));
    pass(500);
    await(() -> ((EventCaptureOperator) harness.getOperator()).isLost());
    ends = positions(3, 0);
    come(0, 1, order("b", "2026-01-01T00:00:00Z"));
    come(0, 2, order("c", "2026-01-01T00:00:00Z"));
    pass(10);
    assertThat(lastInfo().gtids()).isEqualTo("orders/0:2");
    assertThat(lastInfo().asOf()).isZero();
    assertThatNoTimeIsConfirmed();
  }

  private void assertThatNoTimeIsConfirmed() throws Exception {
    await(() -> ((EventCaptureOperator) harness.getOperator()).isLost());
    long confirmed = lastInfo().asOf();
    for (int i = 0; i < 20; i++) {
      pass(500);
    }
    assertThat(lastInfo().asOf()).isEqualTo(confirmed);
  }

  @Test
  void anAlertWatchesRemovedRecords() throws Exception {
    assertThat(Path.of("../../deploy/alerts/freshet.yaml"))
        .content()
        .contains("_operator_" + EventCaptureOperator.REMOVED_RECORDS + "{");
  }

  private long removedRecords() {
    return ((EventCaptureOperator) harness.getOperator()).removedRecords();
  }
}
