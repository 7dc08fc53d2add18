package dev.freshet.flow.capture.source;

import dev.freshet.flow.Handling;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;
import org.apache.flink.cdc.connectors.mysql.source.reader.MySqlSourceReaderContext;
import org.apache.flink.cdc.connectors.mysql.source.reader.MySqlSplitReader;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlBinlogSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlRecords;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSnapshotSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.SourceRecords;
import org.apache.flink.cdc.connectors.mysql.source.utils.hooks.SnapshotPhaseHooks;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;

/**
 * Reads snapshot chunks with {@link ChunkReader} and the binlog with {@link BinlogStream}. The
 * binlog split is assigned after all chunks were read, and is never finished. Not thread-safe.
 */
final class LogSplitReader extends MySqlSplitReader {
  private final SourceOptions options;
  private final Tables tables;
  private final Handling handling;
  private final Deque<MySqlSnapshotSplit> chunks = new ArrayDeque<>();
  private final ChunkReader chunkReader;
  private String chunk;
  private boolean firstChunkRead;
  private String endedChunk;
  private MySqlBinlogSplit binlog;
  private BinlogStream stream;

  LogSplitReader(
      MySqlSourceConfig config,
      int subtask,
      MySqlSourceReaderContext context,
      SourceOptions options,
      Tables tables,
      Handling handling) {
    super(config, subtask, context, SnapshotPhaseHooks.empty());
    this.options = options;
    this.tables = tables;
    this.handling = handling;
    this.chunkReader = new ChunkReader(options, tables, handling);
  }

  @Override
  public void handleSplitsChanges(SplitsChange<MySqlSplit> change) {
    for (MySqlSplit split : change.splits()) {
      if (split.isBinlogSplit()) {
        binlog = split.asBinlogSplit();
      } else {
        chunks.add(split.asSnapshotSplit());
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
    } catch (SQLException e) {
      throw new IOException(
          "Source "
              + options
              + ": reading the snapshot failed ("
              + e.getMessage()
              + "); it is read again when the job restarts",
          e);
    }
  }

  private RecordsWithSplitIds<SourceRecords> fetchBinlog()
      throws InterruptedException, SQLException {
    if (stream == null) {
      chunkReader.close();
      stream = new BinlogStream(options, tables, handling, binlog);
    }
    return records(binlog.splitId(), stream.poll());
  }

  private static RecordsWithSplitIds<SourceRecords> records(String split, List<Fetched> fetched) {
    // One record for all, because a checkpoint may be taken between two records.
    Iterator<SourceRecords> carried =
        fetched.isEmpty()
            ? Collections.emptyIterator()
            : List.of(Fetched.carried(fetched)).iterator();
    return MySqlRecords.forUnfinishedRecords(split, carried);
  }

  /**
   * Reads the next rows of a chunk. The first chunk is returned as a whole, so that no checkpoint
   * contains a part of it: the binlog is read from the position at which the first chunk started. A
   * restore within the first chunk would move that position, and miss deletes of rows that were
   * already sent. Later chunks are returned in parts.
   */
  private RecordsWithSplitIds<SourceRecords> fetchChunk() throws SQLException {
    if (endedChunk != null) {
      RecordsWithSplitIds<SourceRecords> end = MySqlRecords.forFinishedSplit(endedChunk);
      endedChunk = null;
      return end;
    }
    if (chunk == null) {
      MySqlSnapshotSplit next = chunks.remove();
      chunk = next.splitId();
      chunkReader.begin(next);
    }
    List<Fetched> fetched = new ArrayList<>();
    boolean ended = false;
    do {
      Optional<List<Captured>> rows = chunkReader.next();
      ended = rows.isEmpty();
      fetched.add(
          rows.<Fetched>map(Fetched.Rows::new)
              .orElseGet(() -> new Fetched.ChunkEnd(chunkReader.end())));
    } while (!ended && !firstChunkRead);
    String read = chunk;
    if (ended) {
      firstChunkRead = true;
      endedChunk = chunk;
      chunk = null;
    }
    return records(read, fetched);
  }

  @Override
  public void close() {
    try {
      chunkReader.close();
    } catch (SQLException e) {
      throw new IllegalStateException("closing the snapshot's connection to MySQL failed", e);
    } finally {
      if (stream != null) {
        stream.close();
      }
    }
  }
}
