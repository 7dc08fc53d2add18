package dev.freshet.cli.explain;

import dev.freshet.config.Config;
import dev.freshet.view.PlanNode;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.Declaration;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * An estimate of a job's state from MySQL's statistics: every row of a view's tables, once for each
 * occurrence of the table in the view.
 *
 * @param rows the number of rows
 * @param bytes their size in a checkpoint or in RocksDB
 */
record StateSize(long rows, long bytes) {
  /** Bytes of a row in a checkpoint or in RocksDB besides its columns, measured with the sample. */
  static final long ROW_OVERHEAD = 120;

  /** Returns the estimate for one view. */
  static StateSize of(Connection mysql, ViewPlan plan) throws SQLException {
    StateSize size = new StateSize(0, 0);
    for (PlanNode node : plan.nodes()) {
      Statistics table = Statistics.of(mysql, node.table());
      long row = table.bytesOf(node.table().columns().size()) + ROW_OVERHEAD;
      size = size.plus(new StateSize(table.rows(), table.rows() * row));
    }
    return size;
  }

  /** Returns the estimate for a view and all other declared views, which belong to the same job. */
  static StateSize withOthers(Connection mysql, Config config, ViewPlan plan) throws SQLException {
    StateSize size = of(mysql, plan);
    List<Declaration> others =
        DeclaredViews.all(config).stream()
            .filter(view -> !view.view().equals(plan.view()))
            .toList();
    for (ViewPlan other : DeclaredViews.plans(mysql, config, others)) {
      size = size.plus(of(mysql, other));
    }
    return size;
  }

  private StateSize plus(StateSize other) {
    return new StateSize(rows + other.rows, bytes + other.bytes);
  }
}
