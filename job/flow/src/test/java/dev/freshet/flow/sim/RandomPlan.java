package dev.freshet.flow.sim;

import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.ForeignKey;
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
 * Random views of one to four nodes, in trees and chains, inner and left joins mixed, and of up to
 * three tables that are only referenced by foreign keys that act. Every table has a key {@code id},
 * values {@code v} and {@code w}, and nullable foreign keys.
 */
final class RandomPlan {
  static final int ID = 0;
  static final int V = 1;
  static final int W = 2;
  static final int FIRST_FOREIGN_KEY = 3;

  private RandomPlan() {}

  static ViewPlan make(String name, Random random) {
    int count = 1 + random.nextInt(4);
    int all = count + (random.nextBoolean() ? 0 : random.nextInt(4));
    int[] parents = new int[all];
    int[] foreignKeys = new int[all];
    int[] children = new int[all];
    parents[0] = -1;
    for (int i = 1; i < all; i++) {
      parents[i] = random.nextInt(i);
      boolean shared = i >= count && children[parents[i]] > 0 && random.nextInt(3) == 0;
      foreignKeys[i] =
          FIRST_FOREIGN_KEY
              + (shared ? random.nextInt(children[parents[i]]) : children[parents[i]]++);
    }
    List<PlanNode> nodes = new ArrayList<>();
    for (int i = 0; i < all; i++) {
      boolean inner = i == 0 || (i < count && random.nextBoolean());
      Table table = table(name + i, children[i]);
      nodes.add(
          new PlanNode(
              "n" + i,
              table,
              table.primaryKey(),
              List.of(),
              parents[i],
              i == 0 ? List.of() : List.of(foreignKeys[i]),
              inner,
              Expr.TRUE,
              i == 0 ? 0 : nodes.get(parents[i]).depth() + 1,
              i < count ? null : action(random)));
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
        List.of(),
        Duration.ofSeconds(5),
        random.nextInt(3) == 0
            ? ViewOptions.populatedOnRead(Duration.ofMillis(20 + random.nextInt(200)))
            : ViewOptions.DEFAULT,
        "SELECT");
  }

  private static PlanNode.Action action(Random random) {
    return new PlanNode.Action(
        "fk",
        random.nextBoolean() ? ForeignKey.OnDelete.CASCADE : ForeignKey.OnDelete.SET_NULL,
        false);
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
