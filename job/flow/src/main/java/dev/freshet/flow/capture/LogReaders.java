package dev.freshet.flow.capture;

import dev.freshet.flow.Handling;
import java.io.Serializable;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;
import org.apache.flink.cdc.connectors.mysql.source.metrics.MySqlSourceReaderMetrics;
import org.apache.flink.cdc.connectors.mysql.source.reader.MySqlSourceReader;
import org.apache.flink.cdc.connectors.mysql.source.reader.MySqlSourceReaderContext;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplit;
import org.apache.flink.connector.base.source.reader.synchronization.FutureCompletingBlockingQueue;

/** Makes the readers of {@link org.apache.flink.cdc.connectors.mysql.source.LogSource}. */
public final class LogReaders implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Tables tables;
  private final Handling handling;

  public LogReaders(Tables tables, Handling handling) {
    this.tables = tables;
    this.handling = handling;
  }

  public SourceReader<Captured, MySqlSplit> open(
      MySqlSourceConfig config, SourceReaderContext context) {
    MySqlSourceReaderMetrics metrics = new MySqlSourceReaderMetrics(context.metricGroup());
    metrics.registerMetrics();
    MySqlSourceReaderContext readerContext = new MySqlSourceReaderContext(context);
    return new MySqlSourceReader<>(
        new FutureCompletingBlockingQueue<>(),
        () -> new LogSplitReader(config, context.getIndexOfSubtask(), readerContext, tables),
        new LogEmitter(tables, metrics, handling),
        context.getConfiguration(),
        readerContext,
        config);
  }
}
