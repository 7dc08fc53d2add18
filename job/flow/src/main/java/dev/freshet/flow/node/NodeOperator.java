package dev.freshet.flow.node;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.States;
import dev.freshet.flow.log.Event;
import dev.freshet.view.Key;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * The frame of every node: hold what comes until the watermark, apply the whole step in log order,
 * send, then pass the watermark on. Snapshot rows (version 0) are applied as they come.
 *
 * <p>Runs in the task's thread. After a restore it holds again what it held at the checkpoint.
 */
abstract class NodeOperator<T> extends AbstractStreamOperator<T>
    implements OneInputStreamOperator<Event, T> {
  private static final long serialVersionUID = 1L;
  private static final Comparator<Event> LOG_ORDER =
      Comparator.comparingLong(Event::version).thenComparingLong(Event::order);

  private final JobPlan plan;
  private transient ValueState<PackedRow> rows;
  private transient StepBuffer<Event> held;

  NodeOperator(JobPlan plan) {
    this.plan = plan;
  }

  /** Applies one key's part of a step; the backend stands at the key. */
  abstract NodeRow apply(Key key, NodeRow before, List<Event> events, long version)
      throws Exception;

  /** After all keys of a step were applied. */
  void stepDone(long watermark) throws Exception {}

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    rows = context.getKeyedStateStore().getState(States.ROW);
    held = new StepBuffer<>(backend(), States.HELD_EVENTS, Event::key, Event::version, LOG_ORDER);
    if (context.isRestored()) {
      held.restore();
    }
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
    for (Map.Entry<Key, List<Event>> step : held.take(mark.getTimestamp()).entrySet()) {
      backend().setCurrentKey(step.getKey());
      applyToState(step.getKey(), step.getValue(), mark.getTimestamp());
    }
    stepDone(mark.getTimestamp());
    super.processWatermark(mark);
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    held.store(List.of());
  }

  private void applyToState(Key key, List<Event> events, long version) throws Exception {
    PackedRow stored = rows.value();
    NodeRow before =
        stored == null ? NodeRow.empty(plan.nodeOf(key).children().size()) : stored.unpack();
    NodeRow after = apply(key, before, events, version);
    if (after.equals(before)) {
      return;
    }
    if (after.isEmpty()) {
      rows.clear();
    } else {
      rows.update(PackedRow.of(after));
    }
  }

  final KeyedStateBackend<Key> backend() {
    return getKeyedStateBackend();
  }
}
