package dev.freshet.flow.event;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.KafkaOptions;
import dev.freshet.flow.Uids;
import dev.freshet.flow.kafka.OutboundMessage;
import dev.freshet.flow.kafka.OutboundMessages;
import dev.freshet.flow.log.ControlMessage;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Builds the source of events and the operator that makes one log of them. */
public final class EventCapture {
  private EventCapture() {}

  /**
   * The outputs.
   *
   * @param events the events of all views, with a watermark at each step
   * @param messages control messages for the writers; a {@code WatermarkInfo} precedes each
   *     watermark
   * @param dead messages about the records that could not be used
   */
  public record Outputs(
      DataStream<GroupedEvent> events,
      DataStream<ControlMessage> messages,
      DataStream<OutboundMessage> dead) {}

  /**
   * Adds the source and the operator, each with one subtask.
   *
   * @param plan a plan over events
   * @param mostBytes the largest size of a record that is read
   */
  public static Outputs build(
      StreamExecutionEnvironment env,
      JobPlan plan,
      OutboundMessages outbound,
      KafkaOptions kafka,
      StoredLog store,
      int mostBytes) {
    Set<String> topics =
        plan.events().stream().map(view -> view.table().topic()).collect(Collectors.toSet());
    SingleOutputStreamOperator<GroupedEvent> log =
        EventSource.of(env, kafka, topics)
            .transform(
                "capture of events",
                GroupedEvent.TYPE,
                new EventCaptureOperator(
                    new EventCaptureOperator.Setting(
                        plan, outbound, store, () -> new KafkaTopicEnds(kafka), mostBytes)))
            .uid(Uids.EVENT_CAPTURE)
            .forceNonParallel();
    return new Outputs(
        log,
        log.getSideOutput(EventCaptureOperator.CONTROL_MESSAGES),
        log.getSideOutput(EventCaptureOperator.DEAD_EVENTS));
  }
}
