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
 * What a root node does with one step of one of its rows: it keeps the row and one part per foreign
 * key, makes the entry of them, and says how it differs from the entry before the step: a
 * retraction at the view key it left, an upsert where it is now. What was said before is not kept:
 * it is a function of what is kept.
 *
 * <p>An entry holds poison when one of its rows does, or when it cannot be made. Where the poison
 * hides which key it touches, the whole view is told.
 *
 * <p>Not safe for several threads.
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

  /** Where a root node's words go. */
  public interface Out {
    void entry(EntryChange change);

    void unplaced(UnroutableRow unplaced);
  }

  /**
   * Applies a step.
   *
   * @param key the row
   * @param before what is kept of it
   * @param events of this key, in log order
   * @return what is kept from now on, not yet settled
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
   * Says how the entry of a row changed, if it did.
   *
   * @param before what was kept when it was last said; settled
   * @return what is kept from now on: marked where the entry cannot be made
   */
  public NodeRow settle(Key key, NodeRow before, Handled handled, long version, Out out) {
    NodeRow after = handled.row();
    if (before.equals(after) && !handled.repaired()) {
      return after;
    }
    JobPlan.Node node = plan.nodeOf(key);
    EntryRule rule = rules.get(node.view());
    EntryRule.Shown was = rule.said(before);
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
    say(node, key, was, is, handled.repaired(), version, out);
    return after;
  }

  private static NodeRow marked(NodeRow before, NodeRow after, Marker marker) {
    return after.with(marker.repeats(before.marker()) ? before.marker() : marker);
  }

  /** Says the entry of a row anew, if it has one; returns the row, settled. */
  public NodeRow say(Key key, NodeRow row, long version, Out out) {
    return settle(key, NodeRow.empty(row.parts().length), Handled.nothing(row), version, out);
  }

  /**
   * Says the difference.
   *
   * @param anew whether what is shown is said also where nothing differs
   */
  private void say(
      JobPlan.Node node,
      Key key,
      EntryRule.Shown was,
      EntryRule.Shown is,
      boolean anew,
      long version,
      Out out) {
    if (was.isUnplaced() != is.isUnplaced()) {
      out.unplaced(new UnroutableRow(node.view(), key, version, is.isUnplaced()));
    }
    boolean stays = was.isEntry() && is.isEntry() && sameKey(plan.viewOf(node), was, is);
    if (was.isEntry() && !stays) {
      out.entry(change(node, was, version, false));
    }
    if (is.isEntry() && (!stays || anew || !same(was, is))) {
      out.entry(change(node, is, version, true));
    }
  }

  /** Keys have a form of their own for decimals alone. */
  private static boolean sameKey(ViewPlan view, EntryRule.Shown was, EntryRule.Shown is) {
    for (int place : view.key()) {
      if (!Objects.deepEquals(was.values()[place], is.values()[place])) {
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
        Key.ofColumns(null, shown.values(), view.entryKey()),
        version,
        present,
        shown.values(),
        present && shown.poison() != null ? shown.poison().reason() : null);
  }
}
