package dev.freshet.flow.sim;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.JobUnderTest;
import dev.freshet.flow.log.ChangeReport;
import dev.freshet.flow.log.EntryChangeTypeInfo;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.EventTypeInfo;
import dev.freshet.flow.log.KeyTypeInfo;
import dev.freshet.flow.node.DimensionOperator;
import dev.freshet.flow.node.NodeOperator;
import dev.freshet.flow.node.RootOperator;
import dev.freshet.view.Key;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;

/** One subtask of the real operator, in Flink's harness. */
final class HarnessNode implements SimNode {
  private final KeyedOneInputStreamOperatorTestHarness<Key, Event, Object> harness;
  private final Consumer<Object> out;
  private long checkpoint;
  private long time;
  private long come = Long.MIN_VALUE;
  private long passed = Long.MIN_VALUE;

  @SuppressWarnings("unchecked")
  HarnessNode(
      JobPlan plan,
      StateBackend backend,
      int depth,
      int subtask,
      int parallelism,
      int piece,
      Consumer<Object> out,
      List<Object> restored) {
    this.out = out;
    NodeOperator<?> operator =
        depth == 0
            ? new RootOperator(plan, JobUnderTest.HANDLING)
            : new DimensionOperator(plan, JobUnderTest.HANDLING, depth);
    operator.setPiece(piece);
    try {
      harness =
          new KeyedOneInputStreamOperatorTestHarness<>(
              (OneInputStreamOperator<Event, Object>) operator,
              Event::key,
              KeyTypeInfo.INSTANCE,
              SimStore.GROUPS,
              parallelism,
              subtask);
      harness.setStateBackend(backend);
      TypeSerializer<?> sent =
          depth == 0 ? EntryChangeTypeInfo.Serializer.INSTANCE : EventTypeInfo.Serializer.INSTANCE;
      harness.setup((TypeSerializer<Object>) sent);
      if (!restored.isEmpty()) {
        OperatorSubtaskState all =
            AbstractStreamOperatorTestHarness.repackageState(
                restored.toArray(new OperatorSubtaskState[0]));
        harness.initializeState(
            AbstractStreamOperatorTestHarness.repartitionOperatorState(
                all, SimStore.GROUPS, restored.size(), parallelism, subtask));
      }
      harness.open();
    } catch (Exception e) {
      throw new IllegalStateException("harness", e);
    }
  }

  @Override
  public void event(Event event) {
    run(() -> harness.processElement(new StreamRecord<>(event)));
  }

  @Override
  public boolean isPaused() {
    return passed < come;
  }

  /** Pauses are over with the next millisecond. */
  @Override
  public void resume() {
    run(() -> harness.setProcessingTime(++time));
  }

  @Override
  public void watermark(long watermark) {
    come = watermark;
    run(() -> harness.processWatermark(new Watermark(watermark)));
  }

  @Override
  public Object snapshot() {
    try {
      return harness.snapshot(++checkpoint, checkpoint);
    } catch (Exception e) {
      throw new IllegalStateException("snapshot", e);
    }
  }

  @Override
  public void close() {
    run(harness::close);
  }

  private void run(Action action) {
    try {
      action.run();
    } catch (Exception e) {
      throw new IllegalStateException("operator", e);
    }
    // What is told of a step comes before its watermark.
    tell(NodeOperator.FAILURES);
    tell(NodeOperator.CONTROL_MESSAGES);
    for (Object sent = harness.getOutput().poll();
        sent != null;
        sent = harness.getOutput().poll()) {
      if (sent instanceof StreamRecord<?> sentRecord) {
        out.accept(sentRecord.getValue());
      } else if (sent instanceof Watermark mark) {
        passed = mark.getTimestamp();
        out.accept(new Passed(passed));
      }
    }
  }

  private <T> void tell(OutputTag<T> tag) {
    Queue<StreamRecord<T>> told = harness.getSideOutput(tag);
    for (StreamRecord<T> next = told == null ? null : told.poll();
        next != null;
        next = told.poll()) {
      if (!(next.getValue() instanceof ChangeReport)) {
        out.accept(next.getValue());
      }
    }
  }

  private interface Action {
    void run() throws Exception;
  }
}
