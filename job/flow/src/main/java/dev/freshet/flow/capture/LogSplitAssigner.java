package dev.freshet.flow.capture;

import java.util.ArrayList;
import java.util.Optional;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.cdc.connectors.mysql.source.assigners.AssignerStatus;
import org.apache.flink.cdc.connectors.mysql.source.assigners.MySqlHybridSplitAssigner;
import org.apache.flink.cdc.connectors.mysql.source.assigners.state.HybridPendingSplitsState;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplit;

/**
 * Hands out chunks, then the binlog, as Flink CDC does; but the binlog never before all chunks were
 * read. Flink CDC forgets that where a reader dies after the last chunk and before a checkpoint
 * holds it: the chunks come back while its status says that all were read, and the job restarts for
 * ever over a chunk without an offset, also from the checkpoints it takes then.
 */
public final class LogSplitAssigner extends MySqlHybridSplitAssigner {
  private static final long NO_CHECKPOINT = -1;

  /** One that begins. */
  public LogSplitAssigner(
      MySqlSourceConfig config,
      int parallelism,
      boolean caseSensitive,
      SplitEnumeratorContext<MySqlSplit> context) {
    super(config, parallelism, new ArrayList<>(), caseSensitive, context);
  }

  /** One that goes on. */
  public LogSplitAssigner(
      MySqlSourceConfig config,
      int parallelism,
      HybridPendingSplitsState state,
      SplitEnumeratorContext<MySqlSplit> context) {
    super(config, parallelism, state, context);
  }

  @Override
  public Optional<MySqlSplit> getNext() {
    boolean early =
        AssignerStatus.isInitialAssigningFinished(getAssignerStatus())
            && waitingForFinishedSplits()
            && !chunksRemain();
    return early ? Optional.empty() : super.getNext();
  }

  /** With this status a look at the state changes nothing. */
  private boolean chunksRemain() {
    HybridPendingSplitsState state = (HybridPendingSplitsState) snapshotState(NO_CHECKPOINT);
    return !state.getSnapshotPendingSplits().getRemainingSplits().isEmpty();
  }
}
