package dev.freshet.flow.node;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.Composite;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.Poison;
import dev.freshet.view.Key;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a dimension node does with one step of one of its rows: it keeps the row, its own parts, and
 * who points at it; after the step it sends the final row once. To all subscribers when the row or
 * its parts changed, else to everyone who subscribed in this step, also if they had been there
 * before: their part was dropped when their foreign key moved away and back. A row nobody points at
 * sends nothing. Poison is sent like a row.
 */
public final class DimensionNode {
  private final JobPlan plan;
  private final Probe probe;

  public DimensionNode(JobPlan plan, Probe probe) {
    this.plan = plan;
    this.probe = probe;
  }

  /** Who points at the row at hand. */
  public interface Subscribers {
    void add(Key subscriber);

    void remove(Key subscriber);

    /** All of them, in any order; not changed while it is read. */
    Iterable<Key> all();
  }

  /**
   * What a step sends: the same to each of many.
   *
   * @param version the step's watermark, or 0 for a snapshot row
   */
  public record Parts(Key from, long version, Composite shown, Iterable<Key> to) {
    Event.Part part(Key subscriber) {
      return new Event.Part(subscriber, version, from, shown);
    }

    /** All of them at once. */
    public void forEach(Consumer<Event> out) {
      to.forEach(subscriber -> out.accept(part(subscriber)));
    }
  }

  /**
   * Applies a step.
   *
   * @param key the row
   * @param before what is kept of it
   * @param events of this key, in log order
   * @param version what the parts carry: the step's watermark, or 0 for a snapshot row
   * @param out receives the parts, at most once; those to all subscribers are read from them
   * @return what is kept from now on
   */
  public Handled step(
      Key key,
      NodeRow before,
      List<Event> events,
      Subscribers subscribers,
      long version,
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
        handled = NodeRow.after(plan, node, handled, event);
      }
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
