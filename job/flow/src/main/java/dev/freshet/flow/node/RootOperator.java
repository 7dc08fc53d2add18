package dev.freshet.flow.node;

import dev.freshet.flow.Handling;
import dev.freshet.flow.JobPlan;
import dev.freshet.flow.States;
import dev.freshet.flow.Uids;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.Rebuild;
import dev.freshet.flow.log.UnroutableRow;
import dev.freshet.view.Key;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Runs {@link RootNode} for the roots of all views. Until the first watermark, which is the
 * hand-over, it only collects rows. At the hand-over it emits every entry once, and from then on
 * the changes.
 *
 * <p>At the first watermark after a restore it emits again all entries that hold {@linkplain
 * dev.freshet.flow.log.Poison poison}. The store may have a newer state of them, from a retry that
 * succeeded after the checkpoint and that will be repeated.
 *
 * <p>For a rebuild it emits the entries of all its rows again, each as of the watermark under which
 * it is emitted. Later changes of a row are emitted as usual.
 */
public final class RootOperator extends NodeOperator<EntryChange> {
  private static final long serialVersionUID = 1L;

  /**
   * The maximum number of a rebuild's entries under one watermark, because the writers keep them in
   * memory until it arrives.
   */
  private static final int MOST_IN_STEP = 50_000;

  /**
   * The number of steps after which this maximum doubles. While the source is silent there are 56
   * watermarks, so that 26 million entries of a subtask can be emitted.
   */
  private static final int STEPS_UNTIL_MORE = 10;

  private static final int MOST_DOUBLINGS = 6;

  /**
   * The maximum number of a rebuild's entries under one watermark while changes wait for the next.
   */
  private static final int FEW = 500;

  private transient RootNode node;
  private transient ListState<Boolean> handedOverState;
  private transient ValueState<Boolean> poisoned;
  private transient Set<Key> toEmitAgain;
  private transient boolean handedOver;
  private transient Set<Long> rebuilt;
  private transient long rebuild;
  private transient RebuildScan scan;
  private transient long sentInStep;
  private transient long stepsOfScan;
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
          public void unplaced(UnroutableRow unplaced) {
            note(unplaced);
          }
        };
    handedOverState = context.getOperatorStateStore().getUnionListState(States.HANDED_OVER);
    for (Boolean stored : handedOverState.get()) {
      handedOver |= stored;
    }
    poisoned = context.getKeyedStateStore().getState(States.POISONED);
    toEmitAgain = new LinkedHashSet<>();
    rebuilt = new HashSet<>();
    if (context.isRestored()) {
      backend()
          .applyToAllKeys(
              VoidNamespace.INSTANCE,
              VoidNamespaceSerializer.INSTANCE,
              States.POISONED,
              (Key key, ValueState<Boolean> state) -> toEmitAgain.add(key));
    }
  }

  @Override
  Handled apply(Key key, NodeRow before, List<Event> events, long version) throws Exception {
    if (events.get(0) instanceof Event.Rebuild begin) {
      rebuilt.add(key.firstLong());
      rebuild = begin.version();
      return Handled.nothing(before);
    }
    Handled handled = node.step(key, before, events);
    if (!handedOver) {
      // The hand-over settles the row.
      return handled;
    }
    NodeRow after = node.settle(key, before, handled, version, out);
    remember(before.holdsPoison(), after.holdsPoison());
    return handled.with(after);
  }

  /** Records the keys that hold poison, so that they are found after a restore. */
  private void remember(boolean before, boolean after) throws Exception {
    if (after && !before) {
      poisoned.update(true);
    } else if (before && !after) {
      poisoned.clear();
    }
  }

  /**
   * No pauses in the hand-over, because a checkpoint has one flag for the hand-over of all
   * subtasks.
   */
  @Override
  boolean mayPause() {
    return handedOver;
  }

  @Override
  void stepDone(long watermark) throws Exception {
    if (!handedOver) {
      handOver(watermark);
    }
    if (!toEmitAgain.isEmpty()) {
      for (Key key : toEmitAgain) {
        backend().setCurrentKey(key);
        if (poisoned.value() != null) {
          node.emit(key, row(key), watermark, out);
        }
      }
      toEmitAgain.clear();
    }
    sentInStep = 0;
    stepsOfScan++;
    if (!rebuilt.isEmpty()) {
      scan =
          new RebuildScan(
              rebuild,
              rebuilt,
              () -> backend().getKeys(States.ROW.getName(), VoidNamespace.INSTANCE));
      rebuilt.clear();
      stepsOfScan = 0;
      emitProgress(watermark);
    }
  }

  /**
   * A rebuild is spread over many watermarks, so that changes do not wait for it: at least one
   * piece under each watermark, and more while no later watermark has arrived.
   */
  @Override
  boolean hasMore(boolean laterWaits) {
    long doublings = Math.min(MOST_DOUBLINGS, stepsOfScan / STEPS_UNTIL_MORE);
    return scan != null && sentInStep < (laterWaits ? 1 : (long) MOST_IN_STEP << doublings);
  }

  @Override
  int sendMore(long watermark, int most, boolean laterWaits) throws Exception {
    int sent = 0;
    int now = laterWaits ? Math.min(FEW, most) : most;
    for (; sent < now && !scan.isDone(); sent++) {
      Key key = scan.next();
      if (key != null) {
        backend().setCurrentKey(key);
        node.emit(key, row(key), watermark, out);
      }
    }
    sentInStep += Math.max(1, sent);
    emitProgress(watermark);
    if (scan.isDone()) {
      scan = null;
    }
    return Math.max(1, sent);
  }

  private void emitProgress(long watermark) {
    TaskInfo task = getRuntimeContext().getTaskInfo();
    note(
        new Rebuild.Sent(
            scan.rebuild(),
            task.getIndexOfThisSubtask(),
            task.getNumberOfParallelSubtasks(),
            scan.sent(),
            scan.total(),
            scan.isDone(),
            watermark));
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
              NodeRow after = node.emit(key, row, watermark, out);
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
