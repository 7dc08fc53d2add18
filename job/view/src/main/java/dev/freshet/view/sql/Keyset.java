package dev.freshet.view.sql;

import dev.freshet.view.ViewPlan;
import dev.freshet.view.ViewPlan.Order;
import java.util.ArrayList;
import java.util.List;

/**
 * The condition that a row comes after a cursor in the view's order. It is written so that both
 * databases begin an index scan at the cursor: {@code a <= ? AND (a < ? OR (b >= ? AND (b > ? OR c
 * > ?)))} for {@code a DESC, b, c}.
 */
public final class Keyset {
  private Keyset() {}

  /**
   * The output whose cursor value each {@code ?} of the condition takes, as indexes in order: each
   * column of the order twice, the last one once.
   */
  public static List<Integer> parameters(ViewPlan plan) {
    List<Integer> indexes = new ArrayList<>();
    for (Order part : plan.order()) {
      indexes.add(part.output());
      indexes.add(part.output());
    }
    indexes.remove(indexes.size() - 1);
    return indexes;
  }

  /** The condition in the SQL of one database; {@code prefix} precedes each column. */
  public static String after(ViewPlan plan, Names names, String prefix) {
    return after(plan, names, prefix, 0);
  }

  private static String after(ViewPlan plan, Names names, String prefix, int from) {
    Order part = plan.order().get(from);
    String column = names.output(plan, prefix, part.output());
    String beyond = column + (part.descending() ? " < ?" : " > ?");
    if (from == plan.order().size() - 1) {
      return beyond;
    }
    String rest = after(plan, names, prefix, from + 1);
    return column
        + (part.descending() ? " <= ?" : " >= ?")
        + " AND ("
        + beyond
        + " OR "
        + (from + 2 < plan.order().size() ? "(" + rest + ")" : rest)
        + ")";
  }
}
