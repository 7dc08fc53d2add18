package dev.freshet.flow;

import dev.freshet.flow.capture.Capture;
import dev.freshet.flow.capture.SourceOptions;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.log.EntryChangeTypeInfo;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.EventTypeInfo;
import dev.freshet.flow.log.KeyTypeInfo;
import dev.freshet.flow.log.Mark;
import dev.freshet.flow.node.DimensionOperator;
import dev.freshet.flow.node.RootOperator;
import dev.freshet.flow.store.PostgresProgress;
import dev.freshet.flow.store.StoreOptions;
import dev.freshet.flow.store.WriterOperator;
import dev.freshet.view.Key;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;
import org.apache.flink.streaming.api.transformations.TwoInputTransformation;

/** The job, in the order of the data: capture → dimension nodes → root nodes → view and writer. */
public final class Pipeline {
  /** Milliseconds after which a half-full network buffer is sent: each stage adds at most this. */
  private static final long BUFFER_TIMEOUT = 2;

  private final JobPlan plan;

  public Pipeline(JobPlan plan) {
    if (plan.depth() > Uids.MAX_DEPTH) {
      throw new IllegalArgumentException(
          "a view joins over " + plan.depth() + " steps; at most " + Uids.MAX_DEPTH + " are taken");
    }
    this.plan = plan;
  }

  /**
   * Adds the whole job to an environment.
   *
   * @param job whose progress the writers keep
   */
  public void build(
      StreamExecutionEnvironment env, String job, SourceOptions source, StoreOptions store) {
    env.setBufferTimeout(BUFFER_TIMEOUT);
    env.getConfig().enableObjectReuse();
    env.configure(new Configuration().set(PipelineOptions.GENERIC_TYPES, false));
    SingleOutputStreamOperator<Event> log =
        Capture.build(env, plan, source, new PostgresProgress(store, job));
    DataStream<EntryChange> entries = nodes(log);
    write(entries, log.getSideOutput(Capture.MARKS), job, store);
  }

  /** From the log to the entries: the deepest dimensions first, the roots last. */
  DataStream<EntryChange> nodes(DataStream<Event> log) {
    DataStream<Event> parts = null;
    for (int depth = plan.depth(); depth > 0; depth--) {
      parts =
          keyed(at(depth, log), parts)
              .transform("dimensions " + depth, EventTypeInfo.INSTANCE, new DimensionOperator(plan))
              .uid(Uids.dimensions(depth));
    }
    return keyed(at(0, log), parts)
        .transform("roots", EntryChangeTypeInfo.INSTANCE, new RootOperator(plan))
        .uid(Uids.ROOT);
  }

  private void write(
      DataStream<EntryChange> entries, DataStream<Mark> marks, String job, StoreOptions store) {
    StreamExecutionEnvironment env = entries.getExecutionEnvironment();
    KeyedStream<EntryChange, Key> byKey = entries.keyBy(EntryChange::key, KeyTypeInfo.INSTANCE);
    TwoInputTransformation<EntryChange, Mark, Void> writer =
        new TwoInputTransformation<>(
            byKey.getTransformation(),
            marks.broadcast().getTransformation(),
            "view and writer",
            SimpleOperatorFactory.of(new WriterOperator(plan, job, store)),
            Types.VOID,
            env.getParallelism(),
            false);
    writer.setStateKeyType(KeyTypeInfo.INSTANCE);
    writer.setStateKeySelectors(EntryChange::key, null);
    writer.setUid(Uids.WRITER);
    env.addOperator(writer);
  }

  private DataStream<Event> at(int depth, DataStream<Event> log) {
    JobPlan nodes = plan;
    return log.filter(event -> nodes.nodeOf(event.key()).plan().depth() == depth)
        .name("events " + depth)
        .uid(Uids.eventsAt(depth))
        .setParallelism(log.getParallelism());
  }

  private static KeyedStream<Event, Key> keyed(DataStream<Event> events, DataStream<Event> parts) {
    DataStream<Event> all = parts == null ? events : events.union(parts);
    return all.keyBy(Event::key, KeyTypeInfo.INSTANCE);
  }
}
