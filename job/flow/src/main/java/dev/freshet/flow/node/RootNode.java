package dev.freshet.flow.node;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.Composite;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.log.Event;
import dev.freshet.view.Key;
import dev.freshet.view.Values;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.expr.Condition;
import dev.freshet.view.expr.Evaluator;
import dev.freshet.view.expr.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * What a root node does with one step of one of its rows: it keeps the row and one part per foreign
 * key, makes the entry of them, and says how it differs from the entry before the step: a
 * retraction at the view key it left, an upsert where it is now. What was said before is not kept:
 * it is a function of what is kept.
 *
 * <p>Not safe for several threads.
 */
public final class RootNode {
  private final JobPlan plan;
  private final List<EntryRule> rules = new ArrayList<>();

  public RootNode(JobPlan plan) {
    this.plan = plan;
    for (ViewPlan view : plan.views()) {
      rules.add(new EntryRule(view));
    }
  }

  /**
   * Applies a step.
   *
   * @param key the row
   * @param before what is kept of it
   * @param events of this key, in log order
   * @return what is kept from now on
   */
  public NodeRow step(Key key, NodeRow before, List<Event> events) {
    JobPlan.Node node = plan.nodeOf(key);
    NodeRow after = before;
    for (Event event : events) {
      if (event instanceof Event.RowChange change) {
        after = after.after(plan, node, change);
      } else if (event instanceof Event.Part part) {
        after = after.after(plan, node, part);
      } else {
        throw new IllegalStateException("nobody subscribes to a root: " + event);
      }
    }
    return after;
  }

  /** Says how the entry of a row changed, if it did. */
  public void compare(
      Key key, NodeRow before, NodeRow after, long version, Consumer<EntryChange> out) {
    if (before.equals(after)) {
      return;
    }
    JobPlan.Node node = plan.nodeOf(key);
    EntryRule rule = rules.get(node.view());
    Object[] was = rule.entry(before);
    Object[] is = rule.entry(after);
    if (was == null && is == null) {
      return;
    }
    if (was == null || is == null) {
      Object[] values = was == null ? is : was;
      out.accept(change(node, rule.view, values, version, was == null));
      return;
    }
    if (Values.sameRow(was, is)) {
      return;
    }
    EntryChange put = change(node, rule.view, is, version, true);
    EntryChange left = change(node, rule.view, was, version, false);
    if (!left.key().equals(put.key())) {
      out.accept(left);
    }
    out.accept(put);
  }

  /** Says the entry of a row anew, if it has one. */
  public void say(Key key, NodeRow row, long version, Consumer<EntryChange> out) {
    compare(key, NodeRow.empty(row.parts().length), row, version, out);
  }

  private static EntryChange change(
      JobPlan.Node node, ViewPlan view, Object[] values, long version, boolean present) {
    return new EntryChange(
        node.view(),
        view.viewKey(values),
        Key.ofColumns(null, values, view.entryKey()),
        version,
        present,
        values);
  }

  /** Makes the entry of one view out of its rows. */
  private static final class EntryRule {
    final ViewPlan view;
    private final Condition where;
    private final Value[] outputs;
    private final Object[][] rows;
    private final int[][] children;

    EntryRule(ViewPlan view) {
      this.view = view;
      this.where = Evaluator.condition(view.where());
      this.outputs =
          view.outputs().stream().map(o -> Evaluator.value(o.value())).toArray(Value[]::new);
      this.rows = new Object[view.nodes().size()][];
      this.children = new int[view.nodes().size()][];
      for (int i = 0; i < children.length; i++) {
        int parent = i;
        children[i] =
            IntStream.range(0, view.nodes().size())
                .filter(n -> view.nodes().get(n).parent() == parent)
                .toArray();
      }
    }

    /** The entry's outputs, or null when the row makes none. */
    Object[] entry(NodeRow row) {
      if (row.row() == null) {
        return null;
      }
      place(0, row.composite());
      for (int i = 0; i < rows.length; i++) {
        if (rows[i] == null && view.nodes().get(i).inner()) {
          return null;
        }
      }
      if (!where.holds(rows)) {
        return null;
      }
      Object[] entry = new Object[outputs.length];
      for (int i = 0; i < entry.length; i++) {
        entry[i] = outputs[i].of(rows);
      }
      return entry;
    }

    private void place(int node, Composite composite) {
      rows[node] = composite.row();
      for (int i = 0; i < children[node].length; i++) {
        place(children[node][i], composite.isMissing() ? Composite.MISSING : composite.parts()[i]);
      }
    }
  }
}
