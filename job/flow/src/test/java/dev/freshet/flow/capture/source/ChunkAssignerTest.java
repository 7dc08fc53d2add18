package dev.freshet.flow.capture.source;

import static dev.freshet.flow.capture.SamplePlan.required;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.capture.SamplePlan;
import dev.freshet.view.ValueType;
import io.debezium.relational.TableId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.connector.source.mocks.MockSplitEnumeratorContext;
import org.apache.flink.cdc.connectors.mysql.source.assigners.AssignerStatus;
import org.apache.flink.cdc.connectors.mysql.source.assigners.state.ChunkSplitterState;
import org.apache.flink.cdc.connectors.mysql.source.assigners.state.HybridPendingSplitsState;
import org.apache.flink.cdc.connectors.mysql.source.assigners.state.SnapshotPendingSplitsState;
import org.apache.flink.cdc.connectors.mysql.source.offset.BinlogOffset;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSchemalessSnapshotSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSplit;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.RowType;
import org.junit.jupiter.api.Test;

class ChunkAssignerTest {
  private static final TableId TABLE = new TableId("sample", null, "users");

  @Test
  void chunksThatCameBackAreReadAgainBeforeTheBinlog() throws Exception {
    ChunkAssigner assigner = restored(List.of(chunk(0), chunk(1)));

    assertThat(next(assigner)).hasValue("sample.users:0");
    assertThat(next(assigner)).hasValue("sample.users:1");
    assertThat(next(assigner)).isEmpty();
    assigner.onFinishedSplits(Map.of("sample.users:0", offset()));
    assertThat(next(assigner)).isEmpty();
    assigner.onFinishedSplits(Map.of("sample.users:1", offset()));
    assertThat(next(assigner)).hasValue("binlog-split");
    assertThat(next(assigner)).isEmpty();
  }

  private static Optional<String> next(ChunkAssigner assigner) {
    return assigner.getNext().map(MySqlSplit::splitId);
  }

  /** As a checkpoint has it that was taken after the chunks came back. */
  private static ChunkAssigner restored(List<MySqlSchemalessSnapshotSplit> remaining)
      throws Exception {
    SnapshotPendingSplitsState chunks =
        new SnapshotPendingSplitsState(
            new ArrayList<>(List.of(TABLE)),
            new ArrayList<>(remaining),
            new LinkedHashMap<>(),
            new LinkedHashMap<>(),
            new LinkedHashMap<>(),
            AssignerStatus.INITIAL_ASSIGNING_FINISHED,
            new ArrayList<>(),
            false,
            true,
            ChunkSplitterState.NO_SPLITTING_TABLE_STATE);
    SourceOptions nowhere = SourceOptions.of("127.0.0.1", 1, "nobody", "", "sample", 1, 50_000);
    Tables tables =
        new Tables(SamplePlan.of("sample", "users", required("id", ValueType.INTEGER, "bigint")));
    try (MockSplitEnumeratorContext<MySqlSplit> context = new MockSplitEnumeratorContext<>(1)) {
      return new ChunkAssigner(
          nowhere, tables, new HybridPendingSplitsState(chunks, false), context);
    }
  }

  private static MySqlSchemalessSnapshotSplit chunk(int number) {
    return new MySqlSchemalessSnapshotSplit(
        TABLE,
        "sample.users:" + number,
        RowType.of(new BigIntType()),
        number == 0 ? null : new Object[] {10L},
        number == 0 ? new Object[] {10L} : null,
        null);
  }

  private static BinlogOffset offset() {
    return LogPosition.behind("", "").offset(new SourceServer("a", 0, ""));
  }
}
