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
import dev.freshet.view.Version;
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
 * The base of the nodes' operators: buffers events until the watermark, applies the whole step in
 * log order, emits the results, then forwards the watermark. Snapshot rows (version 0) are applied
 * at once. The events of a row are applied by version, then by order, so the last one wins; none is
 * dropped for being old.
 *
 * <p>A large step is done in pieces. Between the pieces, checkpoints can pass and new events are
 * buffered; see {@link Steps}. A row's new state is stored after all its results were emitted.
 *
 * <p>A failed row is marked in state and emitted to {@link #FAILURES}. Reports about how many
 * changes ended in which way are emitted to {@link #CONTROL_MESSAGES}.
 *
 * <p>Runs in the task's thread. A restore brings back the events that were buffered at the
 * checkpoint.
 */
public abstract class NodeOperator<T> extends AbstractStreamOperator<T>
    implements OneInputStreamOperator<Event, T> {
  private static final long serialVersionUID = 1L;

  /** Rows that could not be handled, and rows that are no longer dead. */
  public static final OutputTag<Failure> FAILURES =
      new OutputTag<>("failures", FailureTypeInfo.INSTANCE);

  /** Messages to all writers. */
  public static final OutputTag<ControlMessage> CONTROL_MESSAGES =
      new OutputTag<>("notes", ControlMessageTypeInfo.INSTANCE);

  private static final Comparator<Event> LOG_ORDER =
      Comparator.comparingLong(Event::version).thenComparingLong(Event::order);
  private static final long REPORT_INTERVAL_MS = 1000;

  /**
   * The number of keys applied and parts sent between two pauses, which takes some tens of
   * milliseconds.
   */
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
  private transient ChangeCounter[] counts;
  private transient long[][] reported;
  private transient Random jitter;
  private transient ScheduledFuture<?> nextReport;

  NodeOperator(JobPlan plan, Handling handling, String uid) {
    this.plan = plan;
    this.handling = handling;
    this.uid = uid;
  }

  /** A row that was applied, but not all of whose results were emitted yet. */
  private record UnderWay(NodeRow before, Handled handled) {}

  /**
   * Sets the size of the pieces, for tests.
   *
   * @param most the number of keys applied and parts sent between two pauses
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

  /** Applies a key's events of a step; the key is the state backend's current key. */
  abstract Handled apply(Key key, NodeRow before, List<Event> events, long version)
      throws Exception;

  /** Emits one more result of the key that was applied last; returns false if all were emitted. */
  boolean sendNext() {
    return false;
  }

  /** Whether checkpoints are allowed within the current step. */
  boolean mayPause() {
    return true;
  }

  /** Called after all keys of a step were applied. */
  void stepDone(long watermark) throws Exception {}

  /**
   * Whether there is more to emit under the watermark of the current step, besides the results of
   * its keys.
   *
   * @param laterWaits whether anything but a rebuild waits for the watermarks that follow
   */
  boolean hasMore(boolean laterWaits) {
    return false;
  }

  /** Emits at most {@code most} of it; returns how many. */
  int sendMore(long watermark, int most, boolean laterWaits) throws Exception {
    return 0;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    rows = context.getKeyedStateStore().getState(States.ROW);
    held = new StepBuffer<>(backend(), States.HELD_EVENTS, Event::key, Event::version, LOG_ORDER);
    counts = new ChangeCounter[plan.views().size()];
    Arrays.setAll(counts, view -> new ChangeCounter());
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
    reported = new long[counts.length][];
    jitter = new Random();
    reportCounts();
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
        // One more subscriber.
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

  /**
   * Does at most {@code most} units of work on the waiting steps; if more is left, pauses and
   * continues later.
   */
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
      while (hasMore(laterWaits(watermark))) {
        if (budget <= 0 && mayPause()) {
          pause();
          return;
        }
        budget -= sendMore(watermark, budget, laterWaits(watermark));
      }
      super.processWatermark(new Watermark(watermark));
      steps.stepDone();
      keysDone = false;
    }
  }

  /**
   * Whether the current step must end soon: a change waits for its watermark, or the source has
   * written on. Injected watermarks, which lie directly after a transaction, can wait, because a
   * rebuild of a silent source has only few of them.
   */
  private boolean laterWaits(long watermark) {
    return steps.last() - watermark >= Version.GAP || (steps.last() > watermark && !held.isEmpty());
  }

  /** Does a key's work within a budget; returns how much of the budget it used. */
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

  /** Stores a row that changed without an event: the hand-over found its entry unusable. */
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

  private void reportCounts() {
    for (int view = 0; view < counts.length; view++) {
      long[] now = counts[view].toState();
      if (!Arrays.equals(now, reported[view])) {
        reported[view] = now;
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
    nextReport =
        getProcessingTimeService()
            .registerTimer(
                getProcessingTimeService().getCurrentProcessingTime() + REPORT_INTERVAL_MS,
                time -> reportCounts());
  }

  final void note(ControlMessage note) {
    output.collect(CONTROL_MESSAGES, new StreamRecord<>(note));
  }

  @Override
  public void close() throws Exception {
    if (nextReport != null) {
      nextReport.cancel(false);
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
