package dev.freshet.view.event;

import dev.freshet.view.Expr;
import dev.freshet.view.ViewPlan;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * A declared read model over events.
 *
 * @param table the topic that it reads
 * @param group indexes into the table's columns of GROUP BY; an event with a NULL there belongs to
 *     no row
 * @param functions those of the SELECT list, each once, then those that only HAVING has
 * @param having the condition under which a row is visible; its columns of node 0 are the results
 *     of the functions
 * @param keepDeleted how long after its last event a hidden row is remembered; older events are
 *     refused
 * @param keepIds how long the ids of events are kept for the functions that need all of them
 * @param plan the view as it is stored and served. Its only node has the rows that {@link #row}
 *     makes
 */
public record EventView(
    EventTable table,
    List<Integer> group,
    List<EventFunction> functions,
    Expr having,
    Duration keepDeleted,
    Duration keepIds,
    ViewPlan plan)
    implements Serializable {
  /** How long a hidden row is remembered by default. */
  public static final Duration KEEP_DELETED = Duration.ofDays(90);

  /** How long ids are kept by default. */
  public static final Duration KEEP_IDS = Duration.ofDays(30);

  public EventView {
    Objects.requireNonNull(table, "table");
    group = List.copyOf(group);
    functions = List.copyOf(functions);
    Objects.requireNonNull(having, "having");
    Objects.requireNonNull(keepDeleted, "keepDeleted");
    Objects.requireNonNull(keepIds, "keepIds");
    if (!plan.isOverEvents()) {
      throw new IllegalArgumentException("the plan of view " + plan.view() + " is not over events");
    }
    if (shown(plan, group) < 0 || shown(plan, group) > functions.size()) {
      throw new IllegalArgumentException(
          "the plan of view " + plan.view() + " has other columns than its groups and functions");
    }
  }

  /** The functions and HAVING, ready to compute. */
  public ReadModel model() {
    return new ReadModel(functions, having);
  }

  /**
   * Whether both have the same answers from the same state. They may differ in options and in
   * FRESHNESS.
   */
  public boolean answersAs(EventView other) {
    return table.equals(other.table)
        && group.equals(other.group)
        && functions.equals(other.functions)
        && having.equals(other.having)
        && plan.view().equals(other.plan.view())
        && plan.outputs().equals(other.plan.outputs())
        && plan.primaryKey().equals(other.plan.primaryKey())
        && plan.keyColumns() == other.plan.keyColumns()
        && plan.order().equals(other.plan.order());
  }

  /**
   * The row of the plan's node: the values of the group columns, then the results of the functions
   * of the SELECT list.
   *
   * @param values the values of the group columns
   * @param results the results of all functions
   */
  public Object[] row(Object[] values, Object[] results) {
    Object[] row = new Object[plan.root().table().columns().size()];
    System.arraycopy(values, 0, row, 0, group.size());
    System.arraycopy(results, 0, row, group.size(), shown(plan, group));
    return row;
  }

  /** The number of functions of the SELECT list. */
  private static int shown(ViewPlan plan, List<Integer> group) {
    return plan.root().table().columns().size() - group.size();
  }
}
