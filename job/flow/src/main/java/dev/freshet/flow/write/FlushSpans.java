package dev.freshet.flow.write;

import dev.freshet.flow.log.WatermarkInfo;
import dev.freshet.store.GroupRange;
import dev.freshet.telemetry.TelemetryOptions;
import dev.freshet.telemetry.Traces;
import dev.freshet.view.Version;
import io.opentelemetry.api.trace.Span;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * Exports a span for a sample of a writer's flushes: when it began and ended, up to which place in
 * the binlog the store is complete then, and how old that is. No method waits for the collector.
 * Not thread-safe.
 */
final class FlushSpans implements AutoCloseable {
  /** The job's name in exported traces. */
  private static final String SERVICE = "freshet-job";

  private final Traces traces;
  private final String job;
  private final GroupRange range;

  /**
   * Starts the export, if the options name a collector.
   *
   * @param range the key groups that the writer writes
   */
  FlushSpans(TelemetryOptions options, String job, GroupRange range) {
    this.traces = Traces.start(SERVICE, options);
    this.job = job;
    this.range = range;
  }

  /**
   * Exports a flush that has ended.
   *
   * @param mark the watermark up to which the store is complete now
   * @param entries the number of changes of entries that were written
   * @param begun when it began, in milliseconds since the epoch; likewise {@code ended}
   */
  void flushed(WatermarkInfo mark, int entries, long begun, long ended) {
    if (!traces.isOn()) {
      return;
    }
    Span span =
        traces
            .tracer()
            .spanBuilder("flush")
            .setStartTimestamp(begun, TimeUnit.MILLISECONDS)
            .startSpan();
    if (span.isRecording()) {
      span.setAttribute("freshet.job", job);
      span.setAttribute("freshet.key_groups", range.toString());
      span.setAttribute("freshet.version", Version.print(mark.position()));
      span.setAttribute("freshet.entries", entries);
      if (mark.asOf() > 0) {
        span.setAttribute("freshet.as_of", Instant.ofEpochMilli(mark.asOf()).toString());
        span.setAttribute("freshet.lag_ms", Math.max(0, ended - mark.asOf()));
      }
    }
    span.end(ended, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    traces.closeLater();
  }
}
