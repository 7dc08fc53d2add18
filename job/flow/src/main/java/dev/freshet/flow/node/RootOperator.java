package dev.freshet.flow.node;

import dev.freshet.flow.Handling;
import dev.freshet.flow.JobPlan;
import dev.freshet.flow.States;
import dev.freshet.flow.Uids;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.Unplaced;
import dev.freshet.view.Key;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
 *
 * <p>After a restore it says at the first watermark which entries hold poison: the store may know
 * better, from a retry that was taken after the checkpoint and is yet to come again.
 */
public final class RootOperator extends NodeOperator<EntryChange> {
  private static final long serialVersionUID = 1L;

  private transient RootNode node;
  private transient ListState<Boolean> handedOverState;
  private transient ValueState<Boolean> poisoned;
  private transient Set<Key> toSayAgain;
  private transient boolean handedOver;
  private transient RootNode.Out out;

  public RootOperator(JobPlan plan, Handling handling) {
    super(plan, handling, Uids.ROOT);
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    node = new RootNode(plan(), probe());
    out =
        new RootNode.Out() {
          @Override
          public void entry(EntryChange change) {
            output.collect(new StreamRecord<>(change));
          }

          @Override
          public void unplaced(Unplaced unplaced) {
            note(unplaced);
          }
        };
    handedOverState = context.getOperatorStateStore().getUnionListState(States.HANDED_OVER);
    for (Boolean stored : handedOverState.get()) {
      handedOver |= stored;
    }
    poisoned = context.getKeyedStateStore().getState(States.POISONED);
    toSayAgain = new LinkedHashSet<>();
    if (context.isRestored()) {
      backend()
          .applyToAllKeys(
              VoidNamespace.INSTANCE,
              VoidNamespaceSerializer.INSTANCE,
              States.POISONED,
              (Key key, ValueState<Boolean> state) -> toSayAgain.add(key));
    }
  }

  @Override
  Handled apply(Key key, NodeRow before, List<Event> events, long version) throws Exception {
    Handled handled = node.step(key, before, events);
    if (!handedOver) {
      // The hand-over settles it.
      return handled;
    }
    NodeRow after = node.settle(key, before, handled, version, out);
    remember(before.holdsPoison(), after.holdsPoison());
    return handled.with(after);
  }

  /** Keeps the keys that hold poison, so that they are found after a restore. */
  private void remember(boolean before, boolean after) throws Exception {
    if (after && !before) {
      poisoned.update(true);
    } else if (before && !after) {
      poisoned.clear();
    }
  }

  /** That the hand-over is done is said of all subtasks together. */
  @Override
  boolean mayPause() {
    return handedOver;
  }

  @Override
  void stepDone(long watermark) throws Exception {
    if (!handedOver) {
      handOver(watermark);
    }
    if (!toSayAgain.isEmpty()) {
      for (Key key : toSayAgain) {
        backend().setCurrentKey(key);
        if (poisoned.value() != null) {
          node.say(key, row(key), watermark, out);
        }
      }
      toSayAgain.clear();
    }
  }

  private void handOver(long watermark) throws Exception {
    Map<Key, NodeRow> unsound = new LinkedHashMap<>();
    backend()
        .applyToAllKeys(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            States.ROW,
            (Key key, ValueState<PackedRow> stored) -> {
              NodeRow row = stored.value().unpack();
              NodeRow after = node.say(key, row, watermark, out);
              if (after.holdsPoison()) {
                unsound.put(key, after);
              }
            });
    for (Map.Entry<Key, NodeRow> each : unsound.entrySet()) {
      backend().setCurrentKey(each.getKey());
      settled(each.getKey(), row(each.getKey()), each.getValue());
      poisoned.update(true);
    }
    handedOver = true;
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    handedOverState.update(List.of(handedOver));
  }
}
