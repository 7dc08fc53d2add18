package dev.freshet.flow.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.States;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.KeyTypeInfo;
import dev.freshet.view.Key;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StepBufferTest {
  private static final Key ONE = Key.of(0L, 1L);
  private static final Key TWO = Key.of(0L, 2L);

  private KeyedOneInputStreamOperatorTestHarness<Key, Event, Event> harness;
  private Holder holder;

  /** Holds a buffer in a real state backend. */
  private static final class Holder extends AbstractStreamOperator<Event>
      implements OneInputStreamOperator<Event, Event> {
    private static final long serialVersionUID = 1L;

    private transient StepBuffer<Event> buffer;

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
      super.initializeState(context);
      KeyedStateBackend<Key> backend = getKeyedStateBackend();
      buffer =
          new StepBuffer<>(
              backend,
              States.HELD_EVENTS,
              Event::key,
              Event::version,
              Comparator.comparingLong(Event::version).thenComparingLong(Event::order));
      if (context.isRestored()) {
        buffer.restore();
      }
    }

    @Override
    public void processElement(StreamRecord<Event> element) {
      buffer.add(element.getValue());
    }
  }

  @BeforeEach
  void open() throws Exception {
    open(null);
  }

  private void open(OperatorSubtaskState restored) throws Exception {
    holder = new Holder();
    harness =
        new KeyedOneInputStreamOperatorTestHarness<>(holder, Event::key, KeyTypeInfo.INSTANCE);
    harness.setup();
    if (restored != null) {
      harness.initializeState(restored);
    }
    harness.open();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void dueElementsAreTakenByKeyAndInOrder() throws Exception {
    add(event(ONE, 5, 1), event(TWO, 6, 0), event(ONE, 5, 0), event(ONE, 8, 0));
    assertThat(holder.buffer.take(6))
        .containsExactly(
            Map.entry(ONE, List.of(event(ONE, 5, 0), event(ONE, 5, 1))),
            Map.entry(TWO, List.of(event(TWO, 6, 0))));
    assertThat(holder.buffer.take(7)).isEmpty();
    assertThat(holder.buffer.take(8)).containsOnlyKeys(ONE);
  }

  @Test
  void aCheckpointContainsBufferedAndUnprocessedElements() throws Exception {
    add(event(ONE, 5, 0), event(TWO, 6, 0), event(TWO, 9, 0));
    holder.buffer.take(6);
    holder.buffer.done(ONE);
    restart();
    assertThat(holder.buffer.take(9))
        .containsExactly(Map.entry(TWO, List.of(event(TWO, 6, 0), event(TWO, 9, 0))));
  }

  @Test
  void doneElementsAreRemovedFromState() throws Exception {
    add(event(ONE, 5, 0), event(TWO, 6, 0));
    restart();
    holder.buffer.take(6).keySet().forEach(holder.buffer::done);
    restart();
    assertThat(holder.buffer.take(9)).isEmpty();
  }

  @Test
  void furtherElementsAreKeptUntilTheNextCheckpoint() throws Exception {
    holder.buffer.store(List.of(event(ONE, 5, 0)));
    reopen();
    assertThat(holder.buffer.take(9)).containsOnlyKeys(ONE);
    holder.buffer.done(ONE);
    restart();
    assertThat(holder.buffer.take(9)).isEmpty();
  }

  private void add(Event... events) throws Exception {
    for (Event event : events) {
      harness.processElement(new StreamRecord<>(event));
    }
  }

  private void restart() throws Exception {
    holder.buffer.store(List.of());
    reopen();
  }

  private void reopen() throws Exception {
    OperatorSubtaskState state = harness.snapshot(1, 1);
    harness.close();
    open(state);
  }

  private static Event event(Key key, long version, long order) {
    return new Event.RowChange(key, version, order, null);
  }
}
