package dev.freshet.flow.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.JobUnderTest;
import dev.freshet.flow.event.GroupedEvent;
import dev.freshet.flow.event.Orders;
import dev.freshet.flow.event.OrdersModel;
import dev.freshet.flow.kafka.OutboundMessage;
import dev.freshet.flow.kafka.OutboundMessages;
import dev.freshet.flow.log.ChangeReport;
import dev.freshet.flow.log.ControlMessage;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.log.EntryChangeTypeInfo;
import dev.freshet.flow.log.KeyTypeInfo;
import dev.freshet.view.Key;
import dev.freshet.view.stream.DeadEventMessage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GroupOperatorTest {
  private static final int GROUPS = 16;
  private static final long HORIZON = 100;
  private static final Key ONE = Orders.group("c", 1);
  private static final Key TWO = Orders.group("c", 2);
  private static final JobPlan PLAN = Orders.plan();

  private KeyedOneInputStreamOperatorTestHarness<Key, GroupedEvent, EntryChange> harness;

  @AfterEach
  void close() throws Exception {
    if (harness != null) {
      harness.close();
    }
  }

  private void start(OperatorSubtaskState restored) throws Exception {
    start(restored, 1, 0);
  }

  private void start(OperatorSubtaskState restored, int parallelism, int subtask) throws Exception {
    close();
    harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new GroupOperator(PLAN, JobUnderTest.HANDLING, new OutboundMessages("job", PLAN)),
            GroupedEvent::group,
            KeyTypeInfo.INSTANCE,
            GROUPS,
            parallelism,
            subtask);
    harness.setup(EntryChangeTypeInfo.Serializer.INSTANCE);
    if (restored != null) {
      harness.initializeState(
          AbstractStreamOperatorTestHarness.repartitionOperatorState(
              restored, GROUPS, 1, parallelism, subtask));
    }
    harness.open();
  }

  private void come(GroupedEvent... events) throws Exception {
    for (GroupedEvent event : events) {
      harness.processElement(new StreamRecord<>(event));
    }
  }

  /** The entries that a watermark brings, by group. */
  private Map<Key, String> step(long watermark) throws Exception {
    harness.processWatermark(new Watermark(watermark));
    Map<Key, String> entries = new LinkedHashMap<>();
    Object last = null;
    for (Object out = harness.getOutput().poll(); out != null; out = harness.getOutput().poll()) {
      last = out;
      if (out instanceof StreamRecord<?> sent) {
        EntryChange entry = (EntryChange) sent.getValue();
        assertThat(entry.version()).isEqualTo(watermark);
        Key group = Orders.group((String) entry.values()[0], (Long) entry.values()[1]);
        assertThat(entries.put(group, OrdersModel.print(entry))).as("emitted once").isNull();
      }
    }
    assertThat(last).as("after all entries").isEqualTo(new Watermark(watermark));
    return entries;
  }

  private static GroupedEvent event(Key group, String id, String kind, String name) {
    return Orders.event(group, id, 200 + id.charAt(0), kind, name, null, HORIZON);
  }

  @Test
  void theHandOverEmitsEachVisibleGroupOnce() throws Exception {
    start(null);
    come(
        event(ONE, "a", "created", "one"),
        event(TWO, "b", "cancelled", null),
        event(ONE, "c", "renamed", "two"));
    assertThat(step(7)).containsExactly(Map.entry(ONE, "c 1 two null 2 one"));
  }

  @Test
  void aStepEmitsTheEntriesThatChanged() throws Exception {
    start(null);
    come(event(ONE, "a", "created", "one"), event(TWO, "b", "created", "one"));
    step(7);
    come(event(ONE, "a", "created", "one"), event(TWO, "c", "cancelled", null));
    assertThat(step(9)).containsExactly(Map.entry(TWO, OrdersModel.HIDDEN));
    come(event(TWO, "d", "renamed", "late"));
    assertThat(step(10)).as("hidden as before").isEmpty();
  }

  @Test
  void whatACheckpointHasOfAStepIsEmittedAfterTheRestore() throws Exception {
    start(null);
    come(event(ONE, "a", "created", "one"));
    step(7);
    come(event(ONE, "b", "renamed", "two"));
    OperatorSubtaskState checkpoint = harness.snapshot(1, 1);
    assertThat(step(8)).containsExactly(Map.entry(ONE, "c 1 two null 2 one"));
    start(checkpoint);
    assertThat(step(20)).containsExactly(Map.entry(ONE, "c 1 two null 2 one"));
    assertThat(step(21)).isEmpty();
  }

  @Test
  void aGroupThatIsTouchedWhileCatchingUpIsEmittedThoughItDidNotChange() throws Exception {
    start(null);
    come(event(ONE, "a", "created", "one"));
    step(7);
    OperatorSubtaskState checkpoint = harness.snapshot(1, 1);
    start(checkpoint);
    come(event(ONE, "a", "created", "one"));
    assertThat(step(20)).containsExactly(Map.entry(ONE, "c 1 one null 1 one"));
  }

  @Test
  void aCheckpointBeforeTheHandOverLosesNoGroup() throws Exception {
    start(null);
    come(event(ONE, "a", "created", "one"));
    OperatorSubtaskState checkpoint = harness.snapshot(1, 1);
    start(checkpoint);
    come(event(TWO, "b", "created", "two"));
    assertThat(step(7)).containsOnlyKeys(ONE, TWO);
    assertThat(step(8)).isEmpty();
  }

  @Test
  void aRescaledCheckpointKeepsEachGroupOnce() throws Exception {
    start(null);
    Map<Key, String> rows = new TreeMap<>();
    for (int i = 0; i < 20; i++) {
      come(event(Orders.group("c", i), "a", "created", "one"));
    }
    step(7);
    for (int i = 0; i < 10; i++) {
      come(event(Orders.group("c", i), "b", "renamed", "two"));
      rows.put(Orders.group("c", i), "c %d two null 2 one".formatted(i));
    }
    OperatorSubtaskState checkpoint = harness.snapshot(1, 1);
    Map<Key, String> emitted = new TreeMap<>();
    for (int subtask = 0; subtask < 2; subtask++) {
      start(checkpoint, 2, subtask);
      step(20).forEach((group, row) -> assertThat(emitted.put(group, row)).isNull());
      assertThat(step(21)).isEmpty();
    }
    assertThat(emitted).isEqualTo(rows);
  }

  @Test
  void aDeadEventMakesNoState() throws Exception {
    start(null);
    come(event(ONE, "a", "created", "one"));
    step(7);
    int states = harness.numKeyedStateEntries();
    come(Orders.event(TWO, "b", HORIZON - 1, "created", "late", null, HORIZON));
    harness.snapshot(1, 1);
    assertThat(step(8)).isEmpty();
    assertThat(harness.numKeyedStateEntries()).isEqualTo(states);
    come(event(TWO, "c", "created", "two"));
    step(9);
    assertThat(harness.numKeyedStateEntries()).isEqualTo(states + 1);
  }

  /** Before the horizon is after its last event, an attribute could come, or a creation again. */
  @Test
  void aHiddenGroupIsForgottenOnceTheHorizonIsAfterItsEvents() throws Exception {
    start(null);
    long last = HORIZON + 500_000;
    come(
        event(ONE, "a", "created", "one"),
        Orders.event(TWO, "a", last - 1, "created", "two", null, HORIZON),
        Orders.event(TWO, "b", last, "cancelled", null, null, HORIZON));
    step(7);
    int states = harness.numKeyedStateEntries();
    long passes = last / 1000 + PLAN.events().get(0).keepDeleted().toMillis() + 1;

    harness.setProcessingTime(passes);
    assertThat(harness.numKeyedStateEntries()).as("no event had that horizon").isEqualTo(states);
    come(Orders.event(ONE, "a", last + 1, "renamed", "one", null, last));
    step(8);
    harness.setProcessingTime(passes + GroupOperator.LOOK_AGAIN_MS);
    assertThat(harness.numKeyedStateEntries()).as("at the horizon").isEqualTo(states);
    OperatorSubtaskState checkpoint = harness.snapshot(1, 1);
    start(checkpoint);
    harness.setProcessingTime(passes + GroupOperator.LOOK_AGAIN_MS);
    come(Orders.event(ONE, "a", last + 1, "renamed", "one", null, last + 1));
    step(9);
    harness.setProcessingTime(passes + 2 * GroupOperator.LOOK_AGAIN_MS);
    assertThat(harness.numKeyedStateEntries()).as("after the horizon").isEqualTo(states - 1);

    come(Orders.event(TWO, "a", last - 1, "created", "two", null, last + 1));
    assertThat(step(10)).as("a creation that is delivered again").isEmpty();
    assertThat(harness.numKeyedStateEntries()).isEqualTo(states - 1);
  }

  @Test
  void deadEventsAreToldAndCounted() throws Exception {
    start(null);
    come(
        event(ONE, "a", "created", "one"),
        Orders.event(ONE, "b", HORIZON - 1, "renamed", "late", null, HORIZON),
        Orders.event(ONE, "c", HORIZON, "renamed", "half of a pair: \uD83D", null, HORIZON));
    List<DeadEventMessage> dead = new ArrayList<>();
    for (StreamRecord<OutboundMessage> each : harness.getSideOutput(GroupOperator.DEAD_EVENTS)) {
      dead.add(DeadEventMessage.read(each.getValue().value()));
    }
    assertThat(dead)
        .extracting(DeadEventMessage::reason)
        .containsExactly("before-horizon", "handling-failed");
    assertThat(step(7)).containsExactly(Map.entry(ONE, "c 1 one null 1 one"));
    harness.setProcessingTime(1000);
    Queue<StreamRecord<ControlMessage>> messages =
        harness.getSideOutput(GroupOperator.CONTROL_MESSAGES);
    List<ControlMessage> reports = new ArrayList<>();
    messages.forEach(each -> reports.add(each.getValue()));
    assertThat(reports.get(reports.size() - 1))
        .isEqualTo(new ChangeReport("groups", 0, 0, 1, 0, 0, 2, 0));
  }

  /** Two partitions, read in another interleaving after each restore. */
  @Test
  void theStoreHasTheRowsOfARecomputationAfterEachStep() throws Exception {
    for (int run = 0; run < 200; run++) {
      long seed = System.nanoTime() + run;
      new History(new Random(seed), "seed " + seed).play();
    }
  }

  private final class History {
    private final Random random;
    private final String seed;
    private final List<List<GroupedEvent>> partitions = new ArrayList<>();
    private final Map<Key, String> store = new TreeMap<>();
    private int[] read = {0, 0};
    private int[] inStore = {0, 0};
    private int[] inCheckpoint = {0, 0};
    private OperatorSubtaskState checkpoint;
    private boolean handedOver;
    private boolean handedOverInCheckpoint;
    private long version = 1;
    private int checkpoints;

    History(Random random, String seed) {
      this.random = random;
      this.seed = seed;
    }

    void play() throws Exception {
      List<GroupedEvent> events = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        events.add(OrdersModel.random(random, i, HORIZON));
      }
      for (int partition = 0; partition < 2; partition++) {
        List<GroupedEvent> records = new ArrayList<>();
        for (int i = 0; i < 15; i++) {
          records.add(events.get(random.nextInt(events.size())));
        }
        partitions.add(records);
      }
      start(null);
      while (read[0] + read[1] < 30 || !hasReadWhatTheStoreHas()) {
        act();
      }
      endStep();
    }

    private void act() throws Exception {
      int choice = random.nextInt(14);
      if (choice == 0) {
        inCheckpoint = read.clone();
        handedOverInCheckpoint = handedOver;
        checkpoint = harness.snapshot(++checkpoints, checkpoints);
      } else if (choice == 1) {
        start(checkpoint);
        read = inCheckpoint.clone();
        handedOver = handedOverInCheckpoint;
      } else if (choice < 5) {
        endStep();
      } else {
        int partition = random.nextInt(2);
        if (read[partition] < 15) {
          come(partitions.get(partition).get(read[partition]++));
        }
      }
    }

    private boolean hasReadWhatTheStoreHas() {
      return read[0] >= inStore[0] && read[1] >= inStore[1];
    }

    private void endStep() throws Exception {
      if (!hasReadWhatTheStoreHas()) {
        return;
      }
      if (!handedOver) {
        // As the writer does, which has not written from this state before.
        store.clear();
      }
      handedOver = true;
      store.putAll(step(++version));
      store.values().removeIf(OrdersModel.HIDDEN::equals);
      inStore = read.clone();
      assertThat(store).as(seed).isEqualTo(recomputed());
    }

    private Map<Key, String> recomputed() {
      Map<Key, List<GroupedEvent>> groups = new TreeMap<>();
      for (int partition = 0; partition < 2; partition++) {
        for (GroupedEvent event : partitions.get(partition).subList(0, read[partition])) {
          List<GroupedEvent> own = groups.computeIfAbsent(event.group(), any -> new ArrayList<>());
          if (!own.contains(event)) {
            own.add(event);
          }
        }
      }
      Map<Key, String> rows = new TreeMap<>();
      groups.forEach((group, events) -> rows.put(group, OrdersModel.expected(group, events)));
      rows.values().removeIf(OrdersModel.HIDDEN::equals);
      return rows;
    }
  }
}
