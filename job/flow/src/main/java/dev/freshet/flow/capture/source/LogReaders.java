package dev.freshet.flow.capture.source;

import dev.freshet.flow.Handling;
import java.io.Serializable;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.cdc.connectors.mysql.source.assigners.MySqlSplitAssigner;
import org.apache.flink.cdc.connectors.mysql.source.assigners.state.HybridPendingSplitsState;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;
import org.apache.flink.cdc.connectors.mysql.source.metrics.MySqlSourceReaderMetrics;
import org.apache.flink.cdc.connectors.mysql.source.reader.MySqlSourceReader;
import org.apache.flink.cdc.connectors.mysql.source.reader.MySqlSourceReaderContext;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplit;
import org.apache.flink.connector.base.source.reader.synchronization.FutureCompletingBlockingQueue;

/**
 * Creates the readers and split assigners of {@link
 * org.apache.flink.cdc.connectors.mysql.source.LogSource}.
 */
public final class LogReaders implements Serializable {
  private static final long serialVersionUID = 1L;

  private final SourceOptions options;
  private final Tables tables;
  private final Handling handling;

  public LogReaders(SourceOptions options, Tables tables, Handling handling) {
    this.options = options;
    this.tables = tables;
    this.handling = handling;
  }

  /** Creates a reader. */
  public SourceReader<Captured, MySqlSplit> open(
      MySqlSourceConfig config, SourceReaderContext context) {
    MySqlSourceReaderMetrics metrics = new MySqlSourceReaderMetrics(context.metricGroup());
    metrics.registerMetrics();
    MySqlSourceReaderContext readerContext = new MySqlSourceReaderContext(context);
    return new MySqlSourceReader<>(
        new FutureCompletingBlockingQueue<>(),
        () ->
            new LogSplitReader(
                config, context.getIndexOfSubtask(), readerContext, options, tables, handling),
        new LogEmitter(metrics),
        context.getConfiguration(),
        readerContext,
        config);
  }

  /** Creates an assigner for a new job. */
  public MySqlSplitAssigner assigner(SplitEnumeratorContext<MySqlSplit> context) {
    return new ChunkAssigner(options, tables, context);
  }

  /** Restores an assigner from a checkpoint. */
  public MySqlSplitAssigner assigner(
      HybridPendingSplitsState state, SplitEnumeratorContext<MySqlSplit> context) {
    return new ChunkAssigner(options, tables, state, context);
  }
}
