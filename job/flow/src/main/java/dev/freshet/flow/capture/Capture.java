package dev.freshet.flow.capture;

import dev.freshet.flow.Handling;
import dev.freshet.flow.JobPlan;
import dev.freshet.flow.Uids;
import dev.freshet.flow.capture.inject.RetryRequest;
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
 * The log: what the nodes receive, in order, with watermarks at transaction ends.
 *
 * <p>An event's version is where its transaction begins (0 for snapshot rows), a watermark where
 * one ends. After a watermark everything at or below it was sent and nothing at or below it
 * follows. The first watermark is the hand-over: the snapshot is complete and its tables agree with
 * each other. Rows that are tried again come between transactions, with a watermark of their own.
 */
public final class Capture {
  /** What is known of the source: one before each watermark, and whenever a newer time is known. */
  public static final OutputTag<ControlMessage> NOTES =
      new OutputTag<>("notes", ControlMessageTypeInfo.INSTANCE);

  private Capture() {}

  /** A message of the retry stream, as capture takes it. */
  public static byte[] retry(byte[] message) {
    return RetryRequest.retry(message);
  }

  /** A message of the requests stream, as capture takes it. */
  public static byte[] request(byte[] message) {
    return RetryRequest.request(message);
  }

  /**
   * What capture works with.
   *
   * @param job the job's name, which messages bear
   * @param hasWishes whether Kafka tells what is to be tried again
   */
  record Setting(
      String job,
      Tables tables,
      SourceOptions source,
      StoreProgress progress,
      Handling handling,
      boolean hasWishes,
      int keyGroups)
      implements Serializable {}

  /**
   * Adds the source and capture, both with one subtask.
   *
   * @param job the job's name
   * @param wishes what {@link #retry} and {@link #request} make of messages
   */
  public static SingleOutputStreamOperator<Event> build(
      StreamExecutionEnvironment env,
      JobPlan plan,
      String job,
      SourceOptions options,
      StoreProgress progress,
      Handling handling,
      Optional<DataStream<byte[]>> wishes) {
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
            job, tables, options, progress, handling, wishes.isPresent(), env.getMaxParallelism());
    MultipleInputTransformation<Event> capture =
        new MultipleInputTransformation<>(
            "capture", new CaptureOperatorFactory(setting), EventTypeInfo.INSTANCE, 1);
    capture.addInput(log.getTransformation());
    wishes.ifPresent(messages -> capture.addInput(messages.getTransformation()));
    env.addOperator(capture);
    return new MultipleConnectedStreams(env)
        .transform(capture)
        .uid(Uids.CAPTURE)
        .forceNonParallel();
  }
}
