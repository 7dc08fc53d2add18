package dev.freshet.flow.sim;

import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.PlanNode;
import dev.freshet.view.Table;
import dev.freshet.view.ValueType;
import dev.freshet.view.ViewOptions;
import dev.freshet.view.ViewPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Random views of one to four nodes, in trees and chains, inner and left joins mixed. Every table
 * has a key {@code id}, values {@code v} and {@code w}, and one nullable foreign key per child.
 */
final class RandomPlan {
  static final int ID = 0;
  static final int V = 1;
  static final int W = 2;
  static final int FIRST_FOREIGN_KEY = 3;

  private RandomPlan() {}

  static ViewPlan make(String name, Random random) {
    int count = 1 + random.nextInt(4);
    int[] parents = new int[count];
    int[] foreignKeys = new int[count];
    int[] children = new int[count];
    parents[0] = -1;
    for (int i = 1; i < count; i++) {
      parents[i] = random.nextInt(i);
      foreignKeys[i] = FIRST_FOREIGN_KEY + children[parents[i]]++;
    }
    List<PlanNode> nodes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      boolean inner = i == 0 || random.nextBoolean();
      nodes.add(
          new PlanNode(
              "n" + i,
              table(name + i, children[i]),
              parents[i],
              i == 0 ? List.of() : List.of(foreignKeys[i]),
              inner,
              i == 0 ? 0 : nodes.get(parents[i]).depth() + 1));
    }
    List<Integer> sure = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (nodes.get(i).inner()) {
        sure.add(i);
      }
    }
    List<ViewPlan.Output> outputs = new ArrayList<>();
    outputs.add(output("key", sure.get(random.nextInt(sure.size())), V));
    outputs.add(output("id", 0, ID));
    for (int i = 0; i < count; i++) {
      outputs.add(output("w" + i, i, W));
    }
    return new ViewPlan(
        name,
        nodes,
        where(count, random),
        outputs,
        List.of(0, 1),
        1,
        List.of(new ViewPlan.Order(1, false)),
        Duration.ofSeconds(5),
        ViewOptions.DEFAULT,
        "SELECT");
  }

  private static Expr where(int count, Random random) {
    Expr own = new Expr.ColumnRef(0, W);
    Expr other = new Expr.ColumnRef(random.nextInt(count), V);
    return switch (random.nextInt(4)) {
      case 0 -> new Expr.NotZero(own);
      case 1 ->
          new Expr.Comparison(Expr.Comparator.LESS_OR_EQUAL, own, other, ValueType.INTEGER, "");
      case 2 -> new Expr.Or(List.of(new Expr.IsNull(other), new Expr.NotZero(own)));
      default -> Expr.TRUE;
    };
  }

  private static ViewPlan.Output output(String name, int node, int column) {
    return new ViewPlan.Output(column(name, true), new Expr.ColumnRef(node, column));
  }

  private static Table table(String name, int foreignKeys) {
    List<Column> columns = new ArrayList<>();
    columns.add(column("id", false));
    columns.add(column("v", false));
    columns.add(column("w", false));
    for (int i = 0; i < foreignKeys; i++) {
      columns.add(column("fk" + i, true));
    }
    return new Table("sim", name, columns, List.of(ID));
  }

  private static Column column(String name, boolean nullable) {
    return new Column(name, ValueType.INTEGER, nullable, "bigint", "");
  }
}
