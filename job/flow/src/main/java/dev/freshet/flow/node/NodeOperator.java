package dev.freshet.flow.node;

import dev.freshet.flow.Handling;
import dev.freshet.flow.JobPlan;
import dev.freshet.flow.States;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.Failure;
import dev.freshet.flow.log.FailureTypeInfo;
import dev.freshet.flow.log.Note;
import dev.freshet.flow.log.NoteTypeInfo;
import dev.freshet.flow.log.Tally;
import dev.freshet.view.Key;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * The frame of every node: hold what comes until the watermark, apply the whole step in log order,
 * send, then pass the watermark on. Snapshot rows (version 0) are applied as they come.
 *
 * <p>What fails is marked in state and goes to {@link #FAILURES}; how many did, and how the others
 * ended, goes to {@link #NOTES}.
 *
 * <p>Runs in the task's thread. After a restore it holds again what it held at the checkpoint.
 */
public abstract class NodeOperator<T> extends AbstractStreamOperator<T>
    implements OneInputStreamOperator<Event, T> {
  private static final long serialVersionUID = 1L;

  /** Rows that could not be handled, and those that were dead and no longer are. */
  public static final OutputTag<Failure> FAILURES =
      new OutputTag<>("failures", FailureTypeInfo.INSTANCE);

  /** What the writers are told. */
  public static final OutputTag<Note> NOTES = new OutputTag<>("notes", NoteTypeInfo.INSTANCE);

  private static final Comparator<Event> LOG_ORDER =
      Comparator.comparingLong(Event::version).thenComparingLong(Event::order);
  private static final long TALLY_INTERVAL_MS = 1000;

  private final JobPlan plan;
  private final Handling handling;
  private final String uid;
  private transient ValueState<PackedRow> rows;
  private transient StepBuffer<Event> held;
  private transient ListState<long[]> countsState;
  private transient Counts[] counts;
  private transient long[][] told;
  private transient Random jitter;
  private transient ScheduledFuture<?> nextTally;

  NodeOperator(JobPlan plan, Handling handling, String uid) {
    this.plan = plan;
    this.handling = handling;
    this.uid = uid;
  }

  final JobPlan plan() {
    return plan;
  }

  final Probe probe() {
    return handling.probe();
  }

  /** Applies one key's part of a step; the backend stands at the key. */
  abstract Handled apply(Key key, NodeRow before, List<Event> events, long version)
      throws Exception;

  /** After all keys of a step were applied. */
  void stepDone(long watermark) throws Exception {}

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    rows = context.getKeyedStateStore().getState(States.ROW);
    held = new StepBuffer<>(backend(), States.HELD_EVENTS, Event::key, Event::version, LOG_ORDER);
    counts = new Counts[plan.views().size()];
    Arrays.setAll(counts, view -> new Counts());
    countsState = context.getOperatorStateStore().getListState(States.COUNTS);
    for (long[] stored : countsState.get()) {
      counts[(int) stored[0]].add(Arrays.copyOfRange(stored, 1, stored.length));
    }
    if (context.isRestored()) {
      held.restore();
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    told = new long[counts.length][];
    jitter = new Random();
    tally();
  }

  @Override
  public void processElement(StreamRecord<Event> element) throws Exception {
    Event event = element.getValue();
    if (event.version() > 0) {
      held.add(event);
    } else {
      applyToState(event.key(), List.of(event), 0);
    }
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    Iterator<Map.Entry<Key, List<Event>>> steps =
        held.take(mark.getTimestamp()).entrySet().iterator();
    while (steps.hasNext()) {
      Map.Entry<Key, List<Event>> step = steps.next();
      backend().setCurrentKey(step.getKey());
      applyToState(step.getKey(), step.getValue(), mark.getTimestamp());
      // What it caused piles up behind; of a large transaction there is no room for both.
      steps.remove();
    }
    stepDone(mark.getTimestamp());
    super.processWatermark(mark);
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    held.store(List.of());
    List<long[]> stored = new ArrayList<>();
    for (int view = 0; view < counts.length; view++) {
      long[] numbers = counts[view].toState();
      long[] element = new long[numbers.length + 1];
      element[0] = view;
      System.arraycopy(numbers, 0, element, 1, numbers.length);
      stored.add(element);
    }
    countsState.update(stored);
  }

  private void applyToState(Key key, List<Event> events, long version) throws Exception {
    NodeRow before = row(key);
    Handled handled = apply(key, before, events, version);
    counts[plan.nodeOf(key).view()].add(before, handled);
    store(key, before, handled.row());
  }

  final NodeRow row(Key key) throws Exception {
    PackedRow stored = rows.value();
    return stored == null ? NodeRow.empty(plan.nodeOf(key).children().size()) : stored.unpack();
  }

  /** Keeps a row that was settled without an event. */
  final void settled(Key key, NodeRow before, NodeRow after) throws Exception {
    counts[plan.nodeOf(key).view()].add(before, Handled.nothing(after));
    store(key, before, after);
  }

  private void store(Key key, NodeRow before, NodeRow after) throws Exception {
    if (after.equals(before)) {
      return;
    }
    if (after.isEmpty()) {
      rows.clear();
    } else {
      rows.update(PackedRow.of(after));
    }
    Marker marker = after.marker();
    Marker old = before.marker();
    if (marker != null && !marker.equals(old)) {
      fail(key, marker, marker.next(), after.row());
    } else if (marker == null && old != null && old.next() == Failure.Next.DEAD) {
      fail(key, old, Failure.Next.RESOLVED, null);
    }
  }

  private void fail(Key key, Marker marker, Failure.Next next, Object[] row) {
    long now = getProcessingTimeService().getCurrentProcessingTime();
    long due = next == Failure.Next.RETRY ? now + Backoff.delay(marker.of().number(), jitter) : now;
    output.collect(
        FAILURES,
        new StreamRecord<>(new Failure(key, marker.of(), marker.poison(), next, now, due, row)));
  }

  private void tally() {
    for (int view = 0; view < counts.length; view++) {
      long[] now = counts[view].toState();
      if (!Arrays.equals(now, told[view])) {
        told[view] = now;
        note(
            new Tally(
                uid,
                getRuntimeContext().getTaskInfo().getIndexOfThisSubtask(),
                view,
                now[0],
                now[1],
                now[2],
                now[3],
                now[4]));
      }
    }
    nextTally =
        getProcessingTimeService()
            .registerTimer(
                getProcessingTimeService().getCurrentProcessingTime() + TALLY_INTERVAL_MS,
                time -> tally());
  }

  final void note(Note note) {
    output.collect(NOTES, new StreamRecord<>(note));
  }

  @Override
  public void close() throws Exception {
    if (nextTally != null) {
      nextTally.cancel(false);
    }
    super.close();
  }

  final KeyedStateBackend<Key> backend() {
    return getKeyedStateBackend();
  }
}
