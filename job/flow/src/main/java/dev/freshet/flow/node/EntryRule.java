package dev.freshet.flow.node;

import dev.freshet.flow.log.Composite;
import dev.freshet.flow.log.Poison;
import dev.freshet.view.Reason;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.expr.Condition;
import dev.freshet.view.expr.Evaluator;
import dev.freshet.view.expr.Value;
import dev.freshet.view.sql.StoreLimits;
import java.util.stream.IntStream;

/** Makes the entry of one view out of a root row and its parts. Not safe for several threads. */
final class EntryRule {
  private final ViewPlan view;
  private final Probe probe;
  private final StoreLimits limits;
  private final Condition where;
  private final Value[] outputs;
  private final Composite[] rows;
  private final Object[][] values;
  private final int[][] children;

  /**
   * What a root row shows.
   *
   * @param values the entry's outputs; of poison only those of its primary key; null where there is
   *     no entry or nobody knows which
   * @param poison null when the entry is known
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

  /** The store cannot hold an entry. */
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

  /** What was said of a row that is kept as it was settled. */
  Shown said(NodeRow row) {
    return row.marker() != null && row.marker().ofEntry()
        ? poisoned(row, row.marker().poison())
        : shown(row, 0);
  }

  /**
   * What a row shows.
   *
   * @param attempt what the probe hears; 0 when it does not
   * @throws Unstorable when the store cannot hold it
   * @throws RuntimeException when it cannot be made
   */
  Shown shown(NodeRow row, int attempt) {
    if (row.row() == null) {
      return Shown.NOTHING;
    }
    place(0, row.composite());
    Poison poison = null;
    boolean lacks = false;
    for (int i = 0; i < rows.length; i++) {
      Poison own = rows[i].poison();
      if (own != null && !own.placed()) {
        return new Shown(null, own);
      }
      poison = poison == null ? own : poison;
      lacks |= values[i] == null && view.nodes().get(i).inner();
    }
    if (lacks) {
      return Shown.NOTHING;
    }
    if (poison != null) {
      return new Shown(primaryKey(), poison);
    }
    probe(Probe.Stage.EXPRESSION, values, attempt);
    if (!where.holds(values)) {
      return Shown.NOTHING;
    }
    Object[] entry = new Object[outputs.length];
    for (int i = 0; i < entry.length; i++) {
      entry[i] = outputs[i].of(values);
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

  /** A row whose entry cannot be made: its rows are sound. */
  Shown poisoned(NodeRow row, Poison poison) {
    place(0, row.composite());
    return new Shown(primaryKey(), poison);
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
    for (int place : view.primaryKey()) {
      entry[place] = outputs[place].of(values);
    }
    return entry;
  }

  private void place(int node, Composite composite) {
    rows[node] = composite;
    values[node] = composite.row();
    for (int i = 0; i < children[node].length; i++) {
      place(children[node][i], composite.isMissing() ? Composite.MISSING : composite.parts()[i]);
    }
  }
}
