package org.apache.flink.cdc.connectors.mysql.source;

import dev.freshet.flow.JobDrivers;
import dev.freshet.flow.capture.source.Captured;
import dev.freshet.flow.capture.source.LogReaders;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.cdc.connectors.mysql.source.assigners.MySqlSplitAssigner;
import org.apache.flink.cdc.connectors.mysql.source.assigners.state.HybridPendingSplitsState;
import org.apache.flink.cdc.connectors.mysql.source.assigners.state.PendingSplitsState;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfigFactory;
import org.apache.flink.cdc.connectors.mysql.source.enumerator.MySqlSourceEnumerator;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplit;
import org.apache.flink.cdc.debezium.DebeziumDeserializationSchema;

/**
 * Flink CDC's MySQL source with an assigner and readers of our own. It lies in this package because
 * the constructors it needs are visible here only; everything else is in {@code
 * dev.freshet.flow.capture}.
 */
public final class LogSource extends MySqlSource<Captured> {
  private static final long serialVersionUID = 1L;
  private static final String ENUMERATOR = "mysql_source_split_enumerator";

  private final MySqlSourceConfigFactory configuration;
  private final LogReaders readers;

  /**
   * A source.
   *
   * @param type tells what comes out; it deserializes nothing
   */
  public LogSource(
      MySqlSourceConfigFactory configuration,
      DebeziumDeserializationSchema<Captured> type,
      LogReaders readers) {
    super(
        configuration,
        type,
        (metrics, config) -> {
          throw new IllegalStateException("readers make their own emitters");
        });
    this.configuration = configuration;
    this.readers = readers;
  }

  @Override
  public SourceReader<Captured, MySqlSplit> createReader(SourceReaderContext context) {
    JobDrivers.detach();
    return readers.open(configuration.createConfig(context.getIndexOfSubtask()), context);
  }

  @Override
  public SplitEnumerator<MySqlSplit, PendingSplitsState> createEnumerator(
      SplitEnumeratorContext<MySqlSplit> context) {
    JobDrivers.detach();
    return enumerator(context, readers.assigner(context));
  }

  @Override
  public SplitEnumerator<MySqlSplit, PendingSplitsState> restoreEnumerator(
      SplitEnumeratorContext<MySqlSplit> context, PendingSplitsState checkpoint) {
    JobDrivers.detach();
    return enumerator(context, readers.assigner((HybridPendingSplitsState) checkpoint, context));
  }

  private SplitEnumerator<MySqlSplit, PendingSplitsState> enumerator(
      SplitEnumeratorContext<MySqlSplit> context, MySqlSplitAssigner assigner) {
    MySqlSourceConfig config = configuration.createConfig(0, ENUMERATOR);
    return new MySqlSourceEnumerator(context, config, assigner, getBoundedness());
  }
}
