package dev.freshet.flow.node;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.Composite;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.Poison;
import dev.freshet.view.Key;
import java.util.Arrays;
import java.util.Objects;

/**
 * What a node keeps of one primary key: its row and, for each child node, what the row it points at
 * shows. Never changed: every event makes a new one, so that a snapshot of state may go on reading
 * the old one.
 *
 * <p>A part belongs to the row's current foreign key, always: a part of another key is ignored, and
 * one whose foreign key moves away is dropped. Only parts of version 0 may come before their row
 * and wait for it.
 *
 * @param row the node's columns; null when there is no row; of poison those that can be read
 * @param children one per child node: the key of the part held, null when none is
 * @param parts one per child node: the part, null when none is held
 * @param marker what failed of the row; null when nothing did
 */
public record NodeRow(Object[] row, Key[] children, Composite[] parts, Marker marker) {

  /** Nothing at all, for a node with so many children. */
  public static NodeRow empty(int children) {
    return new NodeRow(null, new Key[children], new Composite[children], null);
  }

  /** The same with another marker. */
  NodeRow with(Marker next) {
    return new NodeRow(row, children, parts, next);
  }

  /** Whether poison takes the row's place. */
  boolean isPoisoned() {
    return marker != null && !marker.ofEntry();
  }

  /** Whether nothing is held, so that no state need be kept. */
  public boolean isEmpty() {
    if (row != null) {
      return false;
    }
    for (Composite part : parts) {
      if (part != null) {
        return false;
      }
    }
    return true;
  }

  /** Whether something failed of the row, or a part holds poison. */
  public boolean holdsPoison() {
    if (marker != null) {
      return true;
    }
    for (Composite part : parts) {
      if (part != null && part.holdsPoison()) {
        return true;
      }
    }
    return false;
  }

  /** The row with its parts; {@link Composite#MISSING} when there is no row. */
  public Composite composite() {
    if (row == null) {
      return Composite.MISSING;
    }
    Composite[] shown = new Composite[parts.length];
    for (int i = 0; i < parts.length; i++) {
      shown[i] = parts[i] == null ? Composite.MISSING : parts[i];
    }
    return new Composite(row, shown, isPoisoned() ? marker.poison() : null);
  }

  /** After the row changed: parts of foreign keys that moved are gone; with the row go all. */
  private NodeRow after(JobPlan plan, JobPlan.Node node, Event.RowChange change) {
    Marker poisoned =
        change.poison() == null
            ? null
            : Marker.of(
                new Event.Attempt(change.version(), change.order(), 1),
                change.poison(),
                false,
                false);
    return after(plan, node, change.row(), poisoned);
  }

  /** After a retry whose own marker stands. */
  private NodeRow after(JobPlan plan, JobPlan.Node node, Event.Retry retry) {
    if (!retry.read()) {
      return with(null);
    }
    if (retry.row() == null && retry.poison() != null) {
      // What is held says whom the row touches, as well as it did.
      Poison poison =
          new Poison(retry.poison().reason(), marker.poison().placed(), retry.poison().message());
      return with(Marker.of(retry.of().next(), poison, marker.ofEntry(), true));
    }
    Marker poisoned =
        retry.poison() == null ? null : Marker.of(retry.of().next(), retry.poison(), false, true);
    return after(plan, node, retry.row(), poisoned);
  }

  /** After it was put right: no part is held that comes again. */
  private NodeRow after(JobPlan plan, JobPlan.Node node, Event.Repair repair) {
    if (!repair.read()) {
      return without(plan, node, repair.row());
    }
    if (repair.row() == null && repair.poison() != null) {
      // Nobody knows where it points: what is held stays.
      return with(marked(repair));
    }
    if (repair.row() == null) {
      return empty(parts.length);
    }
    Marker next = repair.poison() == null ? null : marked(repair);
    return new NodeRow(repair.row(), new Key[parts.length], new Composite[parts.length], next);
  }

  /** The row as it is, without the parts that another image of it points at too. */
  private NodeRow without(JobPlan plan, JobPlan.Node node, Object[] image) {
    Key[] keptKeys = children.clone();
    Composite[] keptParts = parts.clone();
    for (int i = 0; i < keptParts.length; i++) {
      Key child = row == null ? null : pointsAt(plan, node, i, row);
      if (child == null || (image != null && child.equals(pointsAt(plan, node, i, image)))) {
        keptKeys[i] = null;
        keptParts[i] = null;
      }
    }
    return new NodeRow(row, keptKeys, keptParts, marker);
  }

  /** What is dead of the same cause stays the failure it is. */
  private Marker marked(Event.Repair repair) {
    Poison poison = repair.poison();
    if (repair.row() == null && isPoisoned()) {
      // What is held says whom the row touches, as well as it did.
      poison = new Poison(poison.reason(), marker.poison().placed(), poison.message());
    }
    Marker next =
        Marker.of(new Event.Attempt(repair.version(), repair.order(), 1), poison, false, true);
    return next.repeats(marker) ? marker : next;
  }

  private NodeRow after(JobPlan plan, JobPlan.Node node, Object[] next, Marker nextMarker) {
    if (next == null) {
      return empty(parts.length);
    }
    Key[] keptKeys = children.clone();
    Composite[] keptParts = parts.clone();
    for (int i = 0; i < keptParts.length; i++) {
      if (keptKeys[i] != null && !keptKeys[i].equals(pointsAt(plan, node, i, next))) {
        keptKeys[i] = null;
        keptParts[i] = null;
      }
    }
    return new NodeRow(next, keptKeys, keptParts, nextMarker);
  }

  /** After an event of the row itself: a change, a retry, a repair, or a part. */
  static Handled after(JobPlan plan, JobPlan.Node node, Handled before, Event event) {
    NodeRow row = before.row();
    if (event instanceof Event.RowChange change) {
      return before.changed(row.after(plan, node, change), change);
    }
    if (event instanceof Event.Retry retry) {
      boolean taken = row.marker != null && row.marker.takes(retry);
      return taken ? before.retried(row.after(plan, node, retry), retry) : before;
    }
    if (event instanceof Event.Repair repair) {
      return before.repaired(row.after(plan, node, repair), repair);
    }
    if (event instanceof Event.Part part) {
      return before.with(row.after(plan, node, part));
    }
    throw new IllegalStateException("not of the row itself: " + event);
  }

  /** After a part came: unchanged unless it is of the row's foreign key, or early at version 0. */
  private NodeRow after(JobPlan plan, JobPlan.Node node, Event.Part part) {
    int slot = slot(plan, node, part);
    boolean wanted =
        row == null ? part.version() == 0 : part.child().equals(pointsAt(plan, node, slot, row));
    if (!wanted) {
      return this;
    }
    Key[] newKeys = children.clone();
    Composite[] newParts = parts.clone();
    boolean gone = part.value().isMissing();
    newKeys[slot] = gone ? null : part.child();
    newParts[slot] = gone ? null : part.value();
    return new NodeRow(row, newKeys, newParts, marker);
  }

  private static Key pointsAt(JobPlan plan, JobPlan.Node node, int slot, Object[] row) {
    return plan.childKey(plan.node(node.children().get(slot)), row);
  }

  private static int slot(JobPlan plan, JobPlan.Node node, Event.Part part) {
    int slot = node.children().indexOf(plan.nodeOf(part.child()).id());
    if (slot < 0) {
      throw new IllegalStateException("node " + node.plan().alias() + " joins no " + part.child());
    }
    return slot;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NodeRow that
        && Arrays.deepEquals(row, that.row)
        && Arrays.equals(children, that.children)
        && Arrays.equals(parts, that.parts)
        && Objects.equals(marker, that.marker);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(row) * 31 + Arrays.hashCode(parts);
  }

  @Override
  public String toString() {
    return Arrays.deepToString(row) + Arrays.toString(parts) + (marker == null ? "" : marker);
  }
}
