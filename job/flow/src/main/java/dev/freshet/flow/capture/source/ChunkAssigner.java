package dev.freshet.flow.capture.source;

import dev.freshet.view.gtid.GtidSet;
import io.debezium.relational.Table;
import io.debezium.relational.TableId;
import io.debezium.relational.history.TableChanges.TableChange;
import io.debezium.relational.history.TableChanges.TableChangeType;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.cdc.connectors.mysql.source.assigners.AssignerStatus;
import org.apache.flink.cdc.connectors.mysql.source.assigners.MySqlSplitAssigner;
import org.apache.flink.cdc.connectors.mysql.source.assigners.state.ChunkSplitterState;
import org.apache.flink.cdc.connectors.mysql.source.assigners.state.HybridPendingSplitsState;
import org.apache.flink.cdc.connectors.mysql.source.assigners.state.SnapshotPendingSplitsState;
import org.apache.flink.cdc.connectors.mysql.source.offset.BinlogOffset;
import org.apache.flink.cdc.connectors.mysql.source.split.FinishedSnapshotSplitInfo;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlBinlogSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSchemalessSnapshotSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSnapshotSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplit;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * Assigns the chunks of the source tables, and the binlog once all chunks are read. Replaces Flink
 * CDC's assigner: the tables are those of the plan, by their exact names, and chunk bounds are
 * compared only by MySQL.
 *
 * <p>The binlog is read from the earliest position at which the read of a chunk started. The binlog
 * split does not list the chunks, so that rows which changed meanwhile are sent again from the
 * binlog.
 *
 * <p>For a source with one subtask. Not thread-safe; used by the coordinator's thread.
 */
public final class ChunkAssigner implements MySqlSplitAssigner {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final String BINLOG = "binlog-split";

  /** Flink CDC requires a type for the bounds but does not use it. */
  private static final RowType BOUND =
      RowType.of(new LogicalType[] {new BigIntType()}, new String[] {"bound"});

  private final SourceOptions options;
  private final SplitEnumeratorContext<MySqlSplit> context;
  private final Map<String, Tables.Source> sources = new LinkedHashMap<>();

  /** The tables without a chunk so far. */
  private final List<TableId> tables = new ArrayList<>();

  private final List<TableId> begun = new ArrayList<>();

  /** The chunks that a failed reader returned. */
  private final List<MySqlSchemalessSnapshotSplit> returned = new ArrayList<>();

  private final Map<String, MySqlSchemalessSnapshotSplit> assigned = new LinkedHashMap<>();
  private final Map<String, BinlogOffset> finished = new HashMap<>();
  private boolean binlogAssigned;

  /** The table that is being split, or null; the start and the number of its next chunk. */
  private TableId current;

  private Object start;
  private int number;
  private Connection mysql;

  /** Creates an assigner for a new job. */
  public ChunkAssigner(
      SourceOptions options, Tables plan, SplitEnumeratorContext<MySqlSplit> context) {
    this.options = options;
    this.context = context;
    for (Tables.Source source : plan.sources()) {
      sources.put(source.name(), source);
      tables.add(id(source));
    }
  }

  /** Restores an assigner from a checkpoint. */
  public ChunkAssigner(
      SourceOptions options,
      Tables plan,
      HybridPendingSplitsState state,
      SplitEnumeratorContext<MySqlSplit> context) {
    this.options = options;
    this.context = context;
    plan.sources().forEach(source -> sources.put(source.name(), source));
    SnapshotPendingSplitsState chunks = state.getSnapshotPendingSplits();
    tables.addAll(chunks.getRemainingTables());
    begun.addAll(chunks.getAlreadyProcessedTables());
    returned.addAll(chunks.getRemainingSplits());
    assigned.putAll(chunks.getAssignedSplits());
    finished.putAll(chunks.getSplitFinishedOffsets());
    ChunkSplitterState cut = chunks.getChunkSplitterState();
    current = cut.getCurrentSplittingTableId();
    if (current != null) {
      start = cut.getNextChunkStart().getValue();
      number = cut.getNextChunkId();
    }
    binlogAssigned = state.isBinlogSplitAssigned();
  }

  private static TableId id(Tables.Source source) {
    return new TableId(source.any().database(), null, source.any().name());
  }

  @Override
  public void open() {
    if (waitingForFinishedSplits()) {
      context.setIsProcessingBacklog(true);
    }
  }

  @Override
  public Optional<MySqlSplit> getNext() {
    if (chunksRemain()) {
      MySqlSchemalessSnapshotSplit chunk = returned.isEmpty() ? cut() : returned.remove(0);
      assigned.put(chunk.splitId(), chunk);
      return Optional.of(whole(chunk));
    }
    if (binlogAssigned || waitingForFinishedSplits()) {
      return Optional.empty();
    }
    binlogAssigned = true;
    return Optional.of(binlog());
  }

  private boolean chunksRemain() {
    return !returned.isEmpty() || current != null || !tables.isEmpty();
  }

  private static MySqlSnapshotSplit whole(MySqlSchemalessSnapshotSplit chunk) {
    return new MySqlSnapshotSplit(
        chunk.getTableId(),
        chunk.splitId(),
        chunk.getSplitKeyType(),
        chunk.getSplitStart(),
        chunk.getSplitEnd(),
        chunk.getHighWatermark(),
        Map.of());
  }

  /** Returns the next chunk of the current table, or the first chunk of the next table. */
  private MySqlSchemalessSnapshotSplit cut() {
    if (current == null) {
      current = tables.remove(0);
      begun.add(current);
      start = null;
      number = 0;
    }
    Object end = end(sources.get(current.toString()));
    MySqlSchemalessSnapshotSplit chunk =
        new MySqlSchemalessSnapshotSplit(
            current, current + ":" + number, BOUND, bound(start), bound(end), null);
    number++;
    start = end;
    current = end == null ? null : current;
    return chunk;
  }

  private static Object[] bound(Object value) {
    return value == null ? null : new Object[] {value};
  }

  private Object end(Tables.Source source) {
    Optional<ChunkBounds> bounds = ChunkBounds.of(source);
    if (bounds.isEmpty()) {
      return null;
    }
    try {
      if (mysql == null) {
        mysql = SourceConnection.open(options, PATIENCE);
      }
      return bounds.get().end(mysql, start, options.chunkSize());
    } catch (SQLException e) {
      throw new IllegalStateException(
          "Source table "
              + source.name()
              + ": the end of a chunk cannot be read from MySQL ("
              + e.getMessage()
              + "); it is read again when the job restarts",
          e);
    }
  }

  private MySqlSplit binlog() {
    BinlogOffset first = null;
    for (BinlogOffset offset : finished.values()) {
      if (first == null) {
        first = offset;
      }
      if (!SourceServer.of(first.getOffset())
          .id()
          .equals(SourceServer.of(offset.getOffset()).id())) {
        throw SourceFault.movedInSnapshot();
      }
      if (gtids(first).contains(gtids(offset))) {
        first = offset;
      }
    }
    // A table without columns, because Flink CDC would otherwise read and parse all table schemas.
    TableId any = id(sources.values().iterator().next());
    Map<TableId, TableChange> nothing = new HashMap<>();
    nothing.put(any, new TableChange(TableChangeType.CREATE, Table.editor().tableId(any).create()));
    return new MySqlBinlogSplit(
        BINLOG, first, BinlogOffset.ofNonStopping(), new ArrayList<>(), nothing, 0);
  }

  private static GtidSet gtids(BinlogOffset offset) {
    return GtidSet.parse(LogPosition.of(offset).gtids());
  }

  @Override
  public boolean waitingForFinishedSplits() {
    return chunksRemain() || assigned.size() > finished.size();
  }

  @Override
  public List<FinishedSnapshotSplitInfo> getFinishedSplitInfos() {
    return List.of();
  }

  @Override
  public void onFinishedSplits(Map<String, BinlogOffset> offsets) {
    finished.putAll(offsets);
    if (!waitingForFinishedSplits()) {
      context.setIsProcessingBacklog(false);
    }
  }

  @Override
  public void addSplits(Collection<MySqlSplit> splits) {
    for (MySqlSplit split : splits) {
      if (split.isBinlogSplit()) {
        binlogAssigned = false;
      } else {
        returned.add(split.asSnapshotSplit().toSchemalessSnapshotSplit());
        assigned.remove(split.splitId());
        finished.remove(split.splitId());
      }
    }
  }

  @Override
  public HybridPendingSplitsState snapshotState(long checkpoint) {
    ChunkSplitterState cut =
        current == null
            ? ChunkSplitterState.NO_SPLITTING_TABLE_STATE
            : new ChunkSplitterState(
                current,
                start == null
                    ? ChunkSplitterState.ChunkBound.START_BOUND
                    : ChunkSplitterState.ChunkBound.middleOf(start),
                number);
    return new HybridPendingSplitsState(
        new SnapshotPendingSplitsState(
            List.copyOf(begun),
            List.copyOf(returned),
            new LinkedHashMap<>(assigned),
            new HashMap<>(),
            new HashMap<>(finished),
            getAssignerStatus(),
            List.copyOf(tables),
            true,
            true,
            cut),
        binlogAssigned);
  }

  @Override
  public void notifyCheckpointComplete(long checkpoint) {}

  @Override
  public AssignerStatus getAssignerStatus() {
    return waitingForFinishedSplits()
        ? AssignerStatus.INITIAL_ASSIGNING
        : AssignerStatus.INITIAL_ASSIGNING_FINISHED;
  }

  @Override
  public void startAssignNewlyAddedTables() {
    throw new IllegalStateException("tables are never added to a job that runs");
  }

  @Override
  public boolean noMoreSplits() {
    return !chunksRemain() && binlogAssigned;
  }

  @Override
  public void onBinlogSplitUpdated() {
    throw new IllegalStateException("tables are never added to a job that runs");
  }

  @Override
  public void close() {
    try {
      if (mysql != null) {
        mysql.close();
      }
    } catch (SQLException e) {
      throw new IllegalStateException("closing the assigner's connection to MySQL failed", e);
    }
  }
}
