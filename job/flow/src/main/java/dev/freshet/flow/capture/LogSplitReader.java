package dev.freshet.flow.capture;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.flink.cdc.connectors.mysql.debezium.DebeziumUtils;
import org.apache.flink.cdc.connectors.mysql.debezium.reader.SnapshotSplitReader;
import org.apache.flink.cdc.connectors.mysql.debezium.task.context.StatefulTaskContext;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;
import org.apache.flink.cdc.connectors.mysql.source.reader.MySqlSourceReaderContext;
import org.apache.flink.cdc.connectors.mysql.source.reader.MySqlSplitReader;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlBinlogSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlRecords;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.SourceRecords;
import org.apache.flink.cdc.connectors.mysql.source.utils.RecordUtils;
import org.apache.flink.cdc.connectors.mysql.source.utils.hooks.SnapshotPhaseHooks;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;

/**
 * Reads snapshot chunks with {@link SnapshotConnection}, and the binlog with {@link BinlogStream}.
 * The binlog comes when all chunks were read, and stays.
 */
final class LogSplitReader extends MySqlSplitReader {
  private final MySqlSourceConfig config;
  private final int subtask;
  private final Tables tables;
  private final Deque<MySqlSplit> chunks = new ArrayDeque<>();
  private SnapshotSplitReader chunkReader;
  private SnapshotConnection snapshot;
  private String chunk;
  private boolean firstChunkRead;
  private RecordsWithSplitIds<SourceRecords> endOfFirstChunk;
  private MySqlBinlogSplit binlog;
  private BinlogStream stream;

  LogSplitReader(
      MySqlSourceConfig config, int subtask, MySqlSourceReaderContext context, Tables tables) {
    super(config, subtask, context, SnapshotPhaseHooks.empty());
    this.config = config;
    this.subtask = subtask;
    this.tables = tables;
  }

  @Override
  public void handleSplitsChanges(SplitsChange<MySqlSplit> change) {
    for (MySqlSplit split : change.splits()) {
      if (split.isBinlogSplit()) {
        binlog = split.asBinlogSplit();
      } else {
        chunks.add(split);
      }
    }
  }

  @Override
  public RecordsWithSplitIds<SourceRecords> fetch() throws IOException {
    try {
      return binlog == null ? fetchChunk() : fetchBinlog();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while reading the source", e);
    }
  }

  private RecordsWithSplitIds<SourceRecords> fetchBinlog()
      throws InterruptedException, IOException {
    if (stream == null) {
      closeChunkReader();
      requireOneServer(binlog);
      stream = new BinlogStream(config, subtask, tables, binlog);
    }
    return MySqlRecords.forUnfinishedRecords(binlog.splitId(), stream.poll());
  }

  /** What two servers held at different times is no state that either ever had. */
  private static void requireOneServer(MySqlBinlogSplit split) {
    long servers =
        split.getFinishedSnapshotSplitInfos().stream()
            .map(chunk -> SourceServer.of(chunk.getHighWatermark().getOffset()).id())
            .filter(id -> !id.isEmpty())
            .distinct()
            .count();
    if (servers > 1) {
      throw SnapshotConnection.moved();
    }
  }

  /**
   * Tells the first chunk all at once, so that no checkpoint holds a part of it: the binlog is read
   * from where the first chunk began, and after a restore that would be a later place, where the
   * deletes of rows that were told already are missed. Later chunks stream.
   */
  private RecordsWithSplitIds<SourceRecords> fetchChunk() throws InterruptedException {
    if (endOfFirstChunk != null) {
      RecordsWithSplitIds<SourceRecords> end = endOfFirstChunk;
      endOfFirstChunk = null;
      return end;
    }
    if (firstChunkRead) {
      return fetchOfChunk();
    }
    List<SourceRecord> rows = new ArrayList<>();
    String first = null;
    while (endOfFirstChunk == null) {
      RecordsWithSplitIds<SourceRecords> part = fetchOfChunk();
      if (!part.finishedSplits().isEmpty()) {
        endOfFirstChunk = part;
      } else {
        first = part.nextSplit();
        for (SourceRecords some = part.nextRecordFromSplit();
            some != null;
            some = part.nextRecordFromSplit()) {
          rows.addAll(some.getSourceRecordList());
        }
      }
    }
    firstChunkRead = true;
    return MySqlRecords.forUnfinishedRecords(first, List.of(new SourceRecords(rows)).iterator());
  }

  private RecordsWithSplitIds<SourceRecords> fetchOfChunk() throws InterruptedException {
    if (chunk == null) {
      if (chunkReader == null) {
        snapshot = new SnapshotConnection(config);
        // It asks for a binlog client and, without a backfill, never uses it.
        chunkReader =
            new SnapshotSplitReader(
                new StatefulTaskContext(
                    config,
                    DebeziumUtils.createBinaryClient(config.getDbzConfiguration()),
                    snapshot),
                subtask);
      }
      MySqlSplit next = chunks.remove();
      chunk = next.splitId();
      chunkReader.submitSplit(next);
    }
    Iterator<SourceRecords> records = chunkReader.pollSplitRecords();
    if (records != null) {
      return MySqlRecords.forUnfinishedRecords(chunk, marked(records));
    }
    MySqlRecords end = MySqlRecords.forFinishedSplit(chunk);
    chunk = null;
    return end;
  }

  /** The records of a chunk, its place with the server it was read from. */
  private Iterator<SourceRecords> marked(Iterator<SourceRecords> records) {
    List<SourceRecords> all = new ArrayList<>();
    while (records.hasNext()) {
      List<SourceRecord> list = new ArrayList<>(records.next().getSourceRecordList());
      list.replaceAll(record -> RecordUtils.isHighWatermarkEvent(record) ? marked(record) : record);
      all.add(new SourceRecords(list));
    }
    return all.iterator();
  }

  private SourceRecord marked(SourceRecord end) {
    Map<String, String> offset =
        new SourceServer(snapshot.server(), 0, "")
            .mark(RecordUtils.getWatermark(end), "")
            .getOffset();
    return new SourceRecord(
        end.sourcePartition(),
        offset,
        end.topic(),
        end.kafkaPartition(),
        end.keySchema(),
        end.key(),
        end.valueSchema(),
        end.value());
  }

  private void closeChunkReader() {
    if (chunkReader != null) {
      chunkReader.close();
      chunkReader = null;
    }
  }

  @Override
  public void close() {
    closeChunkReader();
    if (stream != null) {
      stream.close();
    }
  }
}
