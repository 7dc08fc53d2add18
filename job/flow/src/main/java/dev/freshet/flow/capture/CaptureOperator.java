package dev.freshet.flow.capture;

import dev.freshet.flow.JobDrivers;
import dev.freshet.flow.JobPlan;
import dev.freshet.flow.States;
import dev.freshet.flow.capture.inject.Intake;
import dev.freshet.flow.capture.inject.Repair;
import dev.freshet.flow.capture.inject.RowReads;
import dev.freshet.flow.capture.inject.StoreProgress;
import dev.freshet.flow.capture.source.Captured;
import dev.freshet.flow.capture.source.ExecutedGtids;
import dev.freshet.flow.capture.source.ReadRow;
import dev.freshet.flow.capture.source.SourceFault;
import dev.freshet.flow.log.ControlMessage;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.ViewFault;
import dev.freshet.flow.log.WatermarkInfo;
import dev.freshet.view.Key;
import dev.freshet.view.Version;
import dev.freshet.view.form.OneLine;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Consumer;
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
 * The Flink operator of capture: its inputs, state, timers and outputs. It passes the source's
 * records to {@link LogClock}, {@link Derivation}, {@link SourceSwitch} and {@link
 * FreshnessTracker}, and the messages from Kafka through {@link Intake} to {@link Injection}. It
 * emits their results: events, watermarks, and a {@link WatermarkInfo} before each watermark and
 * whenever a newer time is confirmed.
 *
 * <p>When a view can no longer be maintained, capture stops sending it events and sends the reason
 * to the writers, again after every restart. Rows that were read from a server other than the one
 * whose binlog is read are dropped.
 *
 * <p>Its state is one {@link CaptureState}. It refuses to start from the state of other views. It
 * emits the restored watermark when it opens, before it reads any input. It ignores the watermarks
 * of its inputs.
 */
final class CaptureOperator extends AbstractStreamOperatorV2<Event>
    implements MultipleInputStreamOperator<Event> {
  private static final int LOG_INPUT = 1;
  private static final int MESSAGES_INPUT = 2;
  private static final long REPORT_INTERVAL_MS = 1000;

  /** The store's progress is read once in this many reports. */
  private static final int REPORTS_PER_PROGRESS_READ = 5;

  private final Capture.Setting setting;
  private final MailboxExecutor mailbox;
  private final JobPlan plan;
  private final String views;
  private final LogClock clock = new LogClock();
  private final Derivation derivation;
  private final FaultedViews faults = new FaultedViews();
  private final FreshnessTracker freshness = new FreshnessTracker();
  private final SourceSwitch source;
  private final Injection injection;
  private final Intake intake;
  private final CaptureReports reports = new CaptureReports(this::send);
  private final StreamRecord<Event> event = new StreamRecord<>(null);
  private final StreamRecord<ControlMessage> message = new StreamRecord<>(null);
  private ListState<byte[]> stored;
  private LogClock.State restored;
  private long storeAtOpen = Version.NONE;
  private boolean readingProgress;
  private int reportCount;
  private ExecutedGtids executedGtids;
  private RowReads reads;
  private long wakesAt = Long.MAX_VALUE;
  private ScheduledFuture<?> nextWake;
  private ScheduledFuture<?> nextReport;

  CaptureOperator(StreamOperatorParameters<Event> parameters, Capture.Setting setting) {
    super(parameters, setting.hasRequests() ? MESSAGES_INPUT : LOG_INPUT);
    this.setting = setting;
    this.mailbox = parameters.getMailboxExecutor();
    this.plan = setting.tables().plan();
    this.views = Fingerprint.of(plan);
    this.derivation = new Derivation(setting.tables());
    this.source =
        new SourceSwitch(
            setting.source(), setting.progress(), config.isCheckpointingEnabled(), clock);
    this.injection =
        new Injection(
            plan,
            setting.job(),
            setting.keyGroups(),
            clock,
            faults,
            getProcessingTimeService()::getCurrentProcessingTime,
            new Injected());
    this.intake = new Intake(injection::take, injection::giveUp);
  }

  @Override
  @SuppressWarnings("rawtypes") // the interface's type
  public List<Input> getInputs() {
    Input log = new Silent<Captured>(this::captured);
    Input messages = new Silent<byte[]>(this::received);
    return setting.hasRequests() ? List.of(log, messages) : List.of(log);
  }

  /**
   * An input whose watermarks, including the final one, and idleness are ignored: the watermarks of
   * capture come from {@link LogClock} alone.
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
    Intake.State held = Intake.State.NONE;
    List<byte[]> waiting = List.of();
    for (byte[] bytes : stored.get()) {
      CaptureState state = CaptureState.fromBytes(bytes);
      restore(state);
      held = state.intake();
      waiting = state.waiting();
    }
    intake.start(held, waiting, getRuntimeContext().getTaskInfo().getAttemptNumber());
  }

  private void restore(CaptureState state) {
    if (!state.views().equals(views)) {
      throw new SourceFault(
          "Views: the savepoint is of other views, or of other versions of the views, than "
              + plan.views().stream().map(view -> view.view()).toList()
              + "; submit these views as a new job, without the savepoint");
    }
    restored = state.clock();
    freshness.restore(state.asOf());
    derivation.restore(state.unaffected());
    state.faults().forEach(faults::add);
    state.aside().forEach(injection::giveUp);
  }

  @Override
  public void open() throws Exception {
    super.open();
    JobDrivers.detach();
    getMetricGroup().gauge("messagesRefused", injection::refused);
    long last = restored == null ? Version.NONE : restored.watermark();
    List<Long> stored = setting.progress().above(Version.NONE);
    clock.stopAt(stored.stream().filter(version -> version > last).toList());
    storeAtOpen = stored.stream().mapToLong(Long::longValue).max().orElse(Version.NONE);
    injection.rebuildsFrom(storeAtOpen);
    executedGtids = new ExecutedGtids(setting.source(), this::executed);
    executedGtids.start();
    reads = new RowReads(plan, setting.source(), setting.progress(), setting.handling());
    faults.all().forEach(this::send);
    report(0);
    if (restored != null) {
      clock.restore(
          restored, version -> output.emitWatermark(new Watermark(version)), this::emitWatermark);
    }
  }

  private void captured(Captured captured) throws Exception {
    if (captured instanceof Captured.Change change) {
      clock.change(change.version(), this::emitWatermark);
      boolean catchingUp = !clock.isHandedOver();
      if (catchingUp) {
        derivation.unfollowed(change).forEach(this::failView);
      }
      derivation.derive(change, catchingUp, faults, clock::nextOrder, this::send);
    } else if (captured instanceof Captured.LostView lost) {
      failView(new ViewFault(lost.view(), lost.reason(), lost.version(), lost.message()));
    } else if (captured instanceof Captured.Boundary boundary) {
      source.passed(boundary).ifPresent(this::complete);
    } else if (captured instanceof Captured.BatchEnd) {
      clock.batchEnd(this::emitWatermark);
      inject();
    } else if (captured instanceof Captured.SnapshotDone done) {
      clock.snapshotDone(done.highest());
    } else if (captured instanceof Captured.Server server) {
      connected(server);
    }
  }

  private void complete(Captured.Boundary boundary) {
    clock.boundary(boundary.version(), boundary.gtids(), this::emitWatermark);
  }

  private void connected(Captured.Server server) throws Exception {
    if (source.connected(server)) {
      freshness.forgetAnswers();
      injection.sourceMoved();
    }
    freshness.connected(server.executed());
  }

  private void failView(ViewFault fault) {
    if (faults.add(fault)) {
      LOG.error(
          "View {} is INVALID from {} on. {}",
          plan.views().get(fault.view()).view(),
          Version.print(fault.version()),
          OneLine.of(fault.message(), 2_000));
      send(fault);
    }
  }

  private void received(byte[] message) {
    intake.take(message);
    inject();
  }

  private void inject() {
    if (source.isSettled()) {
      injection.advance();
    }
  }

  private void send(Event next) {
    if (next instanceof Event.RowChange change) {
      injection.changed(change);
    } else if (next instanceof Event.Cascade cascade) {
      injection.deleted(cascade);
    }
    output.collect(event.replace(next));
  }

  private void send(ControlMessage next) {
    output.collect(Capture.CONTROL_MESSAGES, message.replace(next));
  }

  private void emitWatermark(long version, String gtids) {
    freshness.captured(gtids);
    sendWatermarkInfo();
    output.emitWatermark(new Watermark(version));
  }

  private void sendWatermarkInfo() {
    send(new WatermarkInfo(clock.watermark(), clock.position(), clock.gtids(), freshness.asOf()));
  }

  /** Connects the injection to this operator's outputs, timers and reads. */
  private final class Injected implements Injection.Outside {
    @Override
    public void send(Event next) {
      output.collect(event.replace(next));
    }

    @Override
    public void send(ControlMessage next) {
      CaptureOperator.this.send(next);
    }

    @Override
    public void emit(long version, String gtids) {
      emitWatermark(version, gtids);
    }

    @Override
    public void readRows(List<Key> rows, RowReads.Listener listener) {
      Captured.Server server = source.server();
      reads.read(rows, server, clock.gtids(), new Answers(server, listener));
    }

    @Override
    public void readForRepairs(List<Repair> repairs, RowReads.Listener listener) {
      Captured.Server server = source.server();
      reads.read(repairs, server, clock.watermark(), clock.gtids(), new Answers(server, listener));
    }

    @Override
    public void readRebuilds(long running, Consumer<StoreProgress.Wanted> listener) {
      reads.rebuilds(
          running, wanted -> inMailbox(() -> listener.accept(wanted), "rebuilds wanted"));
    }

    @Override
    public void wakeAt(long time) {
      if (time >= wakesAt) {
        return;
      }
      wakesAt = Math.max(time, getProcessingTimeService().getCurrentProcessingTime() + 1);
      nextWake = getProcessingTimeService().registerTimer(wakesAt, CaptureOperator.this::wake);
    }
  }

  private void wake(long time) {
    if (wakesAt <= time) {
      wakesAt = Long.MAX_VALUE;
      inject();
    }
  }

  /**
   * Passes results from the reading thread to the operator's thread; drops them if the source has
   * become another server.
   */
  private final class Answers implements RowReads.Listener {
    private final Captured.Server asked;
    private final RowReads.Listener listener;

    Answers(Captured.Server asked, RowReads.Listener listener) {
      this.asked = asked;
      this.listener = listener;
    }

    @Override
    public void answered(Map<Key, ReadRow> rows, long end) {
      inMailbox(asked, () -> listener.answered(rows, end), "rows read");
    }

    @Override
    public void unanswered() {
      inMailbox(asked, listener::unanswered, "rows not read");
    }

    @Override
    public void refused(String why) {
      inMailbox(asked, () -> listener.refused(why), "rows refused");
    }
  }

  private void inMailbox(Captured.Server asked, Runnable work, String name) {
    inMailbox(
        () -> {
          if (source.server().epoch() == asked.epoch()) {
            work.run();
          }
        },
        name);
  }

  private void inMailbox(Runnable work, String name) {
    try {
      mailbox.execute(
          () -> {
            work.run();
            inject();
          },
          name);
    } catch (RejectedExecutionException e) {
      LOG.debug("{} was skipped, because the task is closing", name, e);
    }
  }

  /** Called by the thread that polls {@code gtid_executed}. */
  private boolean executed(long asked, String executed, String answering) {
    Captured.Server read = source.server();
    if (read == null || !read.id().equals(answering)) {
      // A server that lacks transactions would confirm a time although they were not captured.
      return read == null;
    }
    inMailbox(
        read,
        () -> {
          freshness.answered(asked, executed);
          if (clock.watermark() > 0 && freshness.captured(clock.gtids())) {
            sendWatermarkInfo();
          }
        },
        "executed GTIDs");
    return true;
  }

  /**
   * Reads the store's progress. Progress that the store already had when this attempt started says
   * nothing about this attempt's nodes; beyond it, all writers of this attempt have passed the
   * lowest progress in the store.
   */
  private void readStoreProgress() {
    if (readingProgress || !clock.hasUnfinished()) {
      return;
    }
    readingProgress = true;
    reads.lowest(
        setting.keyGroups(),
        lowest ->
            inMailbox(
                () -> {
                  readingProgress = false;
                  if (lowest > storeAtOpen) {
                    clock.reached(lowest);
                  }
                },
                "store's progress"));
  }

  private void report(long time) {
    if (++reportCount % REPORTS_PER_PROGRESS_READ == 0) {
      readStoreProgress();
    }
    injection.askForRebuilds();
    reports.send(derivation.unaffected(), injection.backlog());
    nextReport =
        getProcessingTimeService()
            .registerTimer(
                getProcessingTimeService().getCurrentProcessingTime() + REPORT_INTERVAL_MS,
                this::report);
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    source.checkpoint(context.getCheckpointId());
    CaptureState state =
        new CaptureState(
            views,
            clock.state(),
            freshness.asOf(),
            derivation.unaffected(),
            injection.messages(),
            List.copyOf(faults.all()),
            intake.record(context.getCheckpointId()),
            injection.givenUp());
    stored.update(List.of(state.toBytes()));
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    super.notifyCheckpointComplete(checkpointId);
    intake.completed(checkpointId);
    inject();
    source
        .completed(checkpointId)
        .ifPresent(
            boundary -> {
              complete(boundary);
              clock.batchEnd(this::emitWatermark);
              inject();
            });
  }

  @Override
  public void close() throws Exception {
    for (ScheduledFuture<?> timer : Arrays.asList(nextWake, nextReport)) {
      if (timer != null) {
        timer.cancel(false);
      }
    }
    try {
      if (executedGtids != null) {
        executedGtids.close();
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
