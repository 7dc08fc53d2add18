package dev.freshet.flow;

import dev.freshet.flow.capture.Capture;
import dev.freshet.flow.capture.SourceOptions;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.log.EntryChangeTypeInfo;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.EventTypeInfo;
import dev.freshet.flow.log.Failure;
import dev.freshet.flow.log.KeyTypeInfo;
import dev.freshet.flow.log.Note;
import dev.freshet.flow.node.DimensionOperator;
import dev.freshet.flow.node.NodeOperator;
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
  private final Handling handling;

  public Pipeline(JobPlan plan, Handling handling) {
    if (plan.depth() > Uids.MAX_DEPTH) {
      throw new IllegalArgumentException(
          "a view joins over " + plan.depth() + " steps; at most " + Uids.MAX_DEPTH + " are taken");
    }
    this.plan = plan;
    this.handling = handling;
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
        Capture.build(env, plan, source, new PostgresProgress(store, job), handling);
    Nodes nodes = nodes(log);
    write(nodes.entries(), nodes.notes(), job, store);
  }

  /** What comes out of the nodes. */
  record Nodes(
      DataStream<EntryChange> entries, DataStream<Note> notes, DataStream<Failure> failures) {}

  /** From the log to the entries: the deepest dimensions first, the roots last. */
  Nodes nodes(SingleOutputStreamOperator<Event> log) {
    DataStream<Note> notes = log.getSideOutput(Capture.NOTES);
    DataStream<Failure> failures = null;
    DataStream<Event> parts = null;
    for (int depth = plan.depth(); depth > 0; depth--) {
      SingleOutputStreamOperator<Event> dimensions =
          keyed(at(depth, log), parts)
              .transform(
                  "dimensions " + depth,
                  EventTypeInfo.INSTANCE,
                  new DimensionOperator(plan, handling, depth))
              .uid(Uids.dimensions(depth));
      notes = notes.union(dimensions.getSideOutput(NodeOperator.NOTES));
      failures = union(failures, dimensions.getSideOutput(NodeOperator.FAILURES));
      parts = dimensions;
    }
    SingleOutputStreamOperator<EntryChange> entries =
        keyed(at(0, log), parts)
            .transform("roots", EntryChangeTypeInfo.INSTANCE, new RootOperator(plan, handling))
            .uid(Uids.ROOT);
    return new Nodes(
        entries,
        notes.union(entries.getSideOutput(NodeOperator.NOTES)),
        union(failures, entries.getSideOutput(NodeOperator.FAILURES)));
  }

  private static DataStream<Failure> union(DataStream<Failure> some, DataStream<Failure> more) {
    return some == null ? more : some.union(more);
  }

  private void write(
      DataStream<EntryChange> entries, DataStream<Note> notes, String job, StoreOptions store) {
    StreamExecutionEnvironment env = entries.getExecutionEnvironment();
    KeyedStream<EntryChange, Key> byKey = entries.keyBy(EntryChange::key, KeyTypeInfo.INSTANCE);
    TwoInputTransformation<EntryChange, Note, Void> writer =
        new TwoInputTransformation<>(
            byKey.getTransformation(),
            notes.broadcast().getTransformation(),
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
