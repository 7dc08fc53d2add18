package dev.freshet.view.sql;

import dev.freshet.view.Expr;
import dev.freshet.view.PlanNode;
import dev.freshet.view.Table;
import dev.freshet.view.ViewPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The query for the root rows of a key, whether they are entries or not. */
public final class MysqlRoots {
  private MysqlRoots() {}

  /**
   * Selects the root keys of a key's rows, without the view's WHERE. Joins only the tables that
   * have a column of the key.
   *
   * <p>Columns: the root's key in its order. Parameters: the key's values in declared order.
   */
  public static String ofKey(ViewPlan plan) {
    TreeSet<Integer> joined = new TreeSet<>();
    List<String> conditions = new ArrayList<>();
    for (int index : plan.key()) {
      Expr.ColumnRef column = (Expr.ColumnRef) plan.outputs().get(index).value();
      for (int node = column.node(); node >= 0; node = plan.nodes().get(node).parent()) {
        joined.add(node);
      }
      conditions.add(column(plan, column.node(), column.column()) + " = ?");
    }
    joined.add(0);
    return "SELECT "
        + plan.root().key().stream()
            .map(index -> column(plan, 0, index))
            .collect(Collectors.joining(", "))
        + " FROM "
        + joined.stream().map(node -> from(plan, node)).collect(Collectors.joining(" JOIN "))
        + " WHERE "
        + String.join(" AND ", conditions);
  }

  /** Joins the tables recursively; in a plan, parents precede children. */
  private static String from(ViewPlan plan, int index) {
    PlanNode node = plan.nodes().get(index);
    Table table = node.table();
    String named =
        Names.MYSQL.quoted(table.database())
            + "."
            + Names.MYSQL.quoted(table.name())
            + " "
            + alias(index);
    List<String> equal = new ArrayList<>();
    for (int i = 0; i < node.foreignKey().size(); i++) {
      equal.add(
          column(plan, index, node.key().get(i))
              + " = "
              + column(plan, node.parent(), node.foreignKey().get(i)));
    }
    return equal.isEmpty() ? named : named + " ON " + String.join(" AND ", equal);
  }

  private static String column(ViewPlan plan, int node, int column) {
    return alias(node)
        + "."
        + Names.MYSQL.quoted(plan.nodes().get(node).table().columns().get(column).name());
  }

  private static String alias(int node) {
    return "n" + node;
  }
}
