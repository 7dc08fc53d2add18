package dev.freshet.view.sql;

import dev.freshet.view.Expr;
import dev.freshet.view.PlanNode;
import dev.freshet.view.Table;
import dev.freshet.view.ViewPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What is asked of MySQL for the root rows of a key, be they entries or not. */
public final class MysqlRoots {
  private MysqlRoots() {}

  /**
   * The primary keys of the root rows that belong to a key of a view, whatever its WHERE says of
   * them. Only the rows that have a column of the key are joined.
   *
   * <p>Columns: the root's primary key in its order. Parameters: the key's values in declared
   * order.
   */
  public static String ofKey(ViewPlan plan) {
    TreeSet<Integer> joined = new TreeSet<>();
    List<String> conditions = new ArrayList<>();
    for (int place : plan.key()) {
      Expr.ColumnRef column = (Expr.ColumnRef) plan.outputs().get(place).value();
      for (int node = column.node(); node >= 0; node = plan.nodes().get(node).parent()) {
        joined.add(node);
      }
      conditions.add(column(plan, column.node(), column.column()) + " = ?");
    }
    joined.add(0);
    return "SELECT "
        + plan.root().table().primaryKey().stream()
            .map(place -> column(plan, 0, place))
            .collect(Collectors.joining(", "))
        + " FROM "
        + joined.stream().map(node -> from(plan, node)).collect(Collectors.joining(" JOIN "))
        + " WHERE "
        + String.join(" AND ", conditions);
  }

  /** Parents stand before children in a plan. */
  private static String from(ViewPlan plan, int place) {
    PlanNode node = plan.nodes().get(place);
    Table table = node.table();
    String named =
        Names.MYSQL.quoted(table.database())
            + "."
            + Names.MYSQL.quoted(table.name())
            + " "
            + alias(place);
    List<String> equal = new ArrayList<>();
    for (int i = 0; i < node.foreignKey().size(); i++) {
      equal.add(
          column(plan, place, table.primaryKey().get(i))
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
