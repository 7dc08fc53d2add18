package dev.freshet.flow.capture;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.capture.source.Captured;
import dev.freshet.flow.capture.source.Tables;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.Poison;
import dev.freshet.flow.log.ViewFault;
import dev.freshet.view.ForeignKey;
import dev.freshet.view.Key;
import dev.freshet.view.PlanNode;
import dev.freshet.view.Reason;
import dev.freshet.view.Values;
import dev.freshet.view.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Turns a change of a table into the events of the nodes. Each node of the table receives the new
 * row; for each join of that node, the row that was referenced before receives an unsubscription
 * and the row that is referenced now a subscription.
 *
 * <p>A node receives nothing if none of its columns changed, unless one of the rows is poison. A
 * changed key becomes a delete and an insert. A deletion on which foreign keys act is followed by a
 * {@link Event.Cascade}. Snapshot rows only subscribe. The events of one change are sent in the
 * order in which they take effect. Not thread-safe.
 */
final class Derivation {
  private final JobPlan plan;
  private final List<Tables.Source> sources;
  private final long[] unaffected;

  /** Numbers the events of a version. */
  interface Orders {
    long next(long version);
  }

  Derivation(Tables tables) {
    this.plan = tables.plan();
    this.sources = tables.sources();
    this.unaffected = new long[plan.views().size()];
  }

  /** Restores the counters from a checkpoint. */
  void restore(long[] counted) {
    System.arraycopy(counted, 0, unaffected, 0, counted.length);
  }

  /** Returns for each view how many changes had no effect on one of its nodes. */
  long[] unaffected() {
    return unaffected.clone();
  }

  /**
   * Sends the events of a change to {@code out}.
   *
   * @param catchingUp whether the snapshot may contain the change already
   * @param lost the views that can no longer be maintained; their nodes receive nothing and their
   *     counters stay unchanged
   */
  void derive(
      Captured.Change change,
      boolean catchingUp,
      FaultedViews lost,
      Orders orders,
      Consumer<Event> out) {
    List<JobPlan.Node> nodes = sources.get(change.table()).nodes();
    for (int i = 0; i < nodes.size(); i++) {
      if (lost.has(nodes.get(i).view())) {
        continue;
      }
      Object[] before = of(nodes.get(i), change.before(), i);
      Object[] after = of(nodes.get(i), change.after(), i);
      if (before == null && after == null) {
        unaffected[nodes.get(i).view()]++;
        continue;
      }
      Poison poison =
          change.poisonAfter() == null || after == null ? null : change.poisonAfter()[i];
      boolean sound =
          poison == null && (change.poisonBefore() == null || change.poisonBefore()[i] == null);
      if (before == null || after == null || !sound || !Values.sameRow(before, after)) {
        boolean again = catchingUp && mayBeDeleted(nodes.get(i));
        derive(nodes.get(i), change.version(), before, after, poison, again, orders, out);
        if (change.after() == null && change.actsOnOthers()) {
          deleted(nodes.get(i), change.version(), before, orders, out);
        }
      } else {
        unaffected[nodes.get(i).view()]++;
      }
    }
  }

  /**
   * Returns the faults of the views that can no longer be maintained after a deletion before the
   * hand-over. Foreign keys carried the deletion on to rows of a table that is not shown, and from
   * there to further rows. If the snapshot lacks the rows between, nothing shows which further rows
   * were deleted.
   */
  List<ViewFault> unfollowed(Captured.Change change) {
    List<ViewFault> faults = new ArrayList<>();
    Tables.Source source = sources.get(change.table());
    for (JobPlan.Node node : source.nodes()) {
      if (change.after() == null && change.actsOnOthers() && deletesBetween(node)) {
        String message =
            "Source table "
                + source.name()
                + ": a row was deleted during the snapshot, and the foreign key "
                + node.plan().action().foreignKey()
                + " deleted rows that were not read yet; cancel and submit the job again";
        faults.add(new ViewFault(node.view(), Reason.UNTOLD_WRITE, change.version(), message));
      }
    }
    return faults;
  }

  /** Whether deletions of a node's rows delete rows of another node that is not shown. */
  private boolean deletesBetween(JobPlan.Node node) {
    PlanNode.Action action = node.plan().action();
    return action != null
        && action.onDelete() == ForeignKey.OnDelete.CASCADE
        && !plan.node(node.parent()).plan().isShown();
  }

  /** Returns a node's row; null if there is none, or if the row is not one of the node's. */
  private static Object[] of(JobPlan.Node node, Object[][] rows, int index) {
    return rows == null || !node.plan().has(rows[index]) ? null : rows[index];
  }

  /**
   * Whether foreign keys may delete rows of a node. Before the hand-over, the node may lack such a
   * row when a change of it arrives: the snapshot did not have the row, or an earlier deletion was
   * carried on to it. So each change subscribes as if it were the first.
   */
  private boolean mayBeDeleted(JobPlan.Node node) {
    return node.children().stream().anyMatch(child -> !plan.node(child).plan().isShown());
  }

  /** Sends the event by which foreign keys act after a deletion. */
  private static void deleted(
      JobPlan.Node node, long version, Object[] before, Orders orders, Consumer<Event> out) {
    PlanNode.Action action = node.plan().action();
    if (action != null && action.onDelete() != ForeignKey.OnDelete.RESTRICT) {
      Key key = node.key(before);
      out.accept(new Event.Cascade(key, version, orders.next(version), key));
    }
  }

  private void derive(
      JobPlan.Node node,
      long version,
      Object[] before,
      Object[] after,
      Poison poison,
      boolean again,
      Orders orders,
      Consumer<Event> out) {
    if (before != null && after != null && !node.key(before).equals(node.key(after))) {
      derive(node, version, before, null, null, again, orders, out);
      derive(node, version, null, after, poison, again, orders, out);
      return;
    }
    Key key = node.key(after == null ? before : after);
    out.accept(new Event.RowChange(key, version, orders.next(version), after, poison));
    for (int id : node.children()) {
      JobPlan.Node child = plan.node(id);
      Key left = before == null ? null : plan.childKey(child, before);
      Key joined = after == null ? null : plan.childKey(child, after);
      if (left != null && !left.equals(joined) && version != Version.NONE) {
        out.accept(new Event.Subscription(left, version, orders.next(version), key, false));
      }
      if (joined != null && (again || !joined.equals(left))) {
        out.accept(new Event.Subscription(joined, version, orders.next(version), key, true));
      }
    }
  }
}
