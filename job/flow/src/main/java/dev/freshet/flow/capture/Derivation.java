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
 * Makes of a change what the nodes receive: per node over its table the row, and for each join of
 * that node a farewell to the row it pointed at and a subscription at the row it points at now.
 *
 * <p>A node that sees no difference receives nothing, unless it could not use the old row. A
 * changed primary key is a delete and a create. Snapshot rows only subscribe. The events of one
 * change come in the order in which they take effect.
 */
final class Derivation {
  private final JobPlan plan;
  private final List<Tables.Source> sources;
  private final long[] unaffected;

  /** Says what order the next event of a version has. */
  interface Orders {
    long next(long version);
  }

  Derivation(Tables tables) {
    this.plan = tables.plan();
    this.sources = tables.sources();
    this.unaffected = new long[plan.views().size()];
  }

  /** Goes on counting where a checkpoint was taken. */
  void restore(long[] counted) {
    System.arraycopy(counted, 0, unaffected, 0, counted.length);
  }

  /** By view, how often a node saw no difference in a change of its table. */
  long[] unaffected() {
    return unaffected.clone();
  }

  /**
   * Tells the nodes of a change.
   *
   * @param lost the views whose nodes are told nothing, and counted with nothing
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
