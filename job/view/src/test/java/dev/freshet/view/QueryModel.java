package dev.freshet.view;

import dev.freshet.view.expr.Condition;
import dev.freshet.view.expr.Evaluator;
import dev.freshet.view.expr.Value;
import dev.freshet.view.expr.ValueOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Answers a plan's query from tables in memory, by nested loops and the plan's expressions. */
final class QueryModel {
  private final ViewPlan plan;
  private final List<Map<Key, Object[]>> rows = new ArrayList<>();

  /**
   * A model over whole tables.
   *
   * @param tables rows of each table by its name, in the columns of {@code catalogue}
   */
  QueryModel(ViewPlan plan, Catalogue catalogue, Map<String, List<Object[]>> tables) {
    this.plan = plan;
    for (PlanNode node : plan.nodes()) {
      Table used = node.table();
      Table whole = catalogue.table(used.database(), used.name()).orElseThrow();
      Map<Key, Object[]> byKey = new HashMap<>();
      for (Object[] row : tables.get(used.name())) {
        Object[] narrow = used.columns().stream().map(c -> row[whole.indexOf(c.name())]).toArray();
        if (node.has(narrow)) {
          byKey.put(Key.ofColumns(null, narrow, node.key(), used.columns()::get), narrow);
        }
      }
      rows.add(byKey);
    }
  }

  /** All entries, ordered by key and then in the view's order. */
  List<Object[]> everything() {
    Condition where = Evaluator.condition(plan.where());
    List<Value> values = plan.outputs().stream().map(o -> Evaluator.value(o.value())).toList();
    List<Object[]> entries = new ArrayList<>();
    for (Object[] root : rows.get(0).values()) {
      Object[][] joined = joined(root);
      if (joined != null && where.holds(joined)) {
        Object[] entry = values.stream().map(value -> value.of(joined)).toArray();
        if (plan.key().stream().allMatch(index -> entry[index] != null)) {
          entries.add(entry);
        }
      }
    }
    entries.sort(order());
    return entries;
  }

  /** The rows of all nodes for one of the root; null where an inner join has none. */
  private Object[][] joined(Object[] root) {
    Object[][] joined = new Object[plan.nodes().size()][];
    joined[0] = root;
    for (int i = 1; i < joined.length; i++) {
      PlanNode node = plan.nodes().get(i);
      Object[] parent = joined[node.parent()];
      Key key = parent == null ? null : key(node, parent);
      joined[i] = key == null ? null : rows.get(i).get(key);
      if (joined[i] != null && !Evaluator.condition(node.on()).holds(joined)) {
        joined[i] = null;
      }
      if (joined[i] == null && node.inner()) {
        return null;
      }
    }
    return joined;
  }

  /** The key of the row that a parent's row references; null if it can reference none. */
  private static Key key(PlanNode node, Object[] parent) {
    Object[] values = new Object[node.key().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = node.keyColumns().get(i).canonical(parent[node.foreignKey().get(i)]);
      if (values[i] == null) {
        return null;
      }
    }
    return Key.of(values);
  }

  private Comparator<Object[]> order() {
    List<Comparator<Object[]>> parts = new ArrayList<>();
    plan.key().forEach(place -> parts.add(by(place)));
    for (ViewPlan.Order part : plan.order()) {
      Comparator<Object[]> by = by(part.output());
      parts.add(part.descending() ? by.reversed() : by);
    }
    return parts.stream().reduce(Comparator::thenComparing).orElseThrow();
  }

  private Comparator<Object[]> by(int place) {
    Column column = plan.outputs().get(place).column();
    return Comparator.comparing(
        entry -> entry[place],
        Comparator.nullsFirst(ValueOrder.of(column.type(), column.collation())));
  }
}
