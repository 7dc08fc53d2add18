package dev.freshet.flow.node;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.Poison;
import dev.freshet.flow.log.UnroutableRow;
import dev.freshet.view.Key;
import dev.freshet.view.Values;
import dev.freshet.view.ViewPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The logic of a root node for one row in one step. The node keeps the row and one part per foreign
 * key, computes the entry from them, and emits the difference to the entry before the step: a
 * retraction from the view key that the entry left, and an upsert to its present view key. The
 * emitted entry is not kept, because it can be recomputed from the kept state.
 *
 * <p>An entry holds poison if one of its rows does, or if it cannot be computed. If the poison
 * hides the affected key, an {@link UnroutableRow} is emitted for the whole view.
 *
 * <p>Not thread-safe.
 */
public final class RootNode {
  private final JobPlan plan;
  private final List<EntryRule> rules = new ArrayList<>();

  public RootNode(JobPlan plan, Probe probe) {
    this.plan = plan;
    for (ViewPlan view : plan.views()) {
      rules.add(new EntryRule(view, probe));
    }
  }

  /** Receives the output of a root node. */
  public interface Out {
    void entry(EntryChange change);

    void unplaced(UnroutableRow unplaced);
  }

  /**
   * Applies a step.
   *
   * @param key the row
   * @param before the row's state before the step
   * @param events the key's events of the step, in log order
   * @return the row's state after the step, before {@link #settle}
   */
  public Handled step(Key key, NodeRow before, List<Event> events) {
    JobPlan.Node node = plan.nodeOf(key);
    Handled handled = Handled.nothing(before);
    for (Event event : events) {
      handled = NodeRow.after(plan, node, handled, event);
    }
    return handled;
  }

  /**
   * Emits how the entry of a row changed, if it did.
   *
   * @param before the settled state for which the entry was emitted last
   * @return the settled state, which has a marker if the entry cannot be computed
   */
  public NodeRow settle(Key key, NodeRow before, Handled handled, long version, Out out) {
    NodeRow after = handled.row();
    if (before.equals(after) && !handled.repaired()) {
      return after;
    }
    JobPlan.Node node = plan.nodeOf(key);
    EntryRule rule = rules.get(node.view());
    EntryRule.Shown was = rule.emitted(before);
    Event.Attempt cause =
        handled.cause() == null ? new Event.Attempt(version, Long.MAX_VALUE, 1) : handled.cause();
    EntryRule.Shown is;
    try {
      is = rule.shown(after, cause.number());
      after = after.isPoisoned() ? after : after.with(null);
    } catch (EntryRule.Unstorable e) {
      is = rule.poisoned(after, e.poison());
      after = marked(before, after, Marker.of(cause, e.poison(), true, handled.read()));
    } catch (RuntimeException e) {
      is = rule.poisoned(after, Poison.of(e));
      after = marked(before, after, Marker.of(cause, Poison.of(e), true, handled.read()));
    }
    emit(node, key, was, is, handled.repaired(), version, out);
    return after;
  }

  private static NodeRow marked(NodeRow before, NodeRow after, Marker marker) {
    return after.with(marker.repeats(before.marker()) ? before.marker() : marker);
  }

  /** Emits the entry of a row again, if it has one; returns the settled state. */
  public NodeRow emit(Key key, NodeRow row, long version, Out out) {
    return settle(key, NodeRow.empty(row.parts().length), Handled.nothing(row), version, out);
  }

  /**
   * Emits the difference between two entries.
   *
   * @param always whether to emit the present entry even if there is no difference
   */
  private void emit(
      JobPlan.Node node,
      Key key,
      EntryRule.Shown was,
      EntryRule.Shown is,
      boolean always,
      long version,
      Out out) {
    if (was.isUnplaced() != is.isUnplaced()) {
      out.unplaced(new UnroutableRow(node.view(), key, version, is.isUnplaced()));
    }
    boolean stays = was.isEntry() && is.isEntry() && sameKey(plan.viewOf(node), was, is);
    if (was.isEntry() && !stays) {
      out.entry(change(node, was, version, false));
    }
    if (is.isEntry() && (!stays || always || !same(was, is))) {
      out.entry(change(node, is, version, true));
    }
  }

  /**
   * Encodes the keys only if the values differ: few decimals and texts have several equal forms.
   */
  private static boolean sameKey(ViewPlan view, EntryRule.Shown was, EntryRule.Shown is) {
    for (int index : view.key()) {
      if (!Objects.deepEquals(was.values()[index], is.values()[index])) {
        return view.viewKey(was.values()).equals(view.viewKey(is.values()));
      }
    }
    return true;
  }

  private static boolean same(EntryRule.Shown was, EntryRule.Shown is) {
    return was.poison() == null
        ? is.poison() == null && Values.sameRow(was.values(), is.values())
        : is.poison() != null && was.poison().reason() == is.poison().reason();
  }

  private EntryChange change(
      JobPlan.Node node, EntryRule.Shown shown, long version, boolean present) {
    ViewPlan view = plan.viewOf(node);
    return new EntryChange(
        node.view(),
        view.viewKey(shown.values()),
        view.keyOf(null, shown.values(), view.entryKey()),
        version,
        present,
        shown.values(),
        present && shown.poison() != null ? shown.poison().reason() : null);
  }
}
