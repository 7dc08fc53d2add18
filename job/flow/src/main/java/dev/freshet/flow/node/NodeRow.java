package dev.freshet.flow.node;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.Composite;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.Poison;
import dev.freshet.view.Key;
import dev.freshet.view.PlanNode;
import java.util.Arrays;
import java.util.Objects;

/**
 * A node's state of one primary key: the row and, for each child node, the part of the row it
 * points at. Immutable: every event makes a new instance, so an asynchronous snapshot can still
 * read the old one.
 *
 * <p>A part always belongs to the row's current foreign key: a part of another key is ignored, and
 * a part is dropped when the foreign key changes. Only parts of version 0 may arrive before their
 * row and wait for it.
 *
 * @param row the node's columns; null if there is no row; for poison, those that can be read
 * @param children one per child node: the key of the part; null if there is none
 * @param parts one per child node: the part; null if there is none
 * @param marker the row's failure; null if there is none
 */
public record NodeRow(Object[] row, Key[] children, Composite[] parts, Marker marker) {

  /** The state of a key without a row, for a node with {@code children} child nodes. */
  public static NodeRow empty(int children) {
    return new NodeRow(null, new Key[children], new Composite[children], null);
  }

  /** The same with another marker. */
  NodeRow with(Marker next) {
    return new NodeRow(row, children, parts, next);
  }

  /** Whether poison replaces the row. */
  boolean isPoisoned() {
    return marker != null && !marker.ofEntry();
  }

  /** Whether there is nothing to store. */
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

  /** Whether the row has a failure, or a part holds poison. */
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

  /** The row with its parts; {@link Composite#MISSING} if there is no row. */
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

  /**
   * The state after a change of the row. Drops the parts whose foreign keys changed; a delete drops
   * all.
   */
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

  /** The state after a retry that belongs to the row's marker. */
  private NodeRow after(JobPlan plan, JobPlan.Node node, Event.Retry retry) {
    if (!retry.read()) {
      return with(null);
    }
    if (retry.row() == null && retry.poison() != null) {
      // The held row still shows which keys are affected, as well as before.
      Poison poison =
          new Poison(retry.poison().reason(), marker.poison().placed(), retry.poison().message());
      return with(Marker.of(retry.of().next(), poison, marker.ofEntry(), true));
    }
    Marker poisoned =
        retry.poison() == null ? null : Marker.of(retry.of().next(), retry.poison(), false, true);
    return after(plan, node, retry.row(), poisoned);
  }

  /** The state after a repair. Drops the parts that will be sent again. */
  private NodeRow after(JobPlan plan, JobPlan.Node node, Event.Repair repair) {
    if (!repair.read()) {
      return without(plan, node, repair.row());
    }
    if (repair.row() == null && repair.poison() != null) {
      // It is unknown where the row in MySQL points, so the held parts stay.
      return with(marked(repair));
    }
    if (repair.row() == null) {
      return empty(parts.length);
    }
    Marker next = repair.poison() == null ? null : marked(repair);
    return new NodeRow(repair.row(), new Key[parts.length], new Composite[parts.length], next);
  }

  /** This state without the parts that another image of the row points at as well. */
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

  /** The marker after a repair that failed. A dead row with the same failure keeps its marker. */
  private Marker marked(Event.Repair repair) {
    Poison poison = repair.poison();
    if (repair.row() == null && isPoisoned()) {
      // The held row still shows which keys are affected, as well as before.
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

  /** The state after a change, retry, repair or part. */
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
    if (event instanceof Event.Cascade cascade) {
      Event.RowChange change = row.caused(plan, node, cascade);
      return change == null ? before : before.changed(row.after(plan, node, change), change);
    }
    throw new IllegalStateException("not of the row itself: " + event);
  }

  /**
   * The state after a part: unchanged unless the part is of the row's foreign key, or arrives early
   * with version 0.
   */
  private NodeRow after(JobPlan plan, JobPlan.Node node, Event.Part part) {
    int slot = slot(plan, node, part.child());
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

  /**
   * The change that a foreign key makes to this row; null if there is none: the row references
   * another row meanwhile, or MySQL would have refused the deletion.
   */
  private Event.RowChange caused(JobPlan plan, JobPlan.Node node, Event.Cascade cascade) {
    int slot = cascade.deleted().equals(cascade.key()) ? -1 : slot(plan, node, cascade.deleted());
    if (slot < 0 || row == null || !cascade.deleted().equals(pointsAt(plan, node, slot, row))) {
      return null;
    }
    PlanNode references = plan.node(node.children().get(slot)).plan();
    return switch (references.action().onDelete()) {
      case RESTRICT -> null;
      case CASCADE -> new Event.RowChange(cascade.key(), cascade.version(), cascade.order(), null);
      case SET_NULL -> {
        Object[] next = row.clone();
        references.foreignKey().forEach(column -> next[column] = null);
        yield new Event.RowChange(
            cascade.key(),
            cascade.version(),
            cascade.order(),
            next,
            isPoisoned() ? marker.poison() : null);
      }
    };
  }

  private static Key pointsAt(JobPlan plan, JobPlan.Node node, int slot, Object[] row) {
    return plan.childKey(plan.node(node.children().get(slot)), row);
  }

  private static int slot(JobPlan plan, JobPlan.Node node, Key child) {
    int slot = node.children().indexOf(plan.nodeOf(child).id());
    if (slot < 0) {
      throw new IllegalStateException("node " + node.plan().alias() + " joins no " + child);
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
