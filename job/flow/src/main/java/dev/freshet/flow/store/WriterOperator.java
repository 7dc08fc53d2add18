package dev.freshet.flow.store;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.States;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.log.Mark;
import dev.freshet.flow.node.StepBuffer;
import dev.freshet.view.Key;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Writes the deltas of its key groups to the store, whole watermarks only, together with the
 * progress they make. A flush follows its watermark at once when the last one is some milliseconds
 * ago, else as soon as it is; under load a flush therefore takes many watermarks together.
 *
 * <p>At a checkpoint everything whole is flushed, and what is not goes to keyed state. Recovery is
 * told in {@link Pending} and {@link ProjectionStore}: replayed deltas are folded up to the stored
 * progress; a writer that had not handed over clears its range and writes it anew in one
 * transaction; an older attempt is fenced off and fails.
 */
public final class WriterOperator extends AbstractStreamOperator<Void>
    implements TwoInputStreamOperator<EntryChange, Mark, Void> {
  private static final long serialVersionUID = 1L;

  /** Milliseconds between two flushes; longer when a flush itself takes longer. */
  private static final long FLUSH_INTERVAL = 5;

  private final JobPlan plan;
  private final String job;
  private final StoreOptions options;
  private transient StepBuffer<EntryChange> held;
  private transient ListState<int[]> writtenState;
  private transient KeyGroupRange range;
  private transient List<KeyGroupRange> unwritten;
  private transient ProjectionStore store;
  private transient Pending pending;
  private transient long lastFlushEnd;
  private transient long pause;
  private transient ScheduledFuture<?> nextFlush;

  public WriterOperator(JobPlan plan, String job, StoreOptions options) {
    this.plan = plan;
    this.job = job;
    this.options = options;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
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
    range =
        KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
            groups(),
            getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks(),
            getRuntimeContext().getTaskInfo().getIndexOfThisSubtask());
    writtenState = context.getOperatorStateStore().getUnionListState(States.WRITTEN);
    unwritten = unwritten(range, writtenState.get());
  }

  /** What is left of a range without the groups that were written once. */
  static List<KeyGroupRange> unwritten(KeyGroupRange range, Iterable<int[]> written) {
    BitSet open = new BitSet();
    open.set(range.getStartKeyGroup(), range.getEndKeyGroup() + 1);
    for (int[] part : written) {
      open.clear(part[0], part[1] + 1);
    }
    List<KeyGroupRange> left = new ArrayList<>();
    for (int first = open.nextSetBit(0); first >= 0; ) {
      int end = open.nextClearBit(first);
      left.add(new KeyGroupRange(first, end - 1));
      first = open.nextSetBit(end);
    }
    return left;
  }

  @Override
  public void open() throws Exception {
    super.open();
    store = ProjectionStore.open(options, plan, job, range, groups());
    pending = new Pending(store.progressAtOpen());
    pause = FLUSH_INTERVAL;
    getMetricGroup().gauge("progress", () -> pending.complete());
    LOG.info(
        "Writer of key groups {} to {}: {}, stored progress {}",
        range.getStartKeyGroup(),
        range.getEndKeyGroup(),
        unwritten.isEmpty() ? "goes on" : "writes anew " + unwritten,
        store.progressAtOpen());
  }

  @Override
  public void processElement1(StreamRecord<EntryChange> element) {
    held.add(element.getValue());
  }

  @Override
  public void processElement2(StreamRecord<Mark> element) throws Exception {
    pending.mark(element.getValue());
    flushWhenQuiet();
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    pending.step(held.take(mark.getTimestamp()).values(), mark.getTimestamp());
    flushWhenQuiet();
    super.processWatermark(mark);
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    flush();
    held.store(pending.copy());
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

  private static int[] asWritten(KeyGroupRange part) {
    return new int[] {part.getStartKeyGroup(), part.getEndKeyGroup()};
  }

  private int groups() {
    return getRuntimeContext().getTaskInfo().getMaxNumberOfParallelSubtasks();
  }

  private void flushWhenQuiet() throws Exception {
    if (!pending.isDue() || nextFlush != null) {
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

  private void flush() throws Exception {
    if (!pending.isDue()) {
      return;
    }
    long begin = getProcessingTimeService().getCurrentProcessingTime();
    store.flush(pending.changes(), pending.complete(), pending.lastMark(), unwritten);
    pending.flushed();
    unwritten = List.of();
    lastFlushEnd = getProcessingTimeService().getCurrentProcessingTime();
    pause = Math.max(FLUSH_INTERVAL, lastFlushEnd - begin);
  }
}
