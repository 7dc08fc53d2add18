package dev.freshet.flow.capture;

import dev.freshet.flow.Handling;
import dev.freshet.flow.JobPlan;
import dev.freshet.flow.Uids;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.EventTypeInfo;
import dev.freshet.flow.log.Note;
import dev.freshet.flow.log.NoteTypeInfo;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.OutputTag;

/**
 * The log: what the nodes receive, in order, with watermarks at transaction ends.
 *
 * <p>An event's version is where its transaction begins (0 for snapshot rows), a watermark where
 * one ends. After a watermark everything at or below it was sent and nothing at or below it
 * follows. The first watermark is the hand-over: the snapshot is complete and its tables agree with
 * each other.
 */
public final class Capture {
  /** What is known of the source: one before each watermark, and whenever a newer time is known. */
  public static final OutputTag<Note> NOTES = new OutputTag<>("notes", NoteTypeInfo.INSTANCE);

  private Capture() {}

  /** Adds the source and capture, both with one subtask. */
  public static SingleOutputStreamOperator<Event> build(
      StreamExecutionEnvironment env,
      JobPlan plan,
      SourceOptions options,
      StoreProgress progress,
      Handling handling) {
    Tables tables = new Tables(plan);
    return env.fromSource(
            CdcSource.of(tables, options, handling),
            WatermarkStrategy.noWatermarks(),
            "source",
            CapturedTypeInfo.INSTANCE)
        .uid(Uids.SOURCE)
        .setParallelism(1)
        .transform(
            "capture",
            EventTypeInfo.INSTANCE,
            new CaptureOperatorFactory(tables, options, progress))
        .uid(Uids.CAPTURE)
        .setParallelism(1)
        .forceNonParallel();
  }
}
