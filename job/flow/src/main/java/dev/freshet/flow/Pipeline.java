package dev.freshet.flow;

import dev.freshet.flow.capture.Capture;
import dev.freshet.flow.capture.source.SourceOptions;
import dev.freshet.flow.event.EventCapture;
import dev.freshet.flow.event.GroupedEvent;
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
import dev.freshet.flow.node.GroupOperator;
import dev.freshet.flow.node.NodeOperator;
import dev.freshet.flow.node.RootOperator;
import dev.freshet.flow.write.PostgresProgress;
import dev.freshet.flow.write.StoreOptions;
import dev.freshet.flow.write.StoreSchema;
import dev.freshet.flow.write.WriterOperator;
import dev.freshet.telemetry.TelemetryOptions;
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
 * Wires the operators of the job in the order of the data: capture → dimension nodes → root nodes →
 * view and writer. Failed rows are sent to Kafka and come back to capture for a retry. A job over
 * events has other operators before the writer.
 */
public final class Pipeline {
  /**
   * Milliseconds after which a partly filled network buffer is sent; the latency that each stage
   * adds at most.
   */
  private static final long BUFFER_TIMEOUT = 2;

  private final JobPlan plan;
  private final Handling handling;

  public Pipeline(JobPlan plan, Handling handling) {
    if (plan.depth() > Uids.MAX_DEPTH) {
      throw new IllegalArgumentException(
          "a view has a chain of "
              + plan.depth()
              + " joins; at most "
              + Uids.MAX_DEPTH
              + " are supported");
    }
    this.plan = plan;
    this.handling = handling;
  }

  /**
   * Adds the whole job to an environment.
   *
   * @param job the job's name, in the store's progress and in Kafka messages
   * @param views the views for creating the store again if its schema was dropped
   * @param kafka empty for a job without streams; a failed row then waits for its next change
   * @param retriesLost whether rows that waited for a retry are lost, so that all invalid keys must
   *     be repaired
   * @param telemetry where spans of flushes go
   */
  public void build(
      StreamExecutionEnvironment env,
      String job,
      SourceOptions source,
      StoreOptions store,
      List<StoreSchema.Registered> views,
      Optional<KafkaOptions> kafka,
      boolean retriesLost,
      TelemetryOptions telemetry) {
    configure(env);
    Optional<Streams> streams = kafka.map(Streams::new);
    SingleOutputStreamOperator<Event> log =
        Capture.build(
            env,
            plan,
            job,
            source,
            new PostgresProgress(store, job),
            handling,
            streams.map(s -> s.requests(env)));
    Nodes nodes = nodes(log);
    OutboundMessages outbound = new OutboundMessages(job, plan);
    WriterOperator.StartRepairs repairs =
        kafka.isEmpty()
            ? WriterOperator.StartRepairs.NONE
            : retriesLost
                ? WriterOperator.StartRepairs.INVALID
                : WriterOperator.StartRepairs.DOUBTFUL;
    DataStream<OutboundMessage> invalidations =
        write(
            nodes.entries(),
            nodes.messages(),
            new WriterOperator(plan, job, store, outbound, repairs, views, telemetry));
    streams.ifPresent(
        s ->
            s.write(
                nodes
                    .failures()
                    .map(outbound::of, OutboundMessage.TYPE)
                    .name("failures")
                    .uid(Uids.FAILURES)
                    .setParallelism(1)
                    .union(invalidations)));
  }

  /**
   * Adds the whole job over events to an environment: capture of events → groups → view and writer.
   *
   * @param job the job's name, in the store's progress and in Kafka messages
   * @param kafka the cluster with the topics of the events and the streams
   * @param views the views for creating the store again if its schema was dropped
   * @param telemetry where spans of flushes go
   */
  public void buildOverEvents(
      StreamExecutionEnvironment env,
      String job,
      KafkaOptions kafka,
      StoreOptions store,
      List<StoreSchema.Registered> views,
      TelemetryOptions telemetry) {
    configure(env);
    OutboundMessages outbound = new OutboundMessages(job, plan);
    EventCapture.Outputs log =
        EventCapture.build(
            env,
            plan,
            outbound,
            kafka,
            new PostgresProgress(store, job)::eventLog,
            handling.mostValueBytes());
    SingleOutputStreamOperator<EntryChange> entries =
        log.events()
            .keyBy(GroupedEvent::group, KeyTypeInfo.INSTANCE)
            .transform(
                "groups", EntryChangeTypeInfo.INSTANCE, new GroupOperator(plan, handling, outbound))
            .uid(Uids.GROUPS);
    DataStream<OutboundMessage> invalidations =
        write(
            entries,
            log.messages().union(entries.getSideOutput(GroupOperator.CONTROL_MESSAGES)),
            new WriterOperator(
                plan, job, store, outbound, WriterOperator.StartRepairs.NONE, views, telemetry));
    new Streams(kafka)
        .write(log.dead().union(entries.getSideOutput(GroupOperator.DEAD_EVENTS), invalidations));
  }

  private static void configure(StreamExecutionEnvironment env) {
    env.setBufferTimeout(BUFFER_TIMEOUT);
    env.getConfig().enableObjectReuse();
    env.configure(new Configuration().set(PipelineOptions.GENERIC_TYPES, false));
  }

  /** The outputs of the nodes. */
  record Nodes(
      DataStream<EntryChange> entries,
      DataStream<ControlMessage> messages,
      DataStream<Failure> failures) {}

  /**
   * Adds the nodes between the log and the entries: the deepest dimensions first, the roots last.
   */
  Nodes nodes(SingleOutputStreamOperator<Event> log) {
    DataStream<ControlMessage> messages = log.getSideOutput(Capture.CONTROL_MESSAGES);
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
      messages = messages.union(dimensions.getSideOutput(NodeOperator.CONTROL_MESSAGES));
      failures = union(failures, dimensions.getSideOutput(NodeOperator.FAILURES));
      parts = dimensions;
    }
    SingleOutputStreamOperator<EntryChange> entries =
        keyed(at(0, log), parts)
            .transform("roots", EntryChangeTypeInfo.INSTANCE, new RootOperator(plan, handling))
            .uid(Uids.ROOT);
    return new Nodes(
        entries,
        messages.union(entries.getSideOutput(NodeOperator.CONTROL_MESSAGES)),
        union(failures, entries.getSideOutput(NodeOperator.FAILURES)));
  }

  private static DataStream<Failure> union(DataStream<Failure> some, DataStream<Failure> more) {
    return some == null ? more : some.union(more);
  }

  private DataStream<OutboundMessage> write(
      DataStream<EntryChange> entries, DataStream<ControlMessage> messages, WriterOperator writer) {
    return entries
        .keyBy(EntryChange::key, KeyTypeInfo.INSTANCE)
        .connect(messages.broadcast())
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
