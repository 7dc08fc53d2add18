package dev.freshet.flow.node;

import dev.freshet.flow.Handling;
import dev.freshet.flow.JobPlan;
import dev.freshet.flow.States;
import dev.freshet.flow.log.ChangeReport;
import dev.freshet.flow.log.ControlMessage;
import dev.freshet.flow.log.ControlMessageTypeInfo;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.Failure;
import dev.freshet.flow.log.FailureTypeInfo;
import dev.freshet.view.Key;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackend;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * The frame of every node: hold what comes until the watermark, apply the whole step in log order,
 * send, then pass the watermark on. Snapshot rows (version 0) are applied as they come.
 *
 * <p>A large step is done in pieces, with a pause between them in which checkpoints pass and what
 * comes is held; see {@link Steps}. A row is kept when all that it causes was sent.
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
  public static final OutputTag<ControlMessage> NOTES =
      new OutputTag<>("notes", ControlMessageTypeInfo.INSTANCE);

  private static final Comparator<Event> LOG_ORDER =
      Comparator.comparingLong(Event::version).thenComparingLong(Event::order);
  private static final long TALLY_INTERVAL_MS = 1000;

  /** Keys applied, and parts sent, between two pauses: some tens of milliseconds. */
  private static final int PIECE = 5_000;

  private static final long PAUSE_MS = 1;

  private final JobPlan plan;
  private final Handling handling;
  private final String uid;
  private int piece = PIECE;
  private transient ValueState<PackedRow> rows;
  private transient StepBuffer<Event> held;
  private transient Steps steps;
  private transient UnderWay underWay;
  private transient boolean keysDone;
  private transient ScheduledFuture<?> nextPiece;
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

  /** A row that was applied, and causes more than was sent yet. */
  private record UnderWay(NodeRow before, Handled handled) {}

  /**
   * With other pieces.
   *
   * @param most keys applied, and parts sent, between two pauses
   */
  public final void setPiece(int most) {
    piece = most;
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

  /** Sends one more of what the key applied last causes; false when all of it was sent. */
  boolean sendNext() {
    return false;
  }

  /** Whether checkpoints may come within the step at hand. */
  boolean mayPause() {
    return true;
  }

  /** After all keys of a step were applied. */
  void stepDone(long watermark) throws Exception {}

  /**
   * Whether there is more to send under the watermark of the step at hand, beside what its keys
   * cause.
   *
   * @param laterWaits whether a later watermark has come
   */
  boolean hasMore(boolean laterWaits) {
    return false;
  }

  /** Sends so much of it at most; returns how much that was. */
  int sendMore(long watermark, int most, boolean laterWaits) throws Exception {
    return 0;
  }

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
    steps =
        backend() instanceof HeapKeyedStateBackend
            ? new Steps()
            : Steps.inOrderOfState(
                getRuntimeContext().getTaskInfo().getMaxNumberOfParallelSubtasks());
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
      NodeRow before = row(event.key());
      Handled handled = apply(event.key(), before, List.of(event), 0);
      while (sendNext()) {
        // A subscriber more.
      }
      keep(event.key(), before, handled);
    }
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    steps.come(mark.getTimestamp());
    if (nextPiece == null) {
      work(piece);
    }
  }

  /** Does so many things of the steps that have come; a pause follows when more is left. */
  private void work(int most) throws Exception {
    int budget = most;
    for (OptionalLong current = steps.current(); current.isPresent(); current = steps.current()) {
      long watermark = current.getAsLong();
      if (!steps.isBegun()) {
        steps.begin(held.take(watermark));
      }
      while (steps.key() != null) {
        if (budget <= 0 && mayPause()) {
          pause();
          return;
        }
        budget -= work(steps.key(), watermark, budget);
      }
      if (!keysDone) {
        stepDone(watermark);
        keysDone = true;
      }
      while (hasMore(steps.isLaterWaiting())) {
        if (budget <= 0 && mayPause()) {
          pause();
          return;
        }
        budget -= sendMore(watermark, budget, steps.isLaterWaiting());
      }
      super.processWatermark(new Watermark(watermark));
      steps.stepDone();
      keysDone = false;
    }
  }

  /** Does so much of a key, or all of it; returns how much that was. */
  private int work(Map.Entry<Key, List<Event>> key, long watermark, int budget) throws Exception {
    int done = 0;
    backend().setCurrentKey(key.getKey());
    if (underWay == null) {
      NodeRow before = row(key.getKey());
      underWay = new UnderWay(before, apply(key.getKey(), before, key.getValue(), watermark));
      done++;
    }
    while (sendNext()) {
      if (++done >= budget && mayPause()) {
        return done;
      }
    }
    keep(key.getKey(), underWay.before(), underWay.handled());
    underWay = null;
    steps.keyDone();
    held.done(key.getKey());
    return done;
  }

  private void pause() {
    nextPiece =
        getProcessingTimeService()
            .registerTimer(
                getProcessingTimeService().getCurrentProcessingTime() + PAUSE_MS,
                time -> {
                  nextPiece = null;
                  work(piece);
                });
  }

  @Override
  public void finish() throws Exception {
    work(Integer.MAX_VALUE);
    super.finish();
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

  private void keep(Key key, NodeRow before, Handled handled) throws Exception {
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
            new ChangeReport(
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

  final void note(ControlMessage note) {
    output.collect(NOTES, new StreamRecord<>(note));
  }

  @Override
  public void close() throws Exception {
    if (nextTally != null) {
      nextTally.cancel(false);
    }
    if (nextPiece != null) {
      nextPiece.cancel(false);
    }
    super.close();
  }

  final KeyedStateBackend<Key> backend() {
    return getKeyedStateBackend();
  }
}
