package dev.freshet.flow.node;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.Composite;
import dev.freshet.flow.log.Event;
import dev.freshet.view.Key;
import java.util.Arrays;

/**
 * What a node keeps of one primary key: its row and, for each child node, what the row it points at
 * shows. Never changed: every event makes a new one, so that a snapshot of state may go on reading
 * the old one.
 *
 * <p>A part belongs to the row's current foreign key, always: a part of another key is ignored, and
 * one whose foreign key moves away is dropped. Only parts of version 0 may come before their row
 * and wait for it.
 *
 * @param row the node's columns; null when there is no row
 * @param children one per child node: the key of the part held, null when none is
 * @param parts one per child node: the part, null when none is held
 */
public record NodeRow(Object[] row, Key[] children, Composite[] parts) {

  /** Nothing at all, for a node with so many children. */
  public static NodeRow empty(int children) {
    return new NodeRow(null, new Key[children], new Composite[children]);
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

  /** The row with its parts; {@link Composite#MISSING} when there is no row. */
  public Composite composite() {
    if (row == null) {
      return Composite.MISSING;
    }
    Composite[] shown = new Composite[parts.length];
    for (int i = 0; i < parts.length; i++) {
      shown[i] = parts[i] == null ? Composite.MISSING : parts[i];
    }
    return new Composite(row, shown);
  }

  /** After the row changed: parts of foreign keys that moved are gone; with the row go all. */
  NodeRow after(JobPlan plan, JobPlan.Node node, Event.RowChange change) {
    if (change.row() == null) {
      return empty(parts.length);
    }
    Key[] keptKeys = children.clone();
    Composite[] keptParts = parts.clone();
    for (int i = 0; i < keptParts.length; i++) {
      if (keptKeys[i] != null && !keptKeys[i].equals(pointsAt(plan, node, i, change.row()))) {
        keptKeys[i] = null;
        keptParts[i] = null;
      }
    }
    return new NodeRow(change.row(), keptKeys, keptParts);
  }

  /** After a part came: unchanged unless it is of the row's foreign key, or early at version 0. */
  NodeRow after(JobPlan plan, JobPlan.Node node, Event.Part part) {
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
    return new NodeRow(row, newKeys, newParts);
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
        && Arrays.equals(parts, that.parts);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(row) * 31 + Arrays.hashCode(parts);
  }

  @Override
  public String toString() {
    return Arrays.deepToString(row) + Arrays.toString(parts);
  }
}
