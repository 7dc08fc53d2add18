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
 * The writer's frame in Flink: its inputs, its state and its timers. It writes the deltas of its
 * key groups to the store, whole watermarks only, together with the progress they make. A flush
 * follows its watermark at once when the last one is some milliseconds ago, else as soon as it is;
 * under load a flush therefore takes many watermarks together.
 *
 * <p>{@link WriteBuffer} holds what the next flush writes, {@link WriterKeys} what is known of
 * keys, {@link KeyRepairs} what is repaired; {@link ProjectionStore} writes. {@link RebuildWrites}
 * does what a rebuild needs beyond flushes, and {@link StateMessages} tells Kafka what was flushed.
 *
 * <p>At a checkpoint everything whole is flushed, and what is not goes to keyed state. After a
 * restore, replayed deltas are folded up to the stored progress; a writer that had not handed over
 * clears its range and writes it anew in one transaction; an older attempt is fenced off and fails.
 * The first flush also compares the states of keys with those in the store, as what was injected
 * does not come again at the same place; keys in doubt are invalidated and asked to be repaired.
 *
 * <p>A store that takes no writes is waited for, in the task's thread.
 */
public final class WriterOperator extends AbstractStreamOperator<Void>
    implements TwoInputStreamOperator<EntryChange, ControlMessage, Void> {
  private static final long serialVersionUID = 1L;

  /** Which keys are to be repaired when a writer begins. */
  public enum Asks {
    /** None: nobody hears it. */
    NOTHING,
    /** Those whose state in the store nobody can explain. */
    FOR_KEYS_IN_DOUBT,
    /** Those too that are not valid: nothing that would make them so will be tried again. */
    FOR_ALL_THAT_ARE_NOT_VALID
  }

  /** Says whenever the state of a key, or of a whole view, changed in the store. */
  public static final OutputTag<OutboundMessage> INVALIDATIONS =
      new OutputTag<>("invalidations", OutboundMessage.TYPE);

  /** Milliseconds between two flushes; longer when a flush itself takes longer, up to a limit. */
  private static final long FLUSH_INTERVAL = 5;

  /** Milliseconds between two looks for keys that nobody reads. */
  private static final long EVICTION_INTERVAL = 1000;

  /** What waited for a flush of very many entries does not wait for as long again. */
  private static final long LONGEST_PAUSE = 100;

  private final JobPlan plan;
  private final String job;
  private final StoreOptions options;
  private final OutboundMessages letters;
  private final Asks asks;
  private final List<StoreSchema.Registered> views;
  private transient GroupRange range;
  private transient StepBuffer<EntryChange> held;
  private transient WriterKeys keys;
  private transient KeyRepairs repairs;
  private transient UnroutableRows unplaced;
  private transient ViewFaults faults;
  private transient List<GroupRange> unwritten;
  private transient List<StorePosition> places;
  private transient ListState<String> jobState;
  private transient ListState<int[]> writtenState;
  private transient ListState<long[]> placesState;
  private transient ListState<ControlMessage> unplacedState;
  private transient ListState<EntriesToDelete> entriesToGoState;
  private transient ListState<Key> toRewriteState;
  private transient ListState<ControlMessage> repairMarksState;
  private transient ListState<EntryChange> repairedState;
  private transient ProjectionStore store;
  private transient WriteBuffer pending;
  private transient RebuildWrites rebuild;
  private transient StateMessages messages;
  private transient boolean keysCompared;
  private transient long lastFlushEnd;
  private transient long pause;
  private transient ScheduledFuture<?> nextFlush;

  /**
   * A writer.
   *
   * @param asks which keys it asks to be repaired when it begins
   * @param views what the store is made from, when its schema is gone
   */
  public WriterOperator(
      JobPlan plan,
      String job,
      StoreOptions options,
      OutboundMessages letters,
      Asks asks,
      List<StoreSchema.Registered> views) {
    this.asks = asks;
    this.views = List.copyOf(views);
    this.plan = plan;
    this.job = job;
    this.options = options;
    this.letters = letters;
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
            getKeyedStateBackend(),
            context.getKeyedStateStore().getMapState(States.POISONED_ENTRIES),
            context.getKeyedStateStore().getState(States.POPULATED));
    if (context.isRestored()) {
      keys.restore();
    }
    repairs = new KeyRepairs();
    writtenState = context.getOperatorStateStore().getUnionListState(States.WRITTEN);
    unwritten = unwritten(range, writtenState.get());
    unplaced = new UnroutableRows(range.first(), range.last());
    unplacedState = context.getOperatorStateStore().getUnionListState(States.UNPLACED);
    entriesToGoState = context.getOperatorStateStore().getUnionListState(States.ENTRIES_TO_GO);
    toRewriteState = context.getOperatorStateStore().getUnionListState(States.KEYS_TO_REWRITE);
    repairMarksState = context.getOperatorStateStore().getUnionListState(States.REPAIR_MARKS);
    repairedState = context.getOperatorStateStore().getUnionListState(States.REPAIRED_ENTRIES);
    restoreRepairs();
    unplaced.restore(unplacedState.get(), entriesToGoState.get());
    placesState = context.getOperatorStateStore().getUnionListState(States.STORE_PLACES);
    places = new ArrayList<>();
    for (long[] place : placesState.get()) {
      places.add(StorePosition.ofState(place));
    }
    for (int[] written : writtenState.get()) {
      // The places of the same range say more, if there are any.
      places.add(StorePosition.ofUnknownStore(new GroupRange(written[0], written[1])));
    }
    faults = new ViewFaults();
  }

  /** Before the store is touched: what another job left is not to be rebuilt into it. */
  private void requireSameJob(String[] stored) {
    if (!stored[0].equals(job)) {
      throw new SuppressRestartsException(
          new IllegalStateException(
              ("Savepoint: it was made by the job %s, and this is the job %s; name one of this"
                      + " job, or submit without a savepoint")
                  .formatted(stored[0], job)));
    }
    if (!stored[1].equals(Fingerprint.of(plan))) {
      throw new SuppressRestartsException(
          new IllegalStateException(
              "Savepoint: it was made by others than the views "
                  + plan.views().stream().map(ViewPlan::view).toList()
                  + " as they are now; submit them without a savepoint, as a new job"));
    }
  }

  private void restoreRepairs() throws Exception {
    List<RepairMark> marks = new ArrayList<>();
    for (ControlMessage note : repairMarksState.get()) {
      if (note instanceof RepairMark mark && isMine(mark.key())) {
        marks.add(mark);
      }
    }
    List<EntryChange> said = new ArrayList<>();
    for (EntryChange change : repairedState.get()) {
      if (isMine(change.key())) {
        said.add(change);
      }
    }
    repairs.restore(marks, said);
  }

  /** What is left of a range without the groups that were written once. */
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
                    "Postgres {}: of key groups {} to {} {}. Their views are not served until they"
                        + " are rebuilt from the job's state, which begins by itself",
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
            letters,
            this::now,
            faults.invalid(unplaced.views()),
            message -> output.collect(INVALIDATIONS, new StreamRecord<>(message)));
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
        unwritten.isEmpty() ? "goes on" : "writes anew " + unwritten,
        store.progressAtOpen());
  }

  private ProjectionStore openStore() throws SQLException, ClassNotFoundException {
    try {
      return ProjectionStore.open(options, plan, job, range, groups(), places);
    } catch (SQLException e) {
      if (!StoreTables.isMissing(e)) {
        throw e;
      }
      LOG.error("Postgres {}: its schema is gone and is made again", options);
      new StoreSchema(options).prepare(views, job, groups());
      return ProjectionStore.open(options, plan, job, range, groups(), places);
    }
  }

  /** What the state of a view populated on read left out nobody can say again. */
  private void requireAllKeys() {
    for (int view = 0; view < plan.views().size(); view++) {
      if (!plan.views().get(view).options().onRead()
          && store.hadOnRead(view)
          && unwritten.isEmpty()) {
        throw new SuppressRestartsException(
            new IllegalStateException(
                ("View %s: it was populated on read when this savepoint was made and is eager now;"
                        + " submit the job without a savepoint, which fills the view anew")
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
    ControlMessage note = element.getValue();
    if (note instanceof WatermarkInfo mark) {
      pending.mark(mark);
      flushWhenQuiet();
    } else if (note instanceof UnroutableRow rows) {
      unplaced.add(rows);
    } else if (note instanceof ViewFault fault) {
      faults.add(fault);
    } else if (note instanceof ChangeReport report && isFirst()) {
      pending.report(report);
    } else if (note instanceof Backlog backlog && isFirst()) {
      pending.report(backlog);
    } else if (note instanceof RepairMark repair && isMine(repair.key())) {
      repairs.add(repair);
      KeyRepairs.Outcome repaired = repairs.step(List.of(), pending.complete());
      populate(repaired);
      keys.repair(repaired, pending);
      flushWhenQuiet();
    } else if (note instanceof Reads reads) {
      keys.read(reads, this::isMine, now());
    } else if (note instanceof Rebuild begun) {
      rebuild.add(begun);
    } else if (note instanceof Rebuild.Sent sent) {
      rebuild.add(sent);
    }
  }

  /** Drops the keys that nobody read for too long, now and from time to time. */
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
    unplaced.step(mark.getTimestamp());
    faults.step(mark.getTimestamp());
    rebuild.step(mark.getTimestamp());
    flushWhenQuiet();
    super.processWatermark(mark);
  }

  /** All that a step brings is of one key. */
  private boolean isKept(List<EntryChange> changes) {
    return keys.has(changes.get(0).view(), changes.get(0).key());
  }

  private void populate(KeyRepairs.Outcome repaired) throws Exception {
    for (KeyRepairs.Done done : repaired.done()) {
      keys.populate(done.mark(), now(), pending);
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
    unplacedState.update(isFirst() ? unplaced.copy() : List.of());
    entriesToGoState.update(unplaced.entriesToGo());
    repairMarksState.update(List.copyOf(repairs.marks()));
    repairedState.update(repairs.said());
    toRewriteState.update(List.copyOf(pending.rewritten().keySet()));
    jobState.update(List.of(job + "\n" + Fingerprint.of(plan)));
    placesState.update(store.place().stream().map(StorePosition::toState).toList());
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
   * After a restore the watermarks that come again have no marks: what is known of them is gone.
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
        !store.isMerged() || !unwritten.isEmpty() || !unplaced.entriesToGo().isEmpty();
    Collection<EntryChange> changes =
        removesFirst ? pending.changes() : rebuild.writeAhead(pending);
    rebuild.serveComplete();
    ProjectionStore.Flush flush =
        new ProjectionStore.Flush(
            changes,
            states.values(),
            pending.complete(),
            pending.lastMark(),
            faults.invalid(unplaced.views()),
            isFirst() ? faults.fresh() : List.of(),
            unplaced.entriesToGo(),
            pending.rewritten(),
            pending.absent(),
            pending.reports(),
            pending.backlog(),
            rebuild.hiddenViews(),
            unwritten);
    Outage.outlast(options, () -> store.flush(flush));
    messages.flushed(pending);
    if (isFirst()) {
      messages.flushed(flush.invalid(), flush.mark().place());
    }
    pending.flushed();
    unplaced.flushed();
    faults.flushed();
    unwritten = List.of();
    rebuild.report();
    lastFlushEnd = now();
    pause = Math.min(LONGEST_PAUSE, Math.max(FLUSH_INTERVAL, lastFlushEnd - begin));
  }

  /** What the store says of keys, and the state does not, changes with the first flush. */
  private void compareKeys() throws Exception {
    StoredKeys.Content stored = Outage.outlast(options, store::keys);
    List<Key> toRepair = keys.compare(stored, rebuild.hidden(), unwritten.isEmpty(), asks, pending);
    toRepair.forEach(key -> messages.requestRepair(plan.viewNamed(key), key));
  }

  /** Milliseconds of the wall clock. */
  private long now() {
    return getProcessingTimeService().getCurrentProcessingTime();
  }
}
