package dev.freshet.flow.node;

import dev.freshet.flow.log.Composite;
import dev.freshet.flow.log.Poison;
import dev.freshet.view.Expr;
import dev.freshet.view.Reason;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.expr.Condition;
import dev.freshet.view.expr.Evaluator;
import dev.freshet.view.expr.Value;
import dev.freshet.view.sql.StoreLimits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Computes the entry of a view from a root row and its parts. Not thread-safe. */
final class EntryRule {
  private final ViewPlan view;
  private final Probe probe;
  private final StoreLimits limits;
  private final Condition where;

  /** For each node the further condition of its join; null if there is none. */
  private final Condition[] on;

  /** The parts of all conditions, which MySQL may evaluate before it joins further rows. */
  private final List<Part> parts = new ArrayList<>();

  private final Value[] outputs;
  private final Composite[] rows;
  private final Object[][] values;
  private final int[][] children;

  /**
   * The entry of a root row.
   *
   * @param values the entry's outputs; with poison, only those of its primary key; null if there is
   *     no entry, or if its key is unknown. A row whose key has a NULL is no entry: MySQL's {@code
   *     =} finds it by no value
   * @param poison why the entry is unknown; null if it is known
   */
  record Shown(Object[] values, Poison poison) {
    static final Shown NOTHING = new Shown(null, null);

    boolean isEntry() {
      return values != null;
    }

    boolean isUnplaced() {
      return values == null && poison != null;
    }
  }

  /** A part of a condition, and the nodes whose rows it needs. */
  private record Part(Condition condition, int[] nodes) {
    static Part of(Expr expr) {
      Set<Integer> nodes = new TreeSet<>();
      expr.mapped(
          column -> {
            nodes.add(column.node());
            return column;
          });
      return new Part(
          Evaluator.condition(expr), nodes.stream().mapToInt(Integer::intValue).toArray());
    }
  }

  /** The store cannot hold the entry. */
  static final class Unstorable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unstorable(String message) {
      super(message);
    }

    Poison poison() {
      return new Poison(Reason.UNSTORABLE, true, getMessage());
    }
  }

  EntryRule(ViewPlan view, Probe probe) {
    this.view = view;
    this.probe = probe;
    this.limits = new StoreLimits(view);
    this.where = Evaluator.condition(view.where());
    this.on =
        view.nodes().stream()
            .map(node -> node.on().equals(Expr.TRUE) ? null : Evaluator.condition(node.on()))
            .toArray(Condition[]::new);
    addParts(view.where());
    view.nodes().forEach(node -> addParts(node.on()));
    this.outputs =
        view.outputs().stream().map(o -> Evaluator.value(o.value())).toArray(Value[]::new);
    this.rows = new Composite[view.nodes().size()];
    this.values = new Object[view.nodes().size()][];
    this.children = new int[view.nodes().size()][];
    for (int i = 0; i < children.length; i++) {
      int parent = i;
      children[i] =
          IntStream.range(0, view.nodes().size())
              .filter(n -> view.nodes().get(n).parent() == parent)
              .toArray();
    }
  }

  private void addParts(Expr condition) {
    if (condition instanceof Expr.And and) {
      and.operands().forEach(this::addParts);
    } else {
      parts.add(Part.of(condition));
    }
  }

  /** Recomputes the entry that was emitted for a settled row. */
  Shown emitted(NodeRow row) {
    return row.marker() != null && row.marker().ofEntry()
        ? poisoned(row, row.marker().poison())
        : shown(row, 0);
  }

  /**
   * Computes the entry of a row.
   *
   * @param attempt the number of the attempt, for the probe; 0 to recompute an entry that was
   *     computed before, without the probe, the store's limits, and the conditions of a row that
   *     has none
   * @throws Unstorable if the store cannot hold the entry
   * @throws RuntimeException if the entry cannot be computed
   */
  Shown shown(NodeRow row, int attempt) {
    if (row.row() == null) {
      return Shown.NOTHING;
    }
    fill(0, row.composite());
    Poison poison = null;
    for (Composite each : rows) {
      Poison own = each.poison();
      if (own != null && !own.placed()) {
        return new Shown(null, own);
      }
      poison = poison == null ? own : poison;
    }
    if (poison == null) {
      dropUnmatched();
    }
    if (lacksInner()) {
      if (attempt > 0 && poison == null) {
        requireConditions();
      }
      return Shown.NOTHING;
    }
    if (poison != null) {
      return placed(primaryKey(), poison);
    }
    probe(Probe.Stage.EXPRESSION, values, attempt);
    if (!where.holds(values)) {
      return Shown.NOTHING;
    }
    Object[] entry = new Object[outputs.length];
    for (int i = 0; i < entry.length; i++) {
      entry[i] = outputs[i].of(values);
    }
    if (!hasKey(entry)) {
      return Shown.NOTHING;
    }
    probe(Probe.Stage.ENTRY, new Object[][] {entry}, attempt);
    if (attempt > 0) {
      limits
          .problem(entry)
          .ifPresent(
              problem -> {
                throw new Unstorable(problem);
              });
    }
    return new Shown(entry, null);
  }

  /** Drops the rows that do not meet the further condition of their join. */
  private void dropUnmatched() {
    for (int i = 1; i < on.length; i++) {
      if (on[i] != null && values[i] != null && !on[i].holds(values)) {
        fill(i, Composite.MISSING);
      }
    }
  }

  /**
   * Evaluates the conditions of a row that lacks a joined row, as far as its rows are there: MySQL
   * may do so before it looks for the joined row, and has no answer if that fails.
   */
  private void requireConditions() {
    for (int index : view.primaryKey()) {
      if (outputs[index].of(values) == null) {
        return;
      }
    }
    for (Part part : parts) {
      if (Arrays.stream(part.nodes()).noneMatch(node -> values[node] == null)) {
        part.condition().holds(values);
      }
    }
  }

  private boolean lacksInner() {
    for (int i = 0; i < values.length; i++) {
      if (values[i] == null && view.nodes().get(i).inner()) {
        return true;
      }
    }
    return false;
  }

  /**
   * The poisoned entry of a root row, where all rows can be used but the entry cannot be computed.
   */
  Shown poisoned(NodeRow row, Poison poison) {
    fill(0, row.composite());
    return placed(primaryKey(), poison);
  }

  /** The entry of a root row with the outputs of its primary key only. */
  Object[] primaryKey(NodeRow row) {
    fill(0, row.composite());
    return primaryKey();
  }

  private Shown placed(Object[] entry, Poison poison) {
    return hasKey(entry) ? new Shown(entry, poison) : Shown.NOTHING;
  }

  private boolean hasKey(Object[] entry) {
    for (int index : view.key()) {
      if (entry[index] == null) {
        return false;
      }
    }
    return true;
  }

  private void probe(Probe.Stage stage, Object[][] all, int attempt) {
    if (attempt > 0) {
      for (Object[] row : all) {
        if (row != null) {
          probe.at(stage, row, attempt);
        }
      }
    }
  }

  private Object[] primaryKey() {
    Object[] entry = new Object[outputs.length];
    for (int index : view.primaryKey()) {
      entry[index] = outputs[index].of(values);
    }
    return entry;
  }

  private void fill(int node, Composite composite) {
    rows[node] = composite;
    values[node] = composite.row();
    for (int i = 0; i < children[node].length; i++) {
      fill(children[node][i], composite.isMissing() ? Composite.MISSING : composite.parts()[i]);
    }
  }
}
