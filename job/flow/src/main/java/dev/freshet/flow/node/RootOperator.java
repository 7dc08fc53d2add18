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
 * hand-over, it only collects; at the hand-over it says every entry once; from then on what
 * changed.
 *
 * <p>After a restore it says at the first watermark which entries hold poison: the store may know
 * better, from a retry that was taken after the checkpoint and is yet to come again.
 *
 * <p>For a rebuild it sends the entries of all its rows again, each as of the watermark that it is
 * sent under; what comes later of a row is sent as ever.
 */
public final class RootOperator extends NodeOperator<EntryChange> {
  private static final long serialVersionUID = 1L;

  /** Entries of a rebuild under one watermark: the writers have them in memory until it comes. */
  private static final int MOST_IN_STEP = 50_000;

  /**
   * Steps after which that doubles: a silent source has a few watermarks to send under, and all
   * must be sent.
   */
  private static final int STEPS_UNTIL_MORE = 10;

  private static final int MOST_DOUBLINGS = 6;

  /** Entries of a rebuild under one watermark while changes wait for the next. */
  private static final int FEW = 500;

  private transient RootNode node;
  private transient ListState<Boolean> handedOverState;
  private transient ValueState<Boolean> poisoned;
  private transient Set<Key> toSayAgain;
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
    toSayAgain = new LinkedHashSet<>();
    rebuilt = new HashSet<>();
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
    if (events.get(0) instanceof Event.Rebuild begin) {
      rebuilt.add(key.firstLong());
      rebuild = begin.version();
      return Handled.nothing(before);
    }
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
      tell(watermark);
    }
  }

  /**
   * A rebuild is sent under many watermarks, so that what changes meanwhile does not wait for it:
   * of each a piece at least, and more while no later one has come.
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
        node.say(key, row(key), watermark, out);
      }
    }
    sentInStep += Math.max(1, sent);
    tell(watermark);
    if (scan.isDone()) {
      scan = null;
    }
    return Math.max(1, sent);
  }

  private void tell(long watermark) {
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
