package dev.freshet.flow.capture;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.capture.source.Captured;
import dev.freshet.flow.capture.source.Tables;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.Poison;
import dev.freshet.view.Key;
import dev.freshet.view.Values;
import dev.freshet.view.Version;
import java.util.List;
import java.util.function.Consumer;

/**
 * Turns a change of a table into the events of the nodes. Each node of the table receives the new
 * row; for each join of that node, the row that was referenced before receives an unsubscription
 * and the row that is referenced now a subscription.
 *
 * <p>A node receives nothing if none of its columns changed, unless one of the rows is poison. A
 * changed primary key becomes a delete and an insert. Snapshot rows only subscribe. The events of
 * one change are sent in the order in which they take effect. Not thread-safe.
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
   * @param lost the views that can no longer be maintained; their nodes receive nothing and their
   *     counters stay unchanged
   */
  void derive(Captured.Change change, ViewFaults lost, Orders orders, Consumer<Event> out) {
    List<JobPlan.Node> nodes = sources.get(change.table()).nodes();
    for (int i = 0; i < nodes.size(); i++) {
      if (lost.has(nodes.get(i).view())) {
        continue;
      }
      Object[] before = change.before() == null ? null : change.before()[i];
      Object[] after = change.after() == null ? null : change.after()[i];
      Poison poison = change.poisonAfter() == null ? null : change.poisonAfter()[i];
      boolean sound =
          poison == null && (change.poisonBefore() == null || change.poisonBefore()[i] == null);
      if (before == null || after == null || !sound || !Values.sameRow(before, after)) {
        derive(nodes.get(i), change.version(), before, after, poison, orders, out);
      } else {
        unaffected[nodes.get(i).view()]++;
      }
    }
  }

  private void derive(
      JobPlan.Node node,
      long version,
      Object[] before,
      Object[] after,
      Poison poison,
      Orders orders,
      Consumer<Event> out) {
    if (before != null && after != null && !node.key(before).equals(node.key(after))) {
      derive(node, version, before, null, null, orders, out);
      derive(node, version, null, after, poison, orders, out);
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
      if (joined != null && !joined.equals(left)) {
        out.accept(new Event.Subscription(joined, version, orders.next(version), key, true));
      }
    }
  }
}
