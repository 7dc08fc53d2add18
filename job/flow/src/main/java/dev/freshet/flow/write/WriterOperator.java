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
import dev.freshet.store.HiddenViews;
import dev.freshet.store.StorePosition;
import dev.freshet.store.StoreTables;
import dev.freshet.view.Key;
import dev.freshet.view.KeyGroups;
import dev.freshet.view.Reason;
import dev.freshet.view.ViewPlan;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Writes the deltas of its key groups to the store, whole watermarks only, together with the
 * progress they make. A flush follows its watermark at once when the last one is some milliseconds
 * ago, else as soon as it is; under load a flush therefore takes many watermarks together.
 *
 * <p>At a checkpoint everything whole is flushed, and what is not goes to keyed state. Recovery is
 * told in {@link WriteBuffer} and {@link ProjectionStore}: replayed deltas are folded up to the
 * stored progress; a writer that had not handed over clears its range and writes it anew in one
 * transaction; an older attempt is fenced off and fails. The first flush also compares the states
 * of keys with those in the store, as what was injected does not come again at the same place; keys
 * in doubt are invalidated and asked to be repaired. {@link PopulatedKeys} says which keys of views
 * populated on read are written at all.
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

  /** Milliseconds between two times that the store is told how far a rebuild is. */
  private static final long TELL_INTERVAL = 500;

  /** Changes in one transaction, of views that are not served. */
  private static final int MOST_CHANGES = 10_000;

  /** What waited for a flush of very many entries does not wait for as long again. */
  private static final long LONGEST_PAUSE = 100;

  private final JobPlan plan;
  private final String job;
  private final StoreOptions options;
  private final OutboundMessages letters;
  private final Asks asks;
  private final List<StoreSchema.Registered> views;
  private transient StepBuffer<EntryChange> held;
  private transient ListState<int[]> writtenState;
  private transient GroupRange range;
  private transient List<GroupRange> unwritten;
  private transient ProjectionStore store;
  private transient WriteBuffer pending;
  private transient MapState<Key, String> poisonedState;
  private transient ListState<ControlMessage> unplacedState;
  private transient ListState<EntriesToDelete> entriesToGoState;
  private transient ListState<Key> toRewriteState;
  private transient ListState<ControlMessage> repairMarksState;
  private transient ListState<EntryChange> repairedState;
  private transient KeyStates keys;
  private transient KeyRepairs repairs;
  private transient PopulatedKeys populated;
  private transient ValueState<Long> populatedState;
  private transient Map<Key, Integer> absent;
  private transient Map<Key, KeyStates.Change> changedKeys;
  private transient UnroutableRows unplaced;
  private transient Map<String, ChangeReport> tallies;
  private transient Optional<Backlog> backlog;
  private transient ViewFaults faults;
  private transient Map<Integer, Reason> viewsSaid;
  private transient ListState<String> jobState;
  private transient ListState<long[]> placesState;
  private transient List<StorePosition> places;
  private transient RangeRebuild rebuild;
  private transient Map<Integer, Rebuild.Sent> rebuildSent;
  private transient Set<Integer> rebuiltViews;
  private transient boolean rebuildTold;
  private transient long rebuildToldAt;
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
    keys = new KeyStates();
    repairs = new KeyRepairs();
    changedKeys = new LinkedHashMap<>();
    populated = new PopulatedKeys(plan);
    populatedState = context.getKeyedStateStore().getState(States.POPULATED);
    absent = new LinkedHashMap<>();
    tallies = new LinkedHashMap<>();
    backlog = Optional.empty();
    if (context.isRestored() && !populated.isIdle()) {
      Map<Key, Long> keys = new LinkedHashMap<>();
      this.<Key>getKeyedStateBackend()
          .applyToAllKeys(
              VoidNamespace.INSTANCE,
              VoidNamespaceSerializer.INSTANCE,
              States.POPULATED,
              (Key key, ValueState<Long> readAt) -> keys.put(key, readAt.value()));
      populated.restore(keys);
    }
    poisonedState = context.getKeyedStateStore().getMapState(States.POISONED_ENTRIES);
    if (context.isRestored()) {
      this.<Key>getKeyedStateBackend()
          .applyToAllKeys(
              VoidNamespace.INSTANCE,
              VoidNamespaceSerializer.INSTANCE,
              States.POISONED_ENTRIES,
              (Key key, MapState<Key, String> entries) -> {
                if (populated.has(plan.viewNamed(key), key)) {
                  for (Map.Entry<Key, String> entry : entries.entries()) {
                    keys.restore(key, entry.getKey(), Reason.of(entry.getValue()));
                  }
                }
              });
    }
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
    rebuildSent = new TreeMap<>();
    rebuiltViews = Set.of();
    faults = new ViewFaults();
    viewsSaid = faults.invalid(unplaced.views());
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
    rebuild = store.rebuildAtOpen();
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
      Outage.outlast(
          options,
          () -> {
            store.forgetCounts();
            return null;
          });
    }
    pending = new WriteBuffer(store.progressAtOpen());
    for (Key key : toRewriteState.get()) {
      if (isMine(key)) {
        pending.rewriteAgain(plan.viewNamed(key), key);
      }
    }
    requireAllKeys();
    pause = FLUSH_INTERVAL;
    getMetricGroup().gauge("populatedKeys", () -> populated.size());
    if (!populated.isIdle()) {
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
    } else if (note instanceof ChangeReport tally && isFirst()) {
      tallies.put(tally.operator() + '/' + tally.subtask() + '/' + tally.view(), tally);
    } else if (note instanceof Backlog waiting && isFirst()) {
      backlog = Optional.of(waiting);
    } else if (note instanceof RepairMark repair && isMine(repair.key())) {
      repairs.add(repair);
      KeyRepairs.Outcome repaired = repairs.step(List.of(), pending.complete());
      for (KeyRepairs.Done done : repaired.done()) {
        populate(done.mark());
      }
      repair(repaired);
      flushWhenQuiet();
    } else if (note instanceof Reads reads) {
      read(reads);
    } else if (note instanceof Rebuild begun) {
      rebuild.add(begun);
      rebuildSent.clear();
      rebuildTold = false;
    } else if (note instanceof Rebuild.Sent sent) {
      rebuild.add(sent);
      if (isFirst()) {
        rebuildSent.put(sent.subtask(), sent);
        rebuildTold = true;
      }
    }
  }

  private void read(Reads reads) throws Exception {
    long now = getProcessingTimeService().getCurrentProcessingTime();
    for (Key key : reads.keys()) {
      if (isMine(key) && populated.read(reads.view(), key, now)) {
        getKeyedStateBackend().setCurrentKey(key);
        populatedState.update(now);
      }
    }
  }

  /** Drops the keys that nobody read for too long, now and from time to time. */
  private void evict(long time) throws Exception {
    long now = getProcessingTimeService().getCurrentProcessingTime();
    if (keysCompared) {
      for (Map.Entry<Key, Integer> key : populated.evict(now).entrySet()) {
        drop(key.getValue(), key.getKey());
        pending.touch();
      }
      flushWhenQuiet();
    }
    var unused = getProcessingTimeService().registerTimer(now + EVICTION_INTERVAL, this::evict);
  }

  /** The store has the key no longer, whatever was to be written of it. */
  private void drop(int view, Key key) throws Exception {
    keys.forget(key);
    pending.forget(key);
    changedKeys.remove(key);
    absent.put(key, view);
    getKeyedStateBackend().setCurrentKey(key);
    poisonedState.clear();
    populatedState.clear();
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    Map<Key, List<EntryChange>> step = held.take(mark.getTimestamp());
    step.keySet().forEach(held::done);
    KeyRepairs.Outcome repaired = repairs.step(step.values(), mark.getTimestamp());
    for (KeyRepairs.Done done : repaired.done()) {
      populate(done.mark());
    }
    List<List<EntryChange>> kept = step.values().stream().filter(this::isKept).toList();
    pending.step(kept, mark.getTimestamp());
    for (List<EntryChange> changes : kept) {
      for (EntryChange change : changes) {
        judge(change);
      }
    }
    repair(repaired);
    unplaced.step(mark.getTimestamp());
    faults.step(mark.getTimestamp());
    rebuild.step(mark.getTimestamp());
    flushWhenQuiet();
    super.processWatermark(mark);
  }

  /** All that a step brings is of one key. */
  private boolean isKept(List<EntryChange> changes) {
    return populated.has(changes.get(0).view(), changes.get(0).key());
  }

  /** A key of a view populated on read is in the store from its first repair on. */
  private void populate(RepairMark done) throws Exception {
    long now = getProcessingTimeService().getCurrentProcessingTime();
    if (populated.populate(done.view(), done.key(), now)) {
      absent.remove(done.key());
      getKeyedStateBackend().setCurrentKey(done.key());
      populatedState.update(now);
    }
  }

  private boolean isMine(Key key) {
    return range.contains(KeyGroups.of(key, groups()));
  }

  private void repair(KeyRepairs.Outcome outcome) throws Exception {
    for (RepairMark mark : outcome.invalidated()) {
      if (populated.has(mark.view(), mark.key())) {
        invalidate(mark.view(), mark.key(), mark.version());
        pending.touch();
      }
    }
    for (KeyRepairs.Done done : outcome.done()) {
      Key key = done.mark().key();
      Map<Key, Reason> poisoned = done.poisoned();
      changedKeys.put(key, keys.repaired(done.mark().view(), key, poisoned, done.mark().version()));
      getKeyedStateBackend().setCurrentKey(key);
      poisonedState.clear();
      for (Map.Entry<Key, Reason> entry : poisoned.entrySet()) {
        poisonedState.put(entry.getKey(), entry.getValue().wireName());
      }
      pending.rewrite(done.mark().view(), key, done.mark().version(), done.said());
    }
  }

  private void invalidate(int view, Key key, long version) throws Exception {
    keys.invalidate(view, key, version)
        .ifPresent(changed -> changedKeys.put(changed.key(), changed));
    getKeyedStateBackend().setCurrentKey(key);
    poisonedState.put(KeyStates.ITSELF, Reason.INVALIDATED.wireName());
  }

  /** Keyed state is touched for keys alone that hold poison, or did. */
  private void judge(EntryChange change) throws Exception {
    boolean held = keys.entries(change.key()).containsKey(change.entry());
    keys.apply(change).ifPresent(changed -> changedKeys.put(changed.key(), changed));
    if (held || change.poison() != null) {
      getKeyedStateBackend().setCurrentKey(change.key());
      if (change.poison() == null) {
        poisonedState.remove(change.entry());
      } else {
        poisonedState.put(change.entry(), change.poison().wireName());
      }
    }
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
    long now = getProcessingTimeService().getCurrentProcessingTime();
    if (now - lastFlushEnd >= pause) {
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
    long begin = getProcessingTimeService().getCurrentProcessingTime();
    if (!keysCompared) {
      compareKeys();
      keysCompared = true;
    }
    Map<Key, KeyStates.Change> headers = clearForRebuild();
    headers.putAll(changedKeys);
    Collection<EntryChange> changes = writeAhead();
    if (rebuild.isComplete()) {
      rebuild.complete();
    }
    ProjectionStore.Flush flush =
        new ProjectionStore.Flush(
            changes,
            headers.values(),
            pending.complete(),
            pending.lastMark(),
            faults.invalid(unplaced.views()),
            isFirst() ? faults.fresh() : List.of(),
            unplaced.entriesToGo(),
            pending.rewritten(),
            absent,
            tallies.values(),
            backlog,
            hiddenViews(),
            unwritten);
    Outage.outlast(
        options,
        () -> {
          store.flush(flush);
          return null;
        });
    sayStates();
    pending.flushed();
    unplaced.flushed();
    faults.flushed();
    changedKeys.clear();
    absent.clear();
    tallies.clear();
    backlog = Optional.empty();
    unwritten = List.of();
    tellOfRebuild();
    lastFlushEnd = getProcessingTimeService().getCurrentProcessingTime();
    pause = Math.min(LONGEST_PAUSE, Math.max(FLUSH_INTERVAL, lastFlushEnd - begin));
  }

  /**
   * Removes what the store has of views whose rebuild begins.
   *
   * @return the states of their keys, which left with the rest
   */
  private Map<Key, KeyStates.Change> clearForRebuild() throws Exception {
    Map<Key, KeyStates.Change> headers = new LinkedHashMap<>();
    Set<Integer> views = rebuild.toClear();
    if (views.isEmpty()) {
      return headers;
    }
    HiddenViews hidden = hiddenViews();
    Outage.outlast(
        options,
        () -> {
          store.clear(views, hidden);
          return null;
        });
    rebuild.cleared();
    rebuiltViews = views;
    tellOfRebuild(0, 0);
    List<Key> noted = new ArrayList<>(keys.invalid());
    views.forEach(view -> noted.addAll(populated.keys(view)));
    for (Key key : noted) {
      int view = plan.viewNamed(key);
      if (views.contains(view)) {
        headers.put(key, new KeyStates.Change(view, key, keys.reasonOf(key), pending.complete()));
      }
    }
    return headers;
  }

  /**
   * Writes what is due of views that are not served, in transactions of their own, so that none is
   * very large.
   *
   * @return what is left to write
   */
  private Collection<EntryChange> writeAhead() throws Exception {
    Collection<EntryChange> due = pending.changes();
    boolean removesFirst =
        !store.isMerged()
            || !unwritten.isEmpty()
            || !unplaced.entriesToGo().isEmpty()
            || due.size() <= MOST_CHANGES;
    if (rebuild.hidden().isEmpty() || removesFirst) {
      return due;
    }
    List<EntryChange> rest = new ArrayList<>();
    List<EntryChange> piece = new ArrayList<>();
    for (EntryChange change : due) {
      if (!rebuild.hidden().contains(change.view())
          || pending.rewritten().containsKey(change.key())
          || absent.containsKey(change.key())) {
        rest.add(change);
      } else {
        piece.add(change);
        if (piece.size() == MOST_CHANGES) {
          writeAhead(piece);
          piece.clear();
        }
      }
    }
    rest.addAll(piece);
    return rest;
  }

  private void writeAhead(List<EntryChange> piece) throws Exception {
    HiddenViews hidden = hiddenViews();
    Outage.outlast(
        options,
        () -> {
          store.write(piece, hidden);
          return null;
        });
  }

  private HiddenViews hiddenViews() {
    Set<String> views = new TreeSet<>();
    rebuild.hidden().forEach(view -> views.add(plan.views().get(view).view()));
    return new HiddenViews(views, Optional.ofNullable(rebuild.reason()), rebuild.rebuilt());
  }

  private void tellOfRebuild() throws Exception {
    long now = getProcessingTimeService().getCurrentProcessingTime();
    if (rebuildTold && now - rebuildToldAt >= TELL_INTERVAL) {
      rebuildTold = false;
      tellOfRebuild(
          rebuildSent.values().stream().mapToLong(Rebuild.Sent::sent).sum(),
          rebuildSent.values().stream().mapToLong(Rebuild.Sent::total).sum());
    }
  }

  private void tellOfRebuild(long sent, long total) throws Exception {
    if (isFirst()) {
      rebuildToldAt = getProcessingTimeService().getCurrentProcessingTime();
      Outage.outlast(
          options,
          () -> {
            store.progressed(rebuiltViews, sent, total);
            return null;
          });
    }
  }

  /** After the store has them: whoever asks because of it sees what was said. */
  private void sayStates() {
    long place = pending.lastMark().place();
    Instant now = now();
    for (KeyStates.Change change : changedKeys.values()) {
      say(letters.of(change.view(), change.key(), change.reason(), place, now));
    }
    absent.forEach((key, view) -> say(letters.absent(view, key, place, now)));
    Map<Integer, Reason> views = faults.invalid(unplaced.views());
    if (isFirst() && !views.equals(viewsSaid)) {
      for (int view = 0; view < plan.views().size(); view++) {
        if (views.get(view) != viewsSaid.get(view)) {
          say(letters.of(view, null, views.get(view), place, now));
        }
      }
      viewsSaid = views;
    }
  }

  private Instant now() {
    return Instant.ofEpochMilli(getProcessingTimeService().getCurrentProcessingTime());
  }

  private void say(OutboundMessage letter) {
    output.collect(INVALIDATIONS, new StreamRecord<>(letter));
  }

  /** What the store says of keys, and the state does not, changes with the first flush. */
  private void compareKeys() throws Exception {
    ProjectionStore.Keys stored = Outage.outlast(options, store::keys);
    Set<Key> rewritten = pending.rewritten().keySet();
    for (Map.Entry<Key, Integer> key :
        populated.reconcile(stored.populated(), rewritten, rebuild.hidden()).entrySet()) {
      drop(key.getValue(), key.getKey());
    }
    Map<Key, Reason> invalid = new LinkedHashMap<>(stored.invalid());
    // What it says of views that are rebuilt goes, whatever it is.
    invalid.keySet().removeIf(key -> rebuild.hidden().contains(plan.viewNamed(key)));
    invalid.keySet().removeIf(key -> !populated.has(plan.viewNamed(key), key));
    if (asks == Asks.FOR_ALL_THAT_ARE_NOT_VALID) {
      for (Key key : keys.invalid()) {
        say(letters.repair(plan.viewNamed(key), key, now()));
      }
    }
    if (unwritten.isEmpty() && asks != Asks.NOTHING) {
      for (Key key : keys.doubtful(invalid, rewritten)) {
        invalidate(plan.viewNamed(key), key, pending.complete());
        say(letters.repair(plan.viewNamed(key), key, now()));
      }
    }
    Map<Key, Reason> different = keys.differences(invalid);
    for (Key key : rewritten) {
      if (!plan.views().get(plan.viewNamed(key)).options().onRead()) {
        continue;
      }
      different.put(key, keys.reasonOf(key));
    }
    different.forEach(
        (key, reason) ->
            changedKeys.put(
                key, new KeyStates.Change(plan.viewNamed(key), key, reason, pending.complete())));
  }
}
