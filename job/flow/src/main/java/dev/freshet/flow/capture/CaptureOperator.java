package dev.freshet.flow.capture;

import dev.freshet.flow.JobDrivers;
import dev.freshet.flow.JobPlan;
import dev.freshet.flow.States;
import dev.freshet.flow.Uids;
import dev.freshet.flow.log.Backlog;
import dev.freshet.flow.log.ChangeReport;
import dev.freshet.flow.log.ControlMessage;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.Reads;
import dev.freshet.flow.log.Rebuild;
import dev.freshet.flow.log.RepairMark;
import dev.freshet.flow.log.ViewFault;
import dev.freshet.flow.log.WatermarkInfo;
import dev.freshet.view.Key;
import dev.freshet.view.Version;
import dev.freshet.view.gtid.GtidSet;
import dev.freshet.view.stream.KeysRead;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorV2;
import org.apache.flink.streaming.api.operators.Input;
import org.apache.flink.streaming.api.operators.MultipleInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.function.ThrowingConsumer;

/**
 * Feeds what the source tells to {@link LogClock}, {@link Derivation} and {@link FreshnessTracker}
 * and sends what they make of it: events, watermarks, and a {@link WatermarkInfo} before each
 * watermark and whenever a newer time was confirmed. What Kafka tells goes to {@link RetryQueue}
 * and {@link Repairs}, and from there between transactions into the log.
 *
 * <p>A view that cannot follow the source any longer is told nothing more; why is told to the
 * writers, again whenever capture starts.
 *
 * <p>Answers of another server than the one whose binlog is read do not count. Where the source
 * moves to another server, {@link FailoverBarrier} says from when on its transactions take effect.
 *
 * <p>Its state is one {@link CaptureState}. Restored with other views it refuses to start. No
 * watermark but its own passes. Messages that nobody understands are logged and passed over.
 */
final class CaptureOperator extends AbstractStreamOperatorV2<Event>
    implements MultipleInputStreamOperator<Event> {
  private static final int LOG_INPUT = 1;
  private static final int WISHES_INPUT = 2;
  private static final long NOTES_INTERVAL_MS = 1000;

  /** Notes between two looks at how far the store is. */
  private static final int NOTES_A_LOOK = 5;

  /** Places after a transaction that are used at once; for the others one waits. */
  private static final int SPARED = 40;

  private final Capture.Setting setting;
  private final MailboxExecutor mailbox;
  private final JobPlan plan;
  private final LogClock clock = new LogClock();
  private final Derivation derivation;
  private final ViewFaults faults = new ViewFaults();
  private final FreshnessTracker confirmations = new FreshnessTracker();
  private final FailoverBarrier crossing = new FailoverBarrier();
  private final RetryQueue wishes;
  private final Repairs repairs;
  private final Rebuilds rebuilds;
  private final String views;
  private final StreamRecord<Event> reused = new StreamRecord<>(null);
  private final StreamRecord<ControlMessage> note = new StreamRecord<>(null);
  private long storeAtOpen = Version.NONE;
  private boolean asksStore;
  private boolean asksRebuilds;
  private int looks;
  private long[] told;
  private Backlog toldBacklog = Backlog.NONE;
  private ListState<byte[]> stored;
  private LogClock.State restored;
  private volatile Captured.Server server;
  private ExecutedGtids questions;
  private RowReads reads;
  private long injectedAt;
  private long wakesAt = Long.MAX_VALUE;
  private ScheduledFuture<?> nextLook;
  private ScheduledFuture<?> nextNotes;

  CaptureOperator(StreamOperatorParameters<Event> parameters, Capture.Setting setting) {
    super(parameters, setting.hasWishes() ? WISHES_INPUT : LOG_INPUT);
    this.setting = setting;
    this.mailbox = parameters.getMailboxExecutor();
    this.plan = setting.tables().plan();
    this.derivation = new Derivation(setting.tables());
    this.wishes = new RetryQueue(plan);
    this.repairs = new Repairs(plan);
    this.rebuilds = new Rebuilds(plan, setting.keyGroups());
    this.views = Fingerprint.of(plan);
    this.told = derivation.unaffected();
  }

  @Override
  @SuppressWarnings("rawtypes") // as the interface has it
  public List<Input> getInputs() {
    Input log = new Silent<Captured>(this::captured);
    return setting.hasWishes() ? List.of(log, new Silent<byte[]>(this::wished)) : List.of(log);
  }

  /**
   * An input whose watermarks say nothing of transactions, the final ones included; capture is
   * never idle: what it knows it says by watermarks.
   */
  private record Silent<T>(ThrowingConsumer<T, Exception> consumer) implements Input<T> {
    @Override
    public void processElement(StreamRecord<T> element) throws Exception {
      consumer.accept(element.getValue());
    }

    @Override
    public void processWatermark(Watermark watermark) {}

    @Override
    public void processWatermarkStatus(WatermarkStatus status) {}

    @Override
    public void processLatencyMarker(LatencyMarker marker) {}

    /** Capture has no keyed state. */
    @Override
    public void setKeyContextElement(StreamRecord<T> element) {}
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    stored = context.getOperatorStateStore().getListState(States.CAPTURE);
    for (byte[] bytes : stored.get()) {
      restore(CaptureState.fromBytes(bytes));
    }
  }

  private void restore(CaptureState state) {
    if (!state.views().equals(views)) {
      throw new SourceFault(
          "Views: the savepoint was made by others than "
              + plan.views().stream().map(view -> view.view()).toList()
              + " as they are now; submit them without a savepoint, as a new job");
    }
    restored = state.clock();
    confirmations.restore(state.asOf());
    derivation.restore(state.unaffected());
    state.faults().forEach(faults::add);
    state.waiting().forEach(this::wish);
  }

  @Override
  public void open() throws Exception {
    super.open();
    JobDrivers.detach();
    long last = restored == null ? Version.NONE : restored.watermark();
    List<Long> stored = setting.progress().above(Version.NONE);
    clock.stopAt(stored.stream().filter(version -> version > last).toList());
    storeAtOpen = stored.stream().mapToLong(Long::longValue).max().orElse(Version.NONE);
    mailbox.execute(this::resume, "restored watermark");
    questions = new ExecutedGtids(setting.source(), this::executed);
    questions.start();
    reads = new RowReads(plan, setting.source(), setting.progress(), setting.handling());
    faults.all().forEach(this::tell);
    note(0);
  }

  /** Sends the restored watermark, before anything else. */
  private void resume() {
    if (restored != null) {
      LogClock.State state = restored;
      restored = null;
      clock.restore(state, version -> output.emitWatermark(new Watermark(version)), this::leave);
    }
  }

  private void captured(Captured captured) throws Exception {
    resume();
    if (captured instanceof Captured.Change change) {
      clock.change(change.version(), this::leave);
      derivation.derive(change, faults, clock::nextOrder, this::send);
    } else if (captured instanceof Captured.LostView lost) {
      lose(new ViewFault(lost.view(), lost.reason(), lost.version(), lost.message()));
    } else if (captured instanceof Captured.Boundary boundary) {
      crossing.told(boundary).ifPresent(this::complete);
    } else if (captured instanceof Captured.BatchEnd) {
      clock.batchEnd(this::leave);
      fulfil();
    } else if (captured instanceof Captured.SnapshotDone done) {
      clock.snapshotDone(done.highest());
    } else if (captured instanceof Captured.Server next) {
      meet(next);
    }
  }

  private void complete(Captured.Boundary boundary) {
    clock.boundary(boundary.version(), boundary.gtids(), this::leave);
  }

  /** What follows comes from this server. */
  private void meet(Captured.Server next) throws Exception {
    long first = Version.of(next.epoch(), 0, 0);
    if (clock.watermark() == 0 && next.epoch() > 0) {
      throw SourceServer.movedInSnapshot();
    }
    requireStoreBelow(next.moved() ? next.epoch() : next.epoch() + 1);
    boolean known = server != null && server.epoch() == next.epoch();
    if (!known && clock.watermark() > 0 && clock.watermark() < first) {
      List<String> ahead = List.of();
      if (clock.stopsBelow(first)) {
        ahead = setting.progress().gtidsBetween(clock.watermark(), first);
        clock.forgetStopsBelow(first);
      }
      crossing.begin(ahead, next.moved() && config.isCheckpointingEnabled());
      requireExecuted(next, crossing.ahead());
    }
    if (server != null && !server.id().equals(next.id())) {
      confirmations.forgetAnswers();
      long now = getProcessingTimeService().getCurrentProcessingTime();
      // What the server before answered may hold what this one never had.
      if (wishes.watches()) {
        wishes.unanswered(now);
      }
      if (repairs.watches()) {
        repairs.unanswered(now);
      }
    }
    confirmations.had(next.executed());
    server = next;
  }

  /** No checkpoint is older than the store's epoch but one that was chosen by hand. */
  private void requireStoreBelow(int epoch) {
    if (epoch <= Version.MAX_EPOCH && clock.stopsFrom(Version.of(epoch, 0, 0))) {
      throw new SourceFault(
          "Source: the store was filled from a server that the source moved to after this"
              + " savepoint; resume from a newer one, or submit the job anew");
    }
  }

  private void requireExecuted(Captured.Server next, List<GtidSet> ahead) {
    GtidSet executed = GtidSet.parse(next.executed());
    for (GtidSet gtids : ahead) {
      if (!executed.contains(gtids)) {
        throw new SourceFault(
            "Source "
                + setting.source().host()
                + ":"
                + setting.source().port()
                + ": it is another server now ("
                + next.id()
                + "), which lacks transactions that the store holds: it has "
                + ServerAnswer.shown(next.executed())
                + ", the store "
                + ServerAnswer.shown(gtids.toString())
                + "; fail over to a server that has them, or submit the job anew");
      }
    }
  }

  private void lose(ViewFault fault) {
    if (faults.add(fault)) {
      LOG.error(
          "View {} is INVALID from {} on. {}",
          plan.views().get(fault.view()).view(),
          Version.print(fault.version()),
          fault.message());
      tell(fault);
    }
  }

  private void send(Event event) {
    if (event instanceof Event.RowChange change) {
      if (wishes.watches()) {
        wishes.changed(event.key());
      }
      if (repairs.watches()) {
        repairs.changed(change);
      }
    }
    output.collect(reused.replace(event));
  }

  private void wished(byte[] message) {
    resume();
    wish(message);
    fulfil();
  }

  private void wish(byte[] message) {
    try {
      byte[] ofKey = RetryRequest.ofKey(message);
      byte[] ofReads = RetryRequest.ofReads(message);
      if (ofKey != null) {
        Repair.parse(message, ofKey, setting.job(), plan).ifPresent(this::add);
      } else if (ofReads != null) {
        Reads.parse(KeysRead.read(ofReads), setting.job(), plan).ifPresent(this::tell);
      } else {
        RetryRequest.parse(message, setting.job(), plan).ifPresent(wishes::add);
      }
    } catch (RuntimeException e) {
      LOG.warn("A message is passed over, as nobody understands it: {}", e.getMessage());
    }
  }

  private void add(Repair repair) {
    boolean onRead = plan.views().get(repair.view()).options().onRead();
    if (repair.populate() && (!onRead || faults.has(repair.view()))) {
      return;
    }
    if (faults.has(repair.view())) {
      LOG.warn(
          "View {}: {} is not repaired, as the whole view is INVALID; build it anew",
          plan.views().get(repair.view()).view(),
          repair.target());
    } else if (!repairs.add(repair)) {
      LOG.warn(
          "View {}: the repair of {} is not taken, as {} wait already; ask for it later",
          plan.views().get(repair.view()).view(),
          repair.target(),
          Repairs.MOST_WAITING);
    }
  }

  /** Reads and injects what is due, and looks again when more will be. */
  private void fulfil() {
    if (server == null || !crossing.isOver()) {
      return;
    }
    long now = getProcessingTimeService().getCurrentProcessingTime();
    if (clock.watermark() > 0) {
      repairs.invalidated(clock.watermark()).forEach(this::tell);
    }
    long version = clock.injectAt();
    if (version > 0 && now >= injectedAt + pause(clock.injected())) {
      inject(now, version);
    }
    rebuild(now);
    if (clock.injectAt() > 0) {
      beginRepairs(now);
      beginReads(now);
      long due = Math.min(wishes.nextDue(), repairs.nextDue());
      if (due != Long.MAX_VALUE) {
        wakeAt(Math.max(due, injectedAt + pause(clock.injected())), now);
      } else if (repairs.isDue(clock.place()) || wishes.isDue(now, clock.place())) {
        wakeAt(injectedAt + pause(clock.injected()), now);
      }
    }
    // Otherwise the binlog has to go on first, and with it comes the next look.
  }

  /** While the source is silent the nodes need watermarks to send the entries under. */
  private void rebuild(long now) {
    long version = clock.injectAt();
    if (version == 0 || now < injectedAt + pause(clock.injected())) {
      return;
    }
    // Before, writers could not write what the nodes send, and would have all of it in memory.
    if (rebuilds.isDue() && clock.watermark() >= storeAtOpen) {
      Rebuild begun = rebuilds.begin(version);
      LOG.info("{}: the nodes send all entries again", begun);
      tell(begun);
      rebuilds.events().forEach(this::send);
      clock.injected(this::leave);
      injectedAt = now;
    } else if (mayPace() && now >= injectedAt + Rebuilds.PACE_MS) {
      clock.injected(this::leave);
      injectedAt = now;
    }
    if (mayPace()) {
      wakeAt(injectedAt + Math.max(Rebuilds.PACE_MS, pause(clock.injected())), now);
    }
  }

  /** The last of the free places are for what was asked for or failed. */
  private boolean mayPace() {
    return rebuilds.isRunning() && clock.injected() < SPARED;
  }

  private void inject(long now, long version) {
    List<Event> events = new ArrayList<>();
    List<RepairMark> done = List.of();
    if (wishes.isDue(now, clock.place())) {
      events.addAll(wishes.next(now, clock.place(), version));
      events.forEach(repairs::injected);
    }
    if (repairs.isDue(clock.place())) {
      done = repairs.finish(now, version, events);
    }
    if (!events.isEmpty() || !done.isEmpty()) {
      done.forEach(this::tell);
      events.forEach(event -> output.collect(reused.replace(event)));
      clock.injected(this::leave);
      injectedAt = now;
    }
  }

  /** Nothing is injected for it: whoever hears the mark has not passed the watermark it names. */
  private void beginRepairs(long now) {
    List<Repair> taken = repairs.take(now);
    if (!taken.isEmpty()) {
      repairs.begun(clock.watermark()).forEach(this::tell);
      reads.read(taken, server, clock.watermark(), clock.gtids(), new RepairAnswers(server));
    }
  }

  private void beginReads(long now) {
    List<Key> rows = wishes.take(now);
    if (!rows.isEmpty()) {
      reads.read(rows, server, clock.gtids(), new Answers(server));
    }
  }

  /**
   * While the source is silent there are few places to inject at: the fewer are left, the longer
   * one waits, so that more share it.
   */
  private static long pause(long injected) {
    return injected <= SPARED ? 0 : 1L << ((injected - SPARED) / 2);
  }

  private void wakeAt(long due, long now) {
    if (due >= wakesAt) {
      return;
    }
    wakesAt = Math.max(due, now + 1);
    nextLook =
        getProcessingTimeService()
            .registerTimer(
                wakesAt,
                time -> {
                  if (wakesAt <= time) {
                    wakesAt = Long.MAX_VALUE;
                    fulfil();
                  }
                });
  }

  /** In the reading thread. What was asked before the source moved is asked again already. */
  private final class RepairAnswers implements RowReads.Listener {
    private final Captured.Server asked;

    RepairAnswers(Captured.Server asked) {
      this.asked = asked;
    }

    @Override
    public void answered(Map<Key, RetryQueue.Row> rows, long end) {
      inMailbox(asked, () -> repairs.answered(rows, end), "rows read for repairs");
    }

    @Override
    public void unanswered() {
      inMailbox(
          asked,
          () -> repairs.unanswered(getProcessingTimeService().getCurrentProcessingTime()),
          "rows not read for repairs");
    }

    @Override
    public void refused(String why) {
      inMailbox(
          asked,
          () ->
              repairs
                  .refused(getProcessingTimeService().getCurrentProcessingTime())
                  .ifPresent(
                      repair ->
                          LOG.warn(
                              "View {}: {} is not repaired, MySQL refuses what is asked for it"
                                  + " ({}); ask for it again once that is mended",
                              plan.views().get(repair.view()).view(),
                              repair.target(),
                              why)),
          "repairs refused");
    }
  }

  /** In the reading thread. */
  private final class Answers implements RowReads.Listener {
    private final Captured.Server asked;

    Answers(Captured.Server asked) {
      this.asked = asked;
    }

    @Override
    public void answered(Map<Key, RetryQueue.Row> rows, long end) {
      inMailbox(asked, () -> wishes.answered(rows, end), "rows read");
    }

    @Override
    public void unanswered() {
      inMailbox(
          asked,
          () -> wishes.unanswered(getProcessingTimeService().getCurrentProcessingTime()),
          "rows not read");
    }

    @Override
    public void refused(String why) {
      unanswered();
    }
  }

  private void inMailbox(Captured.Server asked, Runnable work, String name) {
    inMailbox(
        () -> {
          if (server.epoch() == asked.epoch()) {
            work.run();
          }
        },
        name);
  }

  private void inMailbox(Runnable work, String name) {
    try {
      mailbox.execute(
          () -> {
            resume();
            work.run();
            fulfil();
          },
          name);
    } catch (RejectedExecutionException e) {
      LOG.debug("the task is closing", e);
    }
  }

  private void leave(long version, String gtids) {
    confirmations.captured(gtids);
    mark();
    output.emitWatermark(new Watermark(version));
  }

  private void mark() {
    tell(new WatermarkInfo(clock.watermark(), clock.place(), clock.gtids(), confirmations.asOf()));
  }

  private void tell(ControlMessage next) {
    output.collect(Capture.NOTES, note.replace(next));
  }

  /** In the asking thread. */
  private boolean executed(long asked, String executed, String answering) {
    Captured.Server read = server;
    if (read == null || !read.id().equals(answering)) {
      // One that lacks transactions would confirm that all of its own were captured.
      return read == null;
    }
    inMailbox(
        read,
        () -> {
          confirmations.answered(asked, executed);
          if (clock.watermark() > 0 && confirmations.captured(clock.gtids())) {
            mark();
          }
        },
        "executed GTIDs");
    return true;
  }

  /**
   * What the store held when this attempt began says nothing of this attempt's nodes; beyond that,
   * its writers have all passed what all of the store has.
   */
  private void askStore() {
    if (asksStore || !clock.hasUnfinished()) {
      return;
    }
    asksStore = true;
    reads.lowest(
        setting.keyGroups(),
        lowest ->
            inMailbox(
                () -> {
                  asksStore = false;
                  if (lowest > storeAtOpen) {
                    clock.reached(lowest);
                  }
                },
                "store's progress"));
  }

  private void askForRebuilds() {
    if (asksRebuilds) {
      return;
    }
    asksRebuilds = true;
    long running = rebuilds.running();
    reads.rebuilds(
        running,
        wanted ->
            inMailbox(
                () -> {
                  asksRebuilds = false;
                  rebuilds.told(wanted.views(), running, wanted.done());
                },
                "rebuilds wanted"));
  }

  /** Tells, once in a while, what waits and how many changes nobody had to be told of. */
  private void note(long time) {
    if (++looks % NOTES_A_LOOK == 0) {
      askStore();
    }
    askForRebuilds();
    long[] unaffected = derivation.unaffected();
    for (int view = 0; view < unaffected.length; view++) {
      if (time == 0 || unaffected[view] != told[view]) {
        tell(new ChangeReport(Uids.CAPTURE, 0, view, unaffected[view], 0, 0, 0, 0));
      }
    }
    told = unaffected;
    Backlog backlog = wishes.backlog();
    if (time == 0 || !backlog.equals(toldBacklog)) {
      tell(backlog);
      toldBacklog = backlog;
    }
    nextNotes =
        getProcessingTimeService()
            .registerTimer(
                getProcessingTimeService().getCurrentProcessingTime() + NOTES_INTERVAL_MS,
                this::note);
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    crossing.checkpoint(context.getCheckpointId());
    LogClock.State now = restored == null ? clock.state() : restored;
    stored.update(
        List.of(
            new CaptureState(
                    views,
                    now,
                    confirmations.asOf(),
                    derivation.unaffected(),
                    waiting(),
                    List.copyOf(faults.all()))
                .toBytes()));
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    super.notifyCheckpointComplete(checkpointId);
    crossing
        .completed(checkpointId)
        .ifPresent(
            boundary -> {
              complete(boundary);
              clock.batchEnd(this::leave);
              fulfil();
            });
  }

  private List<byte[]> waiting() {
    List<byte[]> messages = new ArrayList<>(wishes.messages());
    messages.addAll(repairs.messages());
    return messages;
  }

  @Override
  public void close() throws Exception {
    for (ScheduledFuture<?> timer : Arrays.asList(nextLook, nextNotes)) {
      if (timer != null) {
        timer.cancel(false);
      }
    }
    try {
      if (questions != null) {
        questions.close();
      }
    } finally {
      try {
        if (reads != null) {
          reads.close();
        }
      } finally {
        super.close();
      }
    }
  }
}
