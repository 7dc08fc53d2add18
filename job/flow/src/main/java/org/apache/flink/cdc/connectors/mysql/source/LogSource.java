package org.apache.flink.cdc.connectors.mysql.source;

import dev.freshet.flow.capture.Captured;
import dev.freshet.flow.capture.LogReaders;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfigFactory;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplit;
import org.apache.flink.cdc.debezium.DebeziumDeserializationSchema;

/**
 * Flink CDC's MySQL source with readers of our own, which tell where transactions end. It lies in
 * this package because the constructors it needs are visible here only; everything else is in
 * {@code dev.freshet.flow.capture}.
 */
public final class LogSource extends MySqlSource<Captured> {
  private static final long serialVersionUID = 1L;

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
    return readers.open(configuration.createConfig(context.getIndexOfSubtask()), context);
  }
}
