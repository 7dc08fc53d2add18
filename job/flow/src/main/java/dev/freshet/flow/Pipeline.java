package dev.freshet.flow;

import dev.freshet.flow.capture.Capture;
import dev.freshet.flow.capture.source.SourceOptions;
import dev.freshet.flow.kafka.OutboundMessage;
import dev.freshet.flow.kafka.OutboundMessages;
import dev.freshet.flow.kafka.Streams;
import dev.freshet.flow.log.ControlMessage;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.log.EntryChangeTypeInfo;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.EventTypeInfo;
import dev.freshet.flow.log.Failure;
import dev.freshet.flow.log.KeyTypeInfo;
import dev.freshet.flow.node.DimensionOperator;
import dev.freshet.flow.node.NodeOperator;
import dev.freshet.flow.node.RootOperator;
import dev.freshet.flow.write.PostgresProgress;
import dev.freshet.flow.write.StoreOptions;
import dev.freshet.flow.write.StoreSchema;
import dev.freshet.flow.write.WriterOperator;
import dev.freshet.view.Key;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The job, in the order of the data: capture → dimension nodes → root nodes → view and writer. What
 * fails on the way goes to Kafka, and comes back to capture to be tried again.
 */
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
   * @param job whose progress the writers keep, and whose messages Kafka has
   * @param views what the store is made from, when its schema is gone
   * @param kafka empty for a job without streams: what failed waits for its row's next version
   * @param retriesLost whether what waited to be tried again is lost, so that keys that are not
   *     valid are repaired
   */
  public void build(
      StreamExecutionEnvironment env,
      String job,
      SourceOptions source,
      StoreOptions store,
      List<StoreSchema.Registered> views,
      Optional<KafkaOptions> kafka,
      boolean retriesLost) {
    env.setBufferTimeout(BUFFER_TIMEOUT);
    env.getConfig().enableObjectReuse();
    env.configure(new Configuration().set(PipelineOptions.GENERIC_TYPES, false));
    Optional<Streams> streams = kafka.map(Streams::new);
    SingleOutputStreamOperator<Event> log =
        Capture.build(
            env,
            plan,
            job,
            source,
            new PostgresProgress(store, job),
            handling,
            streams.map(s -> s.wishes(env)));
    Nodes nodes = nodes(log);
    OutboundMessages letters = new OutboundMessages(job, plan);
    WriterOperator.Asks asks =
        kafka.isEmpty()
            ? WriterOperator.Asks.NOTHING
            : retriesLost
                ? WriterOperator.Asks.FOR_ALL_THAT_ARE_NOT_VALID
                : WriterOperator.Asks.FOR_KEYS_IN_DOUBT;
    DataStream<OutboundMessage> invalidations =
        write(
            nodes.entries(),
            nodes.notes(),
            new WriterOperator(plan, job, store, letters, asks, views));
    streams.ifPresent(
        s ->
            s.write(
                nodes
                    .failures()
                    .map(letters::of, OutboundMessage.TYPE)
                    .name("failures")
                    .uid(Uids.FAILURES)
                    .setParallelism(1)
                    .union(invalidations)));
  }

  /** What comes out of the nodes. */
  record Nodes(
      DataStream<EntryChange> entries,
      DataStream<ControlMessage> notes,
      DataStream<Failure> failures) {}

  /** From the log to the entries: the deepest dimensions first, the roots last. */
  Nodes nodes(SingleOutputStreamOperator<Event> log) {
    DataStream<ControlMessage> notes = log.getSideOutput(Capture.NOTES);
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

  private DataStream<OutboundMessage> write(
      DataStream<EntryChange> entries, DataStream<ControlMessage> notes, WriterOperator writer) {
    return entries
        .keyBy(EntryChange::key, KeyTypeInfo.INSTANCE)
        .connect(notes.broadcast())
        .transform("view and writer", Types.VOID, writer)
        .uid(Uids.WRITER)
        .getSideOutput(WriterOperator.INVALIDATIONS);
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
