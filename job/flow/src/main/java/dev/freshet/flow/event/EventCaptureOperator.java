package dev.freshet.flow.event;

import dev.freshet.flow.JobDrivers;
import dev.freshet.flow.JobPlan;
import dev.freshet.flow.States;
import dev.freshet.flow.Uids;
import dev.freshet.flow.kafka.OutboundMessage;
import dev.freshet.flow.kafka.OutboundMessages;
import dev.freshet.flow.log.ChangeReport;
import dev.freshet.flow.log.ControlMessage;
import dev.freshet.flow.log.ControlMessageTypeInfo;
import dev.freshet.flow.log.WatermarkInfo;
import dev.freshet.view.Key;
import dev.freshet.view.event.EventView;
import dev.freshet.view.event.Positions;
import dev.freshet.view.event.RecordPosition.Partition;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * The Flink operator that makes one log of topics of events. It decodes each record for each view
 * of its topic, and emits the events, watermarks, and a {@link WatermarkInfo} before each watermark
 * and whenever a newer time is confirmed. The version of an event is its number in the {@link
 * EventLog}; the text of a watermark's positions is in {@link WatermarkInfo#gtids}.
 *
 * <p>A record that cannot be used is emitted to {@link #DEAD_EVENTS}, after a restore again.
 *
 * <p>There is no watermark before everything is read that the store had when the operator started,
 * nor, in a job without state, before everything is read that the topics had then.
 *
 * <p>Its state is one {@link EventCaptureState}. It ignores the watermarks of its input. It has one
 * subtask.
 */
final class EventCaptureOperator extends AbstractStreamOperator<GroupedEvent>
    implements OneInputStreamOperator<EventRecord, GroupedEvent> {
  private static final long serialVersionUID = 1L;

  /** The metric of records that Kafka removed before they were read. */
  static final String REMOVED_RECORDS = "removedRecords";

  static final OutputTag<ControlMessage> CONTROL_MESSAGES =
      new OutputTag<>("notes", ControlMessageTypeInfo.INSTANCE);

  static final OutputTag<OutboundMessage> DEAD_EVENTS =
      new OutputTag<>("dead-events", OutboundMessage.TYPE);

  /** Milliseconds between a record and its watermark. */
  private static final long STEP_MS = 5;

  /** Milliseconds between two questions for the ends of the topics. */
  private static final long ASK_INTERVAL_MS = 500;

  private final Setting setting;
  private transient Map<String, List<Reader>> readers;
  private transient ListState<byte[]> stored;
  private transient EventCaptureState restored;
  private transient EventLog log;
  private transient Horizon horizon;
  private transient EndsConfirmation confirmation;
  private transient long[] dead;
  private transient long[] reported;
  private transient EndsPoll ends;
  private transient RemovedRecords removed;
  private transient Counter removedRecords;
  private transient long watermark;
  private transient Positions reached;
  private transient boolean lost;
  private transient ScheduledFuture<?> nextStep;
  private transient ScheduledFuture<?> nextAsk;

  /**
   * The settings of the operator.
   *
   * @param mostBytes the largest size of a record
   */
  record Setting(
      JobPlan plan,
      OutboundMessages outbound,
      StoredLog store,
      TopicEnds.Factory ends,
      int mostBytes)
      implements Serializable {}

  /** Reads the records of a topic for one view. */
  private record Reader(int view, EventView declared, EventDecoder decoder) {}

  EventCaptureOperator(Setting setting) {
    this.setting = setting;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    stored = context.getOperatorStateStore().getListState(States.EVENT_CAPTURE);
    restored = EventCaptureState.first(setting.plan().views().size());
    for (byte[] bytes : stored.get()) {
      restored = EventCaptureState.fromBytes(bytes);
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    JobDrivers.detach();
    readers = new HashMap<>();
    for (int view = 0; view < setting.plan().events().size(); view++) {
      EventView declared = setting.plan().events().get(view);
      readers
          .computeIfAbsent(declared.table().topic(), topic -> new ArrayList<>())
          .add(new Reader(view, declared, EventDecoder.of(declared, setting.mostBytes())));
    }
    horizon = new Horizon(restored.clock());
    confirmation = new EndsConfirmation(restored.asOf());
    dead = restored.dead().clone();
    reported = new long[dead.length];
    reached = Positions.NONE;
    log = new EventLog(restored.log(), setting.store().read());
    log.await(restored.awaited());
    ends = new EndsPoll(setting.ends(), readers.keySet());
    if (restored.log().equals(EventLog.State.NONE)) {
      log.await(ends.now());
    }
    removed = new RemovedRecords();
    removedRecords = getMetricGroup().counter(REMOVED_RECORDS);
    getMetricGroup().gauge("catchingUp", () -> log.isCatchingUp() ? 1 : 0);
    step();
    ask(0);
  }

  @Override
  public void processElement(StreamRecord<EventRecord> element) {
    EventRecord record = element.getValue();
    if (!log.isCatchingUp()) {
      horizon.advance(now());
    }
    Partition partition = record.position().in();
    removed.passed(partition, log.next(partition), record.position().offset(), now());
    long version = log.add(record.position());
    for (Reader reader : readers.get(record.position().topic())) {
      Decoded decoded = reader.decoder().decode(record.value());
      if (decoded instanceof Decoded.Accepted accepted) {
        emit(reader, version, accepted, record);
      } else if (decoded instanceof Decoded.Refused refused) {
        refuse(reader.view(), refused, record);
      }
    }
    stepSoon();
  }

  private void emit(Reader reader, long version, Decoded.Accepted accepted, EventRecord record) {
    output.collect(
        new StreamRecord<>(
            new GroupedEvent(
                group(reader.view(), accepted.group()),
                version,
                horizon.of(reader.declared().keepDeleted()),
                accepted.event(),
                record.position(),
                record.value())));
  }

  /** The node of a read model has the number of its view, because each has one node. */
  private static Key group(int view, Key values) {
    Object[] columns = values.values();
    Object[] group = new Object[columns.length + 1];
    group[0] = (long) view;
    System.arraycopy(columns, 0, group, 1, columns.length);
    return Key.of(group);
  }

  private void refuse(int view, Decoded.Refused refused, EventRecord record) {
    dead[view]++;
    output.collect(
        DEAD_EVENTS,
        new StreamRecord<>(
            setting
                .outbound()
                .deadEvent(
                    view,
                    record.position().topic(),
                    record.position().partition(),
                    record.position().offset(),
                    refused.reason().wireName(),
                    refused.why(),
                    Instant.ofEpochMilli(now()),
                    record.value())));
  }

  /** Ignored: the log makes the watermarks. */
  @Override
  public void processWatermark(Watermark mark) {}

  private void stepSoon() {
    if (nextStep == null) {
      nextStep =
          getProcessingTimeService()
              .registerTimer(
                  now() + STEP_MS,
                  time -> {
                    nextStep = null;
                    step();
                  });
    }
  }

  private void step() {
    OptionalLong progress = log.progress();
    if (progress.isPresent()) {
      watermark = progress.getAsLong();
      reached = log.positions();
      // From now on the horizon is that of the clock, also if no record follows.
      horizon.advance(now());
      confirmation.reached(reached);
      sendWatermarkInfo();
      output.emitWatermark(new Watermark(watermark));
    }
  }

  private void sendWatermarkInfo() {
    send(new WatermarkInfo(watermark, watermark, reached.toString(), confirmation.asOf()));
  }

  /** Takes the answer to the last question for the ends, if there is one, and asks again. */
  private void ask(long time) {
    ends.answer()
        .ifPresent(
            answer -> {
              noteLoss(answer);
              if (!lost) {
                confirmation.answered(answer.asked(), answer.ends());
              }
              skipTo(answer.nextRecords());
              step();
              reportRemoved(removed.answered(answer.asked(), answer.begins()));
              if (watermark > 0 && confirmation.reached(reached)) {
                sendWatermarkInfo();
              }
            });
    ends.ask(log.positions(), now());
    report();
    nextAsk = getProcessingTimeService().registerTimer(now() + ASK_INTERVAL_MS, this::ask);
  }

  private void skipTo(Positions records) {
    records
        .next()
        .forEach(
            (partition, offset) -> {
              removed.passed(partition, log.next(partition), offset, now());
              log.skipTo(partition.topic(), partition.number(), offset);
            });
  }

  private void reportRemoved(List<RemovedRecords.Removed> all) {
    for (RemovedRecords.Removed each : all) {
      removedRecords.inc(each.atMost());
      LOG.error(
          "Kafka: up to {} records of {} partition {} from offset {} were removed before they were"
              + " read; the views do not have their events. Send these events again if there is"
              + " another copy of them, and keep the topic longer (retention.ms, retention.bytes)",
          each.atMost(),
          each.partition().topic(),
          each.partition().number(),
          each.from());
    }
  }

  /**
   * Reports that the topics have fewer records than were read, or than the store has. What they
   * have from then on is not what the views are made of, so no time is confirmed any more.
   */
  private void noteLoss(EndsPoll.Answer answer) {
    boolean behindStore = log.isCatchingUp() && log.positions().cover(answer.ends());
    if (!lost && (behindStore || answer.endsBeforeTheLog())) {
      lost = true;
      LOG.error(
          "Kafka: the topics {} end at '{}', before '{}', which was read; they were created again, or"
              + " records were lost. The views are too old from now on. Submit the job without a"
              + " savepoint into a new store.schema",
          readers.keySet(),
          answer.ends(),
          answer.from().union(log.awaited()));
    }
  }

  private void report() {
    for (int view = 0; view < dead.length; view++) {
      if (dead[view] != reported[view]) {
        reported[view] = dead[view];
        send(new ChangeReport(Uids.EVENT_CAPTURE, 0, view, 0, 0, 0, dead[view], 0));
      }
    }
  }

  private void send(ControlMessage message) {
    output.collect(CONTROL_MESSAGES, new StreamRecord<>(message));
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    EventCaptureState state =
        new EventCaptureState(
            log.state(), log.awaited(), horizon.clock(), confirmation.asOf(), dead);
    stored.update(List.of(state.toBytes()));
  }

  /** The number of records in this attempt that Kafka removed before they were read. */
  long removedRecords() {
    return removedRecords.getCount();
  }

  /** Whether the topics were found to have fewer records than were read. */
  boolean isLost() {
    return lost;
  }

  private long now() {
    return getProcessingTimeService().getCurrentProcessingTime();
  }

  @Override
  public void close() throws Exception {
    for (ScheduledFuture<?> timer : new ScheduledFuture<?>[] {nextStep, nextAsk}) {
      if (timer != null) {
        timer.cancel(false);
      }
    }
    if (ends != null) {
      ends.close();
    }
    super.close();
  }
}
