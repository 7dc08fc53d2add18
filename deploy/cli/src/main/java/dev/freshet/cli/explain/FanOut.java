package dev.freshet.cli.explain;

import dev.freshet.view.PlanNode;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.Names;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The number of root rows that reference one row of a dimension, which determines the cost of a
 * change of that row.
 *
 * @param median the median over the referenced rows
 * @param largest the maximum
 */
record FanOut(long median, long largest) {
  private static final int LIMIT_MS = 5000;
  private static final int INTERRUPTED = 3024;

  /** Counts in MySQL; empty if that takes too long. */
  static Optional<FanOut> of(Connection mysql, ViewPlan plan, PlanNode dimension)
      throws SQLException {
    List<long[]> counts = new ArrayList<>();
    try (Statement statement = mysql.createStatement();
        ResultSet rows = statement.executeQuery(sql(plan, dimension))) {
      while (rows.next()) {
        counts.add(new long[] {rows.getLong(1), rows.getLong(2)});
      }
    } catch (SQLException e) {
      if (e.getErrorCode() == INTERRUPTED) {
        return Optional.empty();
      }
      throw e;
    }
    return Optional.of(of(counts));
  }

  /** Computes the result from pairs of a count and its frequency, ascending by count. */
  static FanOut of(List<long[]> counts) {
    long all = counts.stream().mapToLong(pair -> pair[1]).sum();
    long seen = 0;
    long median = 0;
    for (long[] pair : counts) {
      if (seen * 2 < all) {
        median = pair[0];
      }
      seen += pair[1];
    }
    return new FanOut(median, counts.isEmpty() ? 0 : counts.get(counts.size() - 1)[0]);
  }

  /**
   * Returns a query that joins from the root to the dimension's parent, which has the foreign key.
   */
  private static String sql(ViewPlan plan, PlanNode dimension) {
    List<PlanNode> chain = new ArrayList<>();
    for (PlanNode node = plan.nodes().get(dimension.parent());
        node.parent() >= 0;
        node = plan.nodes().get(node.parent())) {
      chain.add(0, node);
    }
    StringBuilder from = new StringBuilder(table(plan.root()));
    for (PlanNode node : chain) {
      from.append(" JOIN ").append(table(node)).append(" ON ").append(on(plan, node));
    }
    PlanNode parent = plan.nodes().get(dimension.parent());
    String key =
        dimension.foreignKey().stream()
            .map(index -> column(parent, index))
            .collect(Collectors.joining(", "));
    String known =
        dimension.foreignKey().stream()
            .map(index -> column(parent, index) + " IS NOT NULL")
            .collect(Collectors.joining(" AND "));
    return "SELECT /*+ MAX_EXECUTION_TIME("
        + LIMIT_MS
        + ") */ c, COUNT(*) FROM (SELECT COUNT(*) AS c FROM "
        + from
        + " WHERE "
        + known
        + " GROUP BY "
        + key
        + ") t GROUP BY c ORDER BY c";
  }

  /** Returns the join condition of a dimension. */
  static String on(ViewPlan plan, PlanNode node) {
    PlanNode parent = plan.nodes().get(node.parent());
    List<String> equal = new ArrayList<>();
    for (int i = 0; i < node.foreignKey().size(); i++) {
      equal.add(column(node, node.key().get(i)) + " = " + column(parent, node.foreignKey().get(i)));
    }
    return String.join(" AND ", equal);
  }

  private static String table(PlanNode node) {
    return Names.MYSQL.quoted(node.table().database())
        + "."
        + Names.MYSQL.quoted(node.table().name())
        + " AS "
        + Names.MYSQL.quoted(node.alias());
  }

  private static String column(PlanNode node, int index) {
    return Names.MYSQL.quoted(node.alias())
        + "."
        + Names.MYSQL.quoted(node.table().columns().get(index).name());
  }
}
