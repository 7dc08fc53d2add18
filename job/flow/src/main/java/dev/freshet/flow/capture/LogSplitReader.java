package dev.freshet.flow.capture;

import io.debezium.relational.TableId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.flink.cdc.connectors.mysql.debezium.reader.BinlogSplitReader;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;
import org.apache.flink.cdc.connectors.mysql.source.reader.MySqlSourceReaderContext;
import org.apache.flink.cdc.connectors.mysql.source.reader.MySqlSplitReader;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlBinlogSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlRecords;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.SourceRecords;
import org.apache.flink.cdc.connectors.mysql.source.utils.hooks.SnapshotPhaseHooks;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;

/**
 * Reads snapshot chunks as Flink CDC does, and the binlog with {@link LogTaskContext}. The binlog
 * comes when all chunks were read, and stays.
 */
final class LogSplitReader extends MySqlSplitReader {
  private final MySqlSourceConfig config;
  private final int subtask;
  private final List<TableId> captured;
  private MySqlBinlogSplit binlog;
  private BinlogSplitReader reader;

  LogSplitReader(
      MySqlSourceConfig config,
      int subtask,
      MySqlSourceReaderContext context,
      List<TableId> captured) {
    super(config, subtask, context, SnapshotPhaseHooks.empty());
    this.config = config;
    this.subtask = subtask;
    this.captured = captured;
  }

  @Override
  public void handleSplitsChanges(SplitsChange<MySqlSplit> change) {
    List<MySqlSplit> chunks = new ArrayList<>();
    for (MySqlSplit split : change.splits()) {
      if (split.isBinlogSplit()) {
        binlog = split.asBinlogSplit();
      } else {
        chunks.add(split);
      }
    }
    if (!chunks.isEmpty()) {
      super.handleSplitsChanges(new SplitsAddition<>(chunks));
    }
  }

  @Override
  public RecordsWithSplitIds<SourceRecords> fetch() throws IOException {
    if (binlog == null) {
      return super.fetch();
    }
    if (reader == null) {
      reader = new BinlogSplitReader(new LogTaskContext(config, captured), subtask);
      reader.submitSplit(binlog);
    }
    try {
      Iterator<SourceRecords> records = reader.pollSplitRecords();
      return records == null
          ? MySqlRecords.forFinishedSplit(binlog.splitId())
          : MySqlRecords.forUnfinishedRecords(binlog.splitId(), records);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while reading the binlog", e);
    }
  }

  @Override
  public void close() throws Exception {
    if (reader != null) {
      reader.close();
    }
    super.close();
  }
}
