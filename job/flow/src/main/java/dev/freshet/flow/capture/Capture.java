package dev.freshet.flow.capture;

import dev.freshet.flow.Handling;
import dev.freshet.flow.JobPlan;
import dev.freshet.flow.Uids;
import dev.freshet.flow.capture.inject.Received;
import dev.freshet.flow.capture.inject.StoreProgress;
import dev.freshet.flow.capture.source.Captured;
import dev.freshet.flow.capture.source.CapturedTypeInfo;
import dev.freshet.flow.capture.source.CdcSource;
import dev.freshet.flow.capture.source.SourceOptions;
import dev.freshet.flow.capture.source.Tables;
import dev.freshet.flow.log.ControlMessage;
import dev.freshet.flow.log.ControlMessageTypeInfo;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.EventTypeInfo;
import dev.freshet.view.stream.Stream;
import java.io.Serializable;
import java.util.Optional;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.MultipleConnectedStreams;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.transformations.MultipleInputTransformation;
import org.apache.flink.util.OutputTag;

/**
 * Builds the source and the capture operator, whose output is the log: the events that the nodes
 * receive, in order, with a watermark at each transaction end.
 *
 * <p>The version of an event is the binlog position at which its transaction begins (0 for snapshot
 * rows); a watermark is the position at which a transaction ends. A watermark promises that every
 * event at or below it has been sent. The first watermark is the hand-over: it is sent when the
 * snapshot is complete and its tables are consistent with each other. Retried rows are sent between
 * transactions, followed by a watermark of their own.
 */
public final class Capture {
  /**
   * Control messages for the writers; a {@link WatermarkInfo} precedes each watermark, and another
   * one is sent whenever a newer time is confirmed.
   */
  public static final OutputTag<ControlMessage> CONTROL_MESSAGES =
      new OutputTag<>("notes", ControlMessageTypeInfo.INSTANCE);

  private Capture() {}

  /**
   * Encodes a message of Kafka as input for capture.
   *
   * @param stream the retry or the requests stream
   * @param partition the partition and the offset at which Kafka keeps the message
   */
  public static byte[] received(Stream stream, int partition, long offset, byte[] message) {
    return new Received(stream, partition, offset, message).encode();
  }

  /**
   * The settings of the capture operator.
   *
   * @param job the job's name; messages for other jobs are ignored
   * @param hasRequests whether there is a second input with retries and requests from Kafka
   */
  record Setting(
      String job,
      Tables tables,
      SourceOptions source,
      StoreProgress progress,
      Handling handling,
      boolean hasRequests,
      int keyGroups)
      implements Serializable {}

  /**
   * Adds the source and the capture operator, each with one subtask.
   *
   * @param job the job's name
   * @param requests messages that {@link #received} encoded; empty for a job without Kafka
   */
  public static SingleOutputStreamOperator<Event> build(
      StreamExecutionEnvironment env,
      JobPlan plan,
      String job,
      SourceOptions options,
      StoreProgress progress,
      Handling handling,
      Optional<DataStream<byte[]>> requests) {
    Tables tables = new Tables(plan);
    DataStream<Captured> log =
        env.fromSource(
                CdcSource.of(tables, options, handling),
                WatermarkStrategy.noWatermarks(),
                "source",
                CapturedTypeInfo.INSTANCE)
            .uid(Uids.SOURCE)
            .setParallelism(1);
    Setting setting =
        new Setting(
            job,
            tables,
            options,
            progress,
            handling,
            requests.isPresent(),
            env.getMaxParallelism());
    MultipleInputTransformation<Event> capture =
        new MultipleInputTransformation<>(
            "capture", new CaptureOperatorFactory(setting), EventTypeInfo.INSTANCE, 1);
    capture.addInput(log.getTransformation());
    requests.ifPresent(messages -> capture.addInput(messages.getTransformation()));
    env.addOperator(capture);
    return new MultipleConnectedStreams(env)
        .transform(capture)
        .uid(Uids.CAPTURE)
        .forceNonParallel();
  }
}
