package dev.freshet.flow.capture;

import io.debezium.relational.TableId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;
import org.apache.flink.cdc.connectors.mysql.source.reader.MySqlSourceReaderContext;
import org.apache.flink.cdc.connectors.mysql.source.reader.MySqlSplitReader;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlBinlogSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlRecords;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.SourceRecords;
import org.apache.flink.cdc.connectors.mysql.source.utils.hooks.SnapshotPhaseHooks;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;

/**
 * Reads snapshot chunks as Flink CDC does, and the binlog with {@link BinlogStream}. The binlog
 * comes when all chunks were read, and stays.
 */
final class LogSplitReader extends MySqlSplitReader {
  private final MySqlSourceConfig config;
  private final int subtask;
  private final List<TableId> captured;
  private boolean firstChunkRead;
  private RecordsWithSplitIds<SourceRecords> endOfFirstChunk;
  private MySqlBinlogSplit binlog;
  private BinlogStream stream;

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
      return fetchChunk();
    }
    if (stream == null) {
      stream = new BinlogStream(config, subtask, captured, binlog);
    }
    try {
      return MySqlRecords.forUnfinishedRecords(binlog.splitId(), stream.poll());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while reading the binlog", e);
    }
  }

  /**
   * Tells the first chunk all at once, so that no checkpoint holds a part of it: the binlog is read
   * from where the first chunk began, and after a restore that would be a later place, where the
   * deletes of rows that were told already are missed. Later chunks stream.
   */
  private RecordsWithSplitIds<SourceRecords> fetchChunk() throws IOException {
    if (endOfFirstChunk != null) {
      RecordsWithSplitIds<SourceRecords> end = endOfFirstChunk;
      endOfFirstChunk = null;
      return end;
    }
    if (firstChunkRead) {
      return super.fetch();
    }
    List<SourceRecord> rows = new ArrayList<>();
    String chunk = null;
    while (endOfFirstChunk == null) {
      RecordsWithSplitIds<SourceRecords> part = super.fetch();
      if (!part.finishedSplits().isEmpty()) {
        endOfFirstChunk = part;
      } else {
        chunk = part.nextSplit();
        for (SourceRecords some = part.nextRecordFromSplit();
            some != null;
            some = part.nextRecordFromSplit()) {
          rows.addAll(some.getSourceRecordList());
        }
      }
    }
    firstChunkRead = true;
    return MySqlRecords.forUnfinishedRecords(chunk, List.of(new SourceRecords(rows)).iterator());
  }

  @Override
  public void close() throws Exception {
    if (stream != null) {
      stream.close();
    }
    super.close();
  }
}
