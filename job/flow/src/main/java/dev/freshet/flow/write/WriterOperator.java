package dev.freshet.flow.write;

import dev.freshet.flow.JobDrivers;
import dev.freshet.flow.JobPlan;
import dev.freshet.flow.States;
import dev.freshet.flow.capture.Fingerprint;
import dev.freshet.flow.kafka.OutboundMessage;
import dev.freshet.flow.kafka.OutboundMessages;
import dev.freshet.flow.log.Backlog;
import dev.freshet.flow.log.ChangeReport;
import dev.freshet.flow.log.ControlMessage;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.log.Reads;
import dev.freshet.flow.log.Rebuild;
import dev.freshet.flow.log.RepairMark;
import dev.freshet.flow.log.UnroutableRow;
import dev.freshet.flow.log.ViewFault;
import dev.freshet.flow.log.WatermarkInfo;
import dev.freshet.flow.node.StepBuffer;
import dev.freshet.store.GroupRange;
import dev.freshet.store.StorePosition;
import dev.freshet.store.StoreTables;
import dev.freshet.telemetry.TelemetryOptions;
import dev.freshet.view.Key;
import dev.freshet.view.KeyGroups;
import dev.freshet.view.ViewPlan;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * The Flink operator of the writer: its inputs, state and timers. It writes the entry changes of
 * its key groups to the store, up to complete watermarks, together with the progress. A flush
 * follows its watermark immediately, but at least some milliseconds after the previous flush; under
 * load one flush therefore covers many watermarks.
 *
 * <p>{@link WriteBuffer} has the content of the next flush, {@link WriterKeys} the states of keys,
 * {@link KeyRepairs} the open repairs; {@link ProjectionStore} writes. {@link RebuildWrites} does
 * the writes of rebuilds besides flushes, and {@link StateMessages} sends the flushed states to
 * Kafka.
 *
 * <p>A checkpoint flushes everything up to the last complete watermark and stores the rest in keyed
 * state. A writer that has not completed its first flush clears its range and writes it again in
 * one transaction. If the checkpoint is older than the store, {@link ProjectionStore} reads the
 * store's progress when it opens, {@link WriteBuffer} merges replayed changes up to that progress,
 * and capture's {@code LogClock} emits a watermark at each progress value of the store. If the
 * store is older than the checkpoint, {@link dev.freshet.store.ProgressTable#takeOver} finds the
 * loss. A writer of an older attempt is fenced off and fails. The first flush also compares the
 * states of keys with those in the store, because injected events are not repeated at the same
 * version; doubtful keys are invalidated, and their repair is requested.
 *
 * <p>While the store takes no writes the task's thread blocks.
 */
public final class WriterOperator extends AbstractStreamOperator<Void>
    implements TwoInputStreamOperator<EntryChange, ControlMessage, Void> {
  private static final long serialVersionUID = 1L;

  /** The keys for which a writer requests a repair when it starts. */
  public enum StartRepairs {
    /** None, because there is no Kafka stream for requests. */
    NONE,
    /** The keys whose state in the store differs without an explanation. */
    DOUBTFUL,
    /** Those, and all invalid keys, because the retries that would make them valid are lost. */
    INVALID
  }

  /** Messages about changed states of keys and whole views, and repair requests. */
  public static final OutputTag<OutboundMessage> INVALIDATIONS =
      new OutputTag<>("invalidations", OutboundMessage.TYPE);

  /**
   * The minimum pause between two flushes in milliseconds; if a flush takes longer, the next pause
   * is as long as the flush, up to {@link #LONGEST_PAUSE}.
   */
  private static final long FLUSH_INTERVAL = 5;

  /** Milliseconds between two evictions of keys that were not read. */
  private static final long EVICTION_INTERVAL = 1000;

  /** The maximum pause between two flushes in milliseconds. */
  private static final long LONGEST_PAUSE = 100;

  private final JobPlan plan;
  private final String job;
  private final StoreOptions options;
  private final OutboundMessages outbound;
  private final StartRepairs startRepairs;
  private final List<StoreSchema.Registered> views;
  private final TelemetryOptions telemetry;
  private transient GroupRange range;
  private transient StepBuffer<EntryChange> held;
  private transient WriterKeys keys;
  private transient KeyRepairs repairs;
  private transient UnroutableRows unroutable;
  private transient ViewFaults faults;
  private transient List<GroupRange> unwritten;
  private transient List<StorePosition> positions;
  private transient ListState<String> jobState;
  private transient ListState<int[]> writtenState;
  private transient ListState<long[]> positionsState;
  private transient ListState<ControlMessage> unroutableState;
  private transient ListState<EntriesToDelete> entriesToDeleteState;
  private transient ListState<Key> toRewriteState;
  private transient ListState<ControlMessage> repairMarksState;
  private transient ListState<EntryChange> repairedState;
  private transient ProjectionStore store;
  private transient WriteBuffer pending;
  private transient RebuildWrites rebuild;
  private transient StateMessages messages;
  private transient FlushSpans spans;
  private transient boolean keysCompared;
  private transient long lastFlushEnd;
  private transient long pause;
  private transient ScheduledFuture<?> nextFlush;

  /**
   * Creates a writer.
   *
   * @param startRepairs the keys for which it requests a repair when it starts
   * @param views the views for creating the store again if its schema was dropped
   * @param telemetry where spans of flushes go
   */
  public WriterOperator(
      JobPlan plan,
      String job,
      StoreOptions options,
      OutboundMessages outbound,
      StartRepairs startRepairs,
      List<StoreSchema.Registered> views,
      TelemetryOptions telemetry) {
    this.telemetry = telemetry;
    this.startRepairs = startRepairs;
    this.views = List.copyOf(views);
    this.plan = plan;
    this.job = job;
    this.options = options;
    this.outbound = outbound;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    jobState = context.getOperatorStateStore().getUnionListState(States.JOB);
    for (String stored : jobState.get()) {
      requireSameJob(stored.split("\n", 2));
    }
    held =
        new StepBuffer<>(
            this.<Key>getKeyedStateBackend(),
            States.HELD_ENTRIES,
            EntryChange::key,
            EntryChange::version,
            Comparator.comparingLong(EntryChange::version));
    if (context.isRestored()) {
      held.restore();
    }
    KeyGroupRange assigned =
        KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
            groups(),
            getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks(),
            getRuntimeContext().getTaskInfo().getIndexOfThisSubtask());
    range = new GroupRange(assigned.getStartKeyGroup(), assigned.getEndKeyGroup());
    keys =
        new WriterKeys(
            plan,
            (double) range.size() / groups(),
            getKeyedStateBackend(),
            context.getKeyedStateStore().getMapState(States.POISONED_ENTRIES),
            context.getKeyedStateStore().getState(States.POPULATED));
    if (context.isRestored()) {
      keys.restore();
    }
    repairs = new KeyRepairs();
    writtenState = context.getOperatorStateStore().getUnionListState(States.WRITTEN);
    unwritten = unwritten(range, writtenState.get());
    unroutable = new UnroutableRows(range.first(), range.last());
    unroutableState = context.getOperatorStateStore().getUnionListState(States.UNROUTABLE);
    entriesToDeleteState =
        context.getOperatorStateStore().getUnionListState(States.ENTRIES_TO_DELETE);
    toRewriteState = context.getOperatorStateStore().getUnionListState(States.KEYS_TO_REWRITE);
    repairMarksState = context.getOperatorStateStore().getUnionListState(States.REPAIR_MARKS);
    repairedState = context.getOperatorStateStore().getUnionListState(States.REPAIRED_ENTRIES);
    restoreRepairs();
    unroutable.restore(unroutableState.get(), entriesToDeleteState.get());
    positionsState = context.getOperatorStateStore().getUnionListState(States.STORE_POSITIONS);
    positions = new ArrayList<>();
    for (long[] position : positionsState.get()) {
      positions.add(StorePosition.ofState(position));
    }
    for (int[] written : writtenState.get()) {
      // Positions of the same range, if there are any, take precedence.
      positions.add(StorePosition.ofUnknownStore(new GroupRange(written[0], written[1])));
    }
    faults = new ViewFaults();
  }

  /** Rejects the savepoint of another job before the store is accessed. */
  private void requireSameJob(String[] stored) {
    if (!stored[0].equals(job)) {
      throw new SuppressRestartsException(
          new IllegalStateException(
              ("Savepoint: it was made by the job %s, but this is the job %s; give a savepoint of"
                      + " this job, or submit without a savepoint")
                  .formatted(stored[0], job)));
    }
    if (!stored[1].equals(Fingerprint.of(plan))) {
      throw new SuppressRestartsException(
          new IllegalStateException(
              "Savepoint: it was made by other views, or other versions of them, than "
                  + plan.views().stream().map(ViewPlan::view).toList()
                  + "; submit them without a savepoint, as a new job"));
    }
  }

  private void restoreRepairs() throws Exception {
    List<RepairMark> marks = new ArrayList<>();
    for (ControlMessage message : repairMarksState.get()) {
      if (message instanceof RepairMark mark && isMine(mark.key())) {
        marks.add(mark);
      }
    }
    List<EntryChange> received = new ArrayList<>();
    for (EntryChange change : repairedState.get()) {
      if (isMine(change.key())) {
        received.add(change);
      }
    }
    repairs.restore(marks, received);
  }

  /** Returns the parts of a range that have never been written. */
  static List<GroupRange> unwritten(GroupRange range, Iterable<int[]> written) {
    BitSet open = new BitSet();
    open.set(range.first(), range.last() + 1);
    for (int[] part : written) {
      open.clear(part[0], part[1] + 1);
    }
    List<GroupRange> left = new ArrayList<>();
    for (int first = open.nextSetBit(0); first >= 0; ) {
      int end = open.nextClearBit(first);
      left.add(new GroupRange(first, end - 1));
      first = open.nextSetBit(end);
    }
    return left;
  }

  @Override
  public void open() throws Exception {
    super.open();
    JobDrivers.detach();
    store = Outage.outlast(options, this::openStore);
    store
        .loss()
        .ifPresent(
            loss ->
                LOG.error(
                    "Postgres {}: key groups {} to {}: {}. Their views are not served until they"
                        + " are rebuilt from the job's state, which starts automatically",
                    options,
                    range.first(),
                    range.last(),
                    loss));
    if (isFirst()) {
      Outage.outlast(options, () -> store.forgetCounts());
    }
    rebuild = new RebuildWrites(plan, options, store, isFirst(), this::now);
    messages =
        new StateMessages(
            outbound,
            this::now,
            faults.invalid(unroutable.views()),
            message -> output.collect(INVALIDATIONS, new StreamRecord<>(message)));
    spans = new FlushSpans(telemetry, job, range);
    pending = new WriteBuffer(store.progressAtOpen());
    for (Key key : toRewriteState.get()) {
      if (isMine(key)) {
        pending.rewriteAgain(plan.viewNamed(key), key);
      }
    }
    requireAllKeys();
    pause = FLUSH_INTERVAL;
    getMetricGroup().gauge("populatedKeys", () -> keys.populated());
    if (!keys.areAllKept()) {
      evict(0);
    }
    getMetricGroup().gauge("progress", () -> pending.complete());
    getMetricGroup().gauge("viewsNotServed", () -> rebuild.hidden().size());
    LOG.info(
        "Writer of key groups {} to {}: {}, stored progress {}",
        range.first(),
        range.last(),
        unwritten.isEmpty() ? "continues" : "first writes all entries of the ranges " + unwritten,
        store.progressAtOpen());
  }

  private ProjectionStore openStore() throws SQLException, ClassNotFoundException {
    try {
      return ProjectionStore.open(options, plan, job, range, groups(), positions);
    } catch (SQLException e) {
      if (!StoreTables.isMissing(e)) {
        throw e;
      }
      LOG.error("Postgres {}: its schema was dropped; the job creates it again", options);
      new StoreSchema(options).prepare(views, job, groups());
      return ProjectionStore.open(options, plan, job, range, groups(), positions);
    }
  }

  /**
   * Rejects a savepoint in which a view that is now eager was populated on read, because its state
   * lacks the other keys.
   */
  private void requireAllKeys() {
    for (int view = 0; view < plan.views().size(); view++) {
      if (!plan.views().get(view).options().onRead()
          && store.hadOnRead(view)
          && unwritten.isEmpty()) {
        throw new SuppressRestartsException(
            new IllegalStateException(
                ("View %s: it was populated on read when this savepoint was made and is eager now;"
                        + " submit the job without a savepoint, which fills the view from a snapshot")
                    .formatted(plan.views().get(view).view())));
      }
    }
  }

  @Override
  public void processElement1(StreamRecord<EntryChange> element) {
    held.add(element.getValue());
  }

  @Override
  public void processElement2(StreamRecord<ControlMessage> element) throws Exception {
    ControlMessage message = element.getValue();
    if (message instanceof WatermarkInfo mark) {
      pending.mark(mark);
      flushWhenQuiet();
    } else if (message instanceof UnroutableRow rows) {
      unroutable.add(rows);
    } else if (message instanceof ViewFault fault) {
      faults.add(fault);
    } else if (message instanceof ChangeReport report && isFirst()) {
      pending.report(report);
    } else if (message instanceof Backlog backlog && isFirst()) {
      pending.report(backlog);
    } else if (message instanceof RepairMark repair && isMine(repair.key())) {
      repairs.add(repair);
      KeyRepairs.Outcome repaired = repairs.step(List.of(), pending.complete());
      populate(repaired);
      keys.repair(repaired, pending);
      flushWhenQuiet();
    } else if (message instanceof Reads reads) {
      keys.read(reads, this::isMine, now());
    } else if (message instanceof Rebuild begun) {
      rebuild.add(begun);
    } else if (message instanceof Rebuild.Sent sent) {
      rebuild.add(sent);
    }
  }

  /** Removes the keys that were not read for too long, and schedules the next time. */
  private void evict(long time) throws Exception {
    long now = now();
    if (keysCompared) {
      keys.evict(now, pending);
      flushWhenQuiet();
    }
    var unused = getProcessingTimeService().registerTimer(now + EVICTION_INTERVAL, this::evict);
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    Map<Key, List<EntryChange>> step = held.take(mark.getTimestamp());
    step.keySet().forEach(held::done);
    KeyRepairs.Outcome repaired = repairs.step(step.values(), mark.getTimestamp());
    populate(repaired);
    List<List<EntryChange>> kept = step.values().stream().filter(this::isKept).toList();
    pending.step(kept, mark.getTimestamp());
    for (List<EntryChange> changes : kept) {
      for (EntryChange change : changes) {
        keys.apply(change, pending);
      }
    }
    keys.repair(repaired, pending);
    unroutable.step(mark.getTimestamp());
    faults.step(mark.getTimestamp());
    rebuild.step(mark.getTimestamp());
    flushWhenQuiet();
    super.processWatermark(mark);
  }

  /** Whether the store contains the key of these changes, which all have the same key. */
  private boolean isKept(List<EntryChange> changes) {
    return keys.has(changes.get(0).view(), changes.get(0).key());
  }

  private void populate(KeyRepairs.Outcome repaired) throws Exception {
    for (KeyRepairs.Done done : repaired.done()) {
      keys.populate(done, now(), pending);
    }
  }

  private boolean isMine(Key key) {
    return range.contains(KeyGroups.of(key, groups()));
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    flush();
    held.store(pending.copy());
    unroutableState.update(isFirst() ? unroutable.copy() : List.of());
    entriesToDeleteState.update(unroutable.entriesToDelete());
    repairMarksState.update(List.copyOf(repairs.marks()));
    repairedState.update(repairs.received());
    toRewriteState.update(List.copyOf(pending.rewritten().keySet()));
    jobState.update(List.of(job + "\n" + Fingerprint.of(plan)));
    positionsState.update(store.position().stream().map(StorePosition::toState).toList());
    writtenState.update(
        unwritten(range, unwritten.stream().map(WriterOperator::asWritten).toList()).stream()
            .map(WriterOperator::asWritten)
            .toList());
  }

  @Override
  public void finish() throws Exception {
    flush();
    super.finish();
  }

  @Override
  public void close() throws Exception {
    if (spans != null) {
      spans.close();
    }
    if (store != null) {
      store.close();
    }
    super.close();
  }

  private static int[] asWritten(GroupRange part) {
    return new int[] {part.first(), part.last()};
  }

  private boolean isFirst() {
    return getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0;
  }

  private int groups() {
    return getRuntimeContext().getTaskInfo().getMaxNumberOfParallelSubtasks();
  }

  private void flushWhenQuiet() throws Exception {
    if (!isDue() || nextFlush != null) {
      return;
    }
    if (now() - lastFlushEnd >= pause) {
      flush();
    } else {
      nextFlush =
          getProcessingTimeService()
              .registerTimer(
                  lastFlushEnd + pause,
                  time -> {
                    nextFlush = null;
                    flush();
                  });
    }
  }

  /**
   * After a restore the watermarks that are emitted again have no watermark info, so no flush can
   * follow them.
   */
  private boolean isDue() {
    return pending.isDue() && pending.hasMark();
  }

  private void flush() throws Exception {
    if (!isDue()) {
      return;
    }
    long begin = now();
    if (!keysCompared) {
      compareKeys();
      keysCompared = true;
    }
    Map<Key, KeyStates.Change> states = new LinkedHashMap<>(keys.states(rebuild.clear(), pending));
    pending.states().forEach(change -> states.put(change.key(), change));
    boolean removesFirst =
        !store.isMerged() || !unwritten.isEmpty() || !unroutable.entriesToDelete().isEmpty();
    Collection<EntryChange> changes =
        removesFirst ? pending.changes() : rebuild.writeAhead(pending);
    int entries = changes.size();
    rebuild.serveComplete();
    ProjectionStore.Flush flush =
        new ProjectionStore.Flush(
            changes,
            states.values(),
            pending.complete(),
            pending.lastMark(),
            faults.invalid(unroutable.views()),
            isFirst() ? faults.fresh() : List.of(),
            unroutable.entriesToDelete(),
            pending.rewritten(),
            pending.absent(),
            pending.reports(),
            pending.backlog(),
            rebuild.hiddenViews(),
            unwritten);
    Outage.outlast(options, () -> store.flush(flush));
    messages.flushed(pending);
    if (isFirst()) {
      messages.flushed(flush.invalid(), flush.mark().position());
    }
    pending.flushed();
    unroutable.flushed();
    faults.flushed();
    unwritten = List.of();
    rebuild.report();
    lastFlushEnd = now();
    spans.flushed(flush.mark(), entries, begin, lastFlushEnd);
    pause = Math.min(LONGEST_PAUSE, Math.max(FLUSH_INTERVAL, lastFlushEnd - begin));
  }

  /**
   * Corrects the store's key states that differ from this operator's state, with the first flush.
   */
  private void compareKeys() throws Exception {
    StoredKeys.Content stored = Outage.outlast(options, store::keys);
    List<Key> toRepair =
        keys.compare(stored, rebuild.hidden(), unwritten.isEmpty(), startRepairs, pending);
    toRepair.forEach(key -> messages.requestRepair(plan.viewNamed(key), key));
  }

  /** Milliseconds since the epoch. */
  private long now() {
    return getProcessingTimeService().getCurrentProcessingTime();
  }
}
