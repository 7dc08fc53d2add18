package dev.freshet.flow.node;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.States;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.log.Event;
import dev.freshet.view.Key;
import java.util.List;
import java.util.function.Consumer;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Runs {@link RootNode} for the roots of all views. Until the first watermark, which is the
 * hand-over, it only collects; at the hand-over it says every entry once; from then on what
 * changed.
 */
public final class RootOperator extends NodeOperator<EntryChange> {
  private static final long serialVersionUID = 1L;

  private final JobPlan plan;
  private transient RootNode node;
  private transient ListState<Boolean> handedOverState;
  private transient boolean handedOver;
  private transient Consumer<EntryChange> out;

  public RootOperator(JobPlan plan) {
    super(plan);
    this.plan = plan;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    node = new RootNode(plan);
    out = change -> output.collect(new StreamRecord<>(change));
    handedOverState = context.getOperatorStateStore().getUnionListState(States.HANDED_OVER);
    for (Boolean stored : handedOverState.get()) {
      handedOver |= stored;
    }
  }

  @Override
  NodeRow apply(Key key, NodeRow before, List<Event> events, long version) {
    NodeRow after = node.step(key, before, events);
    if (handedOver) {
      node.compare(key, before, after, version, out);
    }
    return after;
  }

  @Override
  void stepDone(long watermark) throws Exception {
    if (handedOver) {
      return;
    }
    backend()
        .applyToAllKeys(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            States.ROW,
            (Key key, ValueState<PackedRow> row) ->
                node.say(key, row.value().unpack(), watermark, out));
    handedOver = true;
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    handedOverState.update(List.of(handedOver));
  }
}
