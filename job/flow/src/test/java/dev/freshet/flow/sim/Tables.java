package dev.freshet.flow.sim;

import dev.freshet.flow.log.Poison;
import dev.freshet.view.Expr;
import dev.freshet.view.PlanNode;
import dev.freshet.view.ViewPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The independent model: the tables as maps, and the view as nested loops over them. It shares no
 * code with the job but the form of plans.
 */
final class Tables {
  private final ViewPlan view;
  private final List<TreeMap<Long, Object[]>> tables = new ArrayList<>();
  private final List<TreeMap<Long, Poison>> poison = new ArrayList<>();

  /**
   * What poison really touches.
   *
   * @param all whether some row of it cannot be placed, so that no key is sure
   */
  record Touched(Set<Long> keys, boolean all) {}

  Tables(ViewPlan view) {
    this.view = view;
    view.nodes().forEach(n -> tables.add(new TreeMap<>()));
    view.nodes().forEach(n -> poison.add(new TreeMap<>()));
  }

  Tables copy() {
    Tables copy = new Tables(view);
    for (int i = 0; i < tables.size(); i++) {
      copy.tables.get(i).putAll(tables.get(i));
      copy.poison.get(i).putAll(poison.get(i));
    }
    return copy;
  }

  SortedMap<Long, Object[]> table(int node) {
    return tables.get(node);
  }

  /** The rows of a table whose newest change cannot be handled at first, by primary key. */
  SortedMap<Long, Poison> poison(int node) {
    return poison.get(node);
  }

  /** The keys that poison touches. */
  Touched touched() {
    Set<Long> keys = new TreeSet<>();
    boolean all = false;
    for (Object[] root : tables.get(0).values()) {
      Object[][] rows = new Object[tables.size()][];
      rows[0] = root;
      boolean any = poison.get(0).containsKey(root[RandomPlan.ID]);
      boolean lost = any && !poison.get(0).get(root[RandomPlan.ID]).placed();
      boolean lacks = false;
      for (int i = 1; i < rows.length; i++) {
        rows[i] = joined(rows, i);
        lacks |= rows[i] == null && view.nodes().get(i).inner();
        Poison own = rows[i] == null ? null : poison.get(i).get(rows[i][RandomPlan.ID]);
        any |= own != null;
        lost |= own != null && !own.placed();
      }
      all |= lost;
      if (any && !lacks) {
        keys.add((Long) value(view.outputs().get(0).value(), rows));
      }
    }
    return new Touched(keys, all);
  }

  /** The ids of the root rows that belong to a key, whatever the WHERE says of them. */
  Set<Long> roots(long key) {
    Set<Long> ids = new TreeSet<>();
    Expr.ColumnRef column = (Expr.ColumnRef) view.outputs().get(0).value();
    for (Object[] root : tables.get(0).values()) {
      Object[][] rows = new Object[tables.size()][];
      rows[0] = root;
      for (int i = 1; i < rows.length; i++) {
        rows[i] = joined(rows, i);
      }
      if (rows[column.node()] != null && rows[column.node()][column.column()].equals(key)) {
        ids.add((Long) root[RandomPlan.ID]);
      }
    }
    return ids;
  }

  /** The view's whole answer: per key, per id of the root, the outputs as text. */
  Map<Long, Map<Long, String>> answer() {
    Map<Long, Map<Long, String>> answer = new TreeMap<>();
    for (Object[] root : tables.get(0).values()) {
      Object[][] rows = join(root);
      if (rows == null || !Boolean.TRUE.equals(truth(view.where(), rows))) {
        continue;
      }
      Object[] outputs = new Object[view.outputs().size()];
      for (int i = 0; i < outputs.length; i++) {
        outputs[i] = value(view.outputs().get(i).value(), rows);
      }
      answer
          .computeIfAbsent((Long) outputs[0], k -> new TreeMap<>())
          .put((Long) outputs[1], Arrays.toString(outputs));
    }
    return answer;
  }

  private Object[][] join(Object[] root) {
    Object[][] rows = new Object[tables.size()][];
    rows[0] = root;
    for (int i = 1; i < rows.length; i++) {
      rows[i] = joined(rows, i);
      if (rows[i] == null && view.nodes().get(i).inner()) {
        return null;
      }
    }
    return rows;
  }

  private Object[] joined(Object[][] rows, int i) {
    PlanNode node = view.nodes().get(i);
    Object[] parent = rows[node.parent()];
    Object reference = parent == null ? null : parent[node.foreignKey().get(0)];
    return reference == null ? null : tables.get(i).get((Long) reference);
  }

  private static Object value(Expr expr, Object[][] rows) {
    Expr.ColumnRef ref = (Expr.ColumnRef) expr;
    return rows[ref.node()] == null ? null : rows[ref.node()][ref.column()];
  }

  private static Boolean truth(Expr expr, Object[][] rows) {
    if (expr instanceof Expr.And) {
      return true;
    }
    if (expr instanceof Expr.Or or) {
      boolean any = false;
      for (Expr operand : or.operands()) {
        any |= Boolean.TRUE.equals(truth(operand, rows));
      }
      return any;
    }
    if (expr instanceof Expr.IsNull isNull) {
      return value(isNull.operand(), rows) == null;
    }
    if (expr instanceof Expr.NotZero notZero) {
      Object value = value(notZero.operand(), rows);
      return value == null ? null : (Long) value != 0;
    }
    Expr.Comparison comparison = (Expr.Comparison) expr;
    Object left = value(comparison.left(), rows);
    Object right = value(comparison.right(), rows);
    if (left == null || right == null) {
      return null;
    }
    return (Long) left <= (Long) right;
  }
}
