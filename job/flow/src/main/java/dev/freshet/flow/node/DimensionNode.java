package dev.freshet.flow.node;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.Composite;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.Poison;
import dev.freshet.view.Key;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The logic of a dimension node for one row in one step. The node keeps the row, the parts of the
 * rows it points at, and its subscribers: the rows that point at it. After the step it sends the
 * resulting composite once: to all subscribers if the row or its parts changed, and otherwise to
 * those that subscribed in this step. These get it even if they were subscribers before, because a
 * subscriber whose foreign key moved away and back has dropped its part. Poison is sent like a row.
 *
 * <p>A node that is not shown sends no composites. When its row is deleted, it tells the rows that
 * reference it by a foreign key at that time, in the order of the log.
 */
public final class DimensionNode {
  private final JobPlan plan;
  private final Probe probe;

  public DimensionNode(JobPlan plan, Probe probe) {
    this.plan = plan;
    this.probe = probe;
  }

  /** The subscribers of the current row. */
  public interface Subscribers {
    void add(Key subscriber);

    void remove(Key subscriber);

    /** All subscribers, in any order; must not change during the iteration. */
    Iterable<Key> all();
  }

  /**
   * The output of a step: one composite, sent to many rows.
   *
   * @param version the step's watermark, or 0 for a snapshot row
   */
  public record Parts(Key from, long version, Composite shown, Iterable<Key> to) {
    Event.Part part(Key subscriber) {
      return new Event.Part(subscriber, version, from, shown);
    }

    /** Sends a part to each receiver. */
    public void forEach(Consumer<Event> out) {
      to.forEach(subscriber -> out.accept(part(subscriber)));
    }
  }

  /**
   * Applies a step.
   *
   * @param key the row
   * @param before the row's state before the step
   * @param events the key's events of the step, in log order
   * @param version the version of the parts: the step's watermark, or 0 for a snapshot row
   * @param cascades receives the events for the rows that reference a deleted row
   * @param out receives the parts, at most once; it may iterate over {@code subscribers}
   * @return the row's state after the step
   */
  public Handled step(
      Key key,
      NodeRow before,
      List<Event> events,
      Subscribers subscribers,
      long version,
      Consumer<Event.Cascade> cascades,
      Consumer<Parts> out) {
    JobPlan.Node node = plan.nodeOf(key);
    Handled handled = Handled.nothing(before);
    Set<Key> arrived = new LinkedHashSet<>();
    for (Event event : events) {
      if (event instanceof Event.Subscription subscription) {
        if (subscription.on()) {
          subscribers.add(subscription.subscriber());
          arrived.add(subscription.subscriber());
        } else {
          subscribers.remove(subscription.subscriber());
          arrived.remove(subscription.subscriber());
        }
      } else {
        boolean present = handled.row().row() != null;
        handled = NodeRow.after(plan, node, handled, event);
        if (event instanceof Event.Cascade cascade
            && !node.plan().isShown()
            && (cascade.deleted().equals(key) || (present && handled.row().row() == null))) {
          carryOn(cascade, key, subscribers, cascades);
        }
      }
    }
    if (!node.plan().isShown()) {
      return handled;
    }
    handled = probed(handled);
    NodeRow after = handled.row();
    Composite shown = after.composite();
    if (!shown.equals(before.composite())) {
      out.accept(new Parts(key, version, shown, subscribers.all()));
    } else if (!shown.isMissing() && !arrived.isEmpty()) {
      out.accept(new Parts(key, version, shown, arrived));
    }
    return handled;
  }

  /** Tells the rows that reference a deleted row, which they do not after that. */
  private static void carryOn(
      Event.Cascade cause, Key key, Subscribers subscribers, Consumer<Event.Cascade> out) {
    List<Key> referencing = new ArrayList<>();
    subscribers.all().forEach(referencing::add);
    for (Key subscriber : referencing) {
      out.accept(new Event.Cascade(subscriber, cause.version(), cause.order(), key));
      subscribers.remove(subscriber);
    }
  }

  private Handled probed(Handled handled) {
    NodeRow row = handled.row();
    if (handled.cause() == null || row.row() == null || row.isPoisoned()) {
      return handled;
    }
    try {
      probe.at(Probe.Stage.PART, row.row(), handled.cause().number());
      return handled;
    } catch (RuntimeException e) {
      return handled.failed(
          row.with(Marker.of(handled.cause(), Poison.of(e), false, handled.read())));
    }
  }
}
