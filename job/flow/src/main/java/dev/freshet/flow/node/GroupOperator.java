package dev.freshet.flow.node;

import dev.freshet.flow.Handling;
import dev.freshet.flow.JobPlan;
import dev.freshet.flow.States;
import dev.freshet.flow.Uids;
import dev.freshet.flow.event.GroupedEvent;
import dev.freshet.flow.kafka.OutboundMessage;
import dev.freshet.flow.kafka.OutboundMessages;
import dev.freshet.flow.log.ChangeReport;
import dev.freshet.flow.log.ControlMessage;
import dev.freshet.flow.log.ControlMessageTypeInfo;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.view.Key;
import dev.freshet.view.event.KeyedEvents;
import dev.freshet.view.event.RecordPosition;
import dev.freshet.view.stream.DeadEventMessage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Runs {@link GroupNode} for the read models of all views. Adds events as they come, and emits at
 * each watermark the entries that the events since the last one changed, each once.
 *
 * <p>The first watermark is the hand-over: the entries of all groups are emitted. At the first
 * watermark after a restore the entries of all groups are emitted that were touched since the
 * checkpoint's last watermark, changed or not: before the restore the events may have come in
 * another order, so the store may have an entry that is not between the two.
 *
 * <p>Events that cannot be added are emitted to {@link #DEAD_EVENTS}. Reports about how many events
 * ended in which way are emitted to {@link #CONTROL_MESSAGES}.
 *
 * <p>A hidden group is forgotten once the horizon is after all its events: those that are delivered
 * again are refused then. The horizon is that of the events that came last.
 *
 * <p>Between watermarks up to {@value #MOST_IN_MEMORY} groups are kept in memory. The entries of a
 * watermark are emitted without pauses. Runs in the task's thread.
 */
public final class GroupOperator extends AbstractStreamOperator<EntryChange>
    implements OneInputStreamOperator<GroupedEvent, EntryChange>, Triggerable<Key, VoidNamespace> {
  private static final long serialVersionUID = 1L;

  /** Messages about events that could not be added. */
  public static final OutputTag<OutboundMessage> DEAD_EVENTS =
      new OutputTag<>("dead-events", OutboundMessage.TYPE);

  /** Messages to all writers. */
  public static final OutputTag<ControlMessage> CONTROL_MESSAGES =
      new OutputTag<>("notes", ControlMessageTypeInfo.INSTANCE);

  private static final int MOST_IN_MEMORY = 10_000;
  private static final long REPORT_INTERVAL_MS = 1000;

  /** When to look at a hidden group again if the horizon of the events is behind the clock. */
  static final long LOOK_AGAIN_MS = 600_000;

  private final JobPlan plan;
  private final Handling handling;
  private final OutboundMessages outbound;
  private transient GroupNode node;
  private transient ValueState<byte[]> groups;
  private transient ValueState<Boolean> touched;
  private transient ListState<Boolean> handedOverState;
  private transient ListState<long[]> countsState;
  private transient Map<Key, Touched> step;
  private transient boolean handedOver;

  /** Whether groups are marked in state; then all touched groups are emitted from there. */
  private transient boolean hasMarked;

  private transient long[] applied;
  private transient long[] dead;
  private transient long[][] reported;
  private transient Counter conflicts;
  private transient Counter unchanged;
  private transient Counter forgotten;

  /** For each view, the horizon of the last event. */
  private transient long[] horizons;

  private transient InternalTimerService<VoidNamespace> timers;
  private transient ScheduledFuture<?> nextReport;

  public GroupOperator(JobPlan plan, Handling handling, OutboundMessages outbound) {
    this.plan = plan;
    this.handling = handling;
    this.outbound = outbound;
  }

  /**
   * A group that was touched since the last watermark.
   *
   * @param before its entry at the last watermark; null if the entry is emitted in any case
   */
  private record Touched(KeyedEvents events, EntryChange before) {}

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    node = new GroupNode(plan, handling.probe());
    groups = context.getKeyedStateStore().getState(States.GROUP);
    touched = context.getKeyedStateStore().getState(States.TOUCHED);
    step = new LinkedHashMap<>();
    handedOverState = context.getOperatorStateStore().getUnionListState(States.HANDED_OVER);
    for (Boolean stored : handedOverState.get()) {
      handedOver |= stored;
    }
    // At the first watermark all touched groups are emitted.
    hasMarked = true;
    applied = new long[plan.views().size()];
    dead = new long[plan.views().size()];
    reported = new long[plan.views().size()][];
    horizons = new long[plan.views().size()];
    Arrays.fill(horizons, Long.MIN_VALUE);
    countsState = context.getOperatorStateStore().getListState(States.COUNTS);
    for (long[] stored : countsState.get()) {
      applied[(int) stored[0]] += stored[1];
      dead[(int) stored[0]] += stored[2];
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    conflicts = getMetricGroup().counter("conflicts");
    unchanged = getMetricGroup().counter("eventsUnchanged");
    forgotten = getMetricGroup().counter("groupsForgotten");
    timers = getInternalTimerService("hidden", VoidNamespaceSerializer.INSTANCE, this);
    report(0);
  }

  @Override
  public void processElement(StreamRecord<GroupedEvent> element) throws Exception {
    GroupedEvent event = element.getValue();
    Key key = event.group();
    Touched group = step.containsKey(key) ? step.get(key) : group(key, event.version());
    int view = plan.nodeOf(key).view();
    horizons[view] = Math.max(horizons[view], event.horizon());
    GroupNode.Outcome outcome = node.add(group.events(), event);
    if (outcome instanceof GroupNode.Outcome.Applied change) {
      applied[view]++;
      conflicts.inc(change.conflicts());
      step.put(key, group);
    } else if (outcome instanceof GroupNode.Outcome.Unchanged) {
      applied[view]++;
      unchanged.inc();
      step.put(key, group);
    } else if (outcome instanceof GroupNode.Outcome.BeforeHorizon) {
      giveUp(
          event,
          DeadEventMessage.BEFORE_HORIZON,
          "the event is older than 'keep-deleted' of the view allows");
    } else if (outcome instanceof GroupNode.Outcome.Failed failed) {
      giveUp(event, failed.poison().reason().wireName(), failed.poison().message());
    }
    if (step.size() >= MOST_IN_MEMORY) {
      store();
    }
  }

  /** Returns a group as it was at the last watermark; the key is the current key of the state. */
  private Touched group(Key key, long version) throws Exception {
    KeyedEvents events = node.read(key, groups.value());
    return new Touched(events, hasMarked ? null : node.entry(key, events, version));
  }

  private void giveUp(GroupedEvent event, String reason, String why) {
    int view = plan.nodeOf(event.group()).view();
    RecordPosition position = event.position();
    dead[view]++;
    output.collect(
        DEAD_EVENTS,
        new StreamRecord<>(
            outbound.deadEvent(
                view,
                position.topic(),
                position.partition(),
                position.offset(),
                reason,
                why,
                Instant.ofEpochMilli(getProcessingTimeService().getCurrentProcessingTime()),
                event.record())));
  }

  /** Moves the groups from memory to state, where they are marked until they are emitted. */
  private void store() throws Exception {
    for (Map.Entry<Key, Touched> group : step.entrySet()) {
      backend().setCurrentKey(group.getKey());
      groups.update(group.getValue().events().toBytes());
      if (handedOver) {
        touched.update(true);
      }
    }
    hasMarked |= !step.isEmpty();
    step.clear();
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    long watermark = mark.getTimestamp();
    if (!handedOver) {
      store();
      handOver(watermark);
      handedOver = true;
    } else if (hasMarked) {
      store();
      emitMarked(watermark);
    } else {
      emitChanged(watermark);
    }
    hasMarked = false;
    super.processWatermark(mark);
  }

  private void handOver(long watermark) throws Exception {
    backend()
        .applyToAllKeys(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            States.GROUP,
            (Key key, ValueState<byte[]> stored) -> {
              KeyedEvents events = node.read(key, stored.value());
              EntryChange entry = node.entry(key, events, watermark);
              watch(key, events, entry);
              if (entry.present()) {
                emit(entry);
              }
            });
  }

  private void emitMarked(long watermark) throws Exception {
    List<Key> marked = new ArrayList<>();
    backend()
        .applyToAllKeys(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            States.TOUCHED,
            (Key key, ValueState<Boolean> any) -> marked.add(key));
    for (Key key : marked) {
      backend().setCurrentKey(key);
      KeyedEvents events = node.read(key, groups.value());
      EntryChange entry = node.entry(key, events, watermark);
      watch(key, events, entry);
      emit(entry);
      touched.clear();
    }
  }

  private void emitChanged(long watermark) throws Exception {
    for (Map.Entry<Key, Touched> group : step.entrySet()) {
      Touched value = group.getValue();
      backend().setCurrentKey(group.getKey());
      groups.update(value.events().toBytes());
      EntryChange after = node.entry(group.getKey(), value.events(), watermark);
      watch(group.getKey(), value.events(), after);
      if (!GroupNode.same(value.before(), after)) {
        emit(after);
      }
    }
    step.clear();
  }

  /** Looks at a hidden group when it may be forgotten; the key is the current key of the state. */
  private void watch(Key key, KeyedEvents events, EntryChange entry) {
    if (!entry.present()) {
      timers.registerProcessingTimeTimer(VoidNamespace.INSTANCE, node.horizonPasses(key, events));
    }
  }

  @Override
  public void onProcessingTime(InternalTimer<Key, VoidNamespace> timer) throws Exception {
    Key key = timer.getKey();
    byte[] stored = groups.value();
    boolean waits = step.containsKey(key) || touched.value() != null;
    // A group that waits for a watermark is watched from that on.
    if (stored == null || waits) {
      return;
    }
    KeyedEvents events = node.read(key, stored);
    if (node.entry(key, events, 0).present()) {
      return;
    }
    if (events.isForgettable(horizons[plan.nodeOf(key).view()])) {
      groups.clear();
      forgotten.inc();
    } else {
      long later = timers.currentProcessingTime() + LOOK_AGAIN_MS;
      timers.registerProcessingTimeTimer(
          VoidNamespace.INSTANCE, Math.max(later, node.horizonPasses(key, events)));
    }
  }

  /** There are no such timers. */
  @Override
  public void onEventTime(InternalTimer<Key, VoidNamespace> timer) {}

  private void emit(EntryChange entry) {
    output.collect(new StreamRecord<>(entry));
  }

  private void report(long time) {
    for (int view = 0; view < applied.length; view++) {
      long[] now = {applied[view], dead[view]};
      if (!Arrays.equals(now, reported[view])) {
        reported[view] = now;
        int subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
        output.collect(
            CONTROL_MESSAGES,
            new StreamRecord<>(
                new ChangeReport(Uids.GROUPS, subtask, view, applied[view], 0, 0, dead[view], 0)));
      }
    }
    nextReport =
        getProcessingTimeService()
            .registerTimer(
                getProcessingTimeService().getCurrentProcessingTime() + REPORT_INTERVAL_MS,
                this::report);
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    store();
    handedOverState.update(List.of(handedOver));
    List<long[]> counts = new ArrayList<>();
    for (int view = 0; view < applied.length; view++) {
      counts.add(new long[] {view, applied[view], dead[view]});
    }
    countsState.update(counts);
  }

  @Override
  public void close() throws Exception {
    if (nextReport != null) {
      nextReport.cancel(false);
    }
    super.close();
  }

  private KeyedStateBackend<Key> backend() {
    return getKeyedStateBackend();
  }
}
