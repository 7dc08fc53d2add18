package dev.freshet.flow;

import dev.freshet.view.Column;
import dev.freshet.view.Key;
import dev.freshet.view.PlanNode;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.event.EventView;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The views of a job, with all their nodes numbered consecutively. The views are queries over
 * tables of MySQL, or read models over events, which have one node each. The numbers are part of
 * keys in state. They depend only on the views, ordered by name, and stay the same for the life of
 * a job. Immutable.
 */
public final class JobPlan implements Serializable {
  private static final long serialVersionUID = 1L;

  private final List<ViewPlan> views;
  private final List<EventView> events;
  private final List<Node> nodes;

  /**
   * A node of the job.
   *
   * @param id its number in the job
   * @param view the index of its view in {@link #views()}
   * @param local its index in the view's plan
   * @param plan its node in the view's plan
   * @param parent the job-wide number of the node that joins it; −1 for a root
   * @param children the job-wide numbers of the nodes it joins, ascending
   */
  public record Node(int id, int view, int local, PlanNode plan, int parent, List<Integer> children)
      implements Serializable {
    public Node {
      children = List.copyOf(children);
    }

    public boolean isRoot() {
      return parent < 0;
    }

    /** Returns the key of a row of this node: the node's number, then the node's key columns. */
    public Key key(Object[] row) {
      return Key.ofColumns((long) id, row, plan.key(), plan.table().columns()::get);
    }
  }

  /** The plan of views over tables of MySQL. */
  public JobPlan(List<ViewPlan> views) {
    this(views, List.of());
  }

  /** The plan of read models over events. */
  public static JobPlan overEvents(List<EventView> views) {
    return new JobPlan(
        views.stream().map(EventView::plan).toList(),
        views.stream().sorted(Comparator.comparing(view -> view.plan().view())).toList());
  }

  private JobPlan(List<ViewPlan> views, List<EventView> events) {
    this.views = views.stream().sorted(Comparator.comparing(ViewPlan::view)).toList();
    this.events = events;
    this.nodes = new ArrayList<>();
    int offset = 0;
    for (int v = 0; v < this.views.size(); v++) {
      List<PlanNode> plan = this.views.get(v).nodes();
      for (int local = 0; local < plan.size(); local++) {
        int parent = plan.get(local).parent();
        List<Integer> children = new ArrayList<>();
        for (int child = local + 1; child < plan.size(); child++) {
          if (plan.get(child).parent() == local) {
            children.add(offset + child);
          }
        }
        nodes.add(
            new Node(
                offset + local,
                v,
                local,
                plan.get(local),
                parent < 0 ? -1 : offset + parent,
                children));
      }
      offset += plan.size();
    }
  }

  /** Returns the views, ordered by name. */
  public List<ViewPlan> views() {
    return views;
  }

  /** Returns the read models over events, ordered as {@link #views()}; empty if there are none. */
  public List<EventView> events() {
    return events;
  }

  /** Returns all nodes; the index of a node is its number. */
  public List<Node> nodes() {
    return nodes;
  }

  public Node node(int id) {
    return nodes.get(id);
  }

  /** Returns the node whose row has this key. */
  public Node nodeOf(Key key) {
    return nodes.get(Math.toIntExact(key.firstLong()));
  }

  /**
   * Whether a key can belong to a row of a node: it has the node's number, followed by as many
   * values as the node's key has, which are values of its columns' types.
   *
   * @throws IllegalArgumentException if the key's bytes are not values
   */
  public boolean isRow(Key key) {
    Object[] values = key.values();
    if (values.length == 0
        || !(values[0] instanceof Long id)
        || id < 0
        || id >= nodes.size()
        || values.length != nodes.get(id.intValue()).plan().key().size() + 1) {
      return false;
    }
    List<Column> columns = nodes.get(id.intValue()).plan().keyColumns();
    for (int i = 1; i < values.length; i++) {
      if (!columns.get(i - 1).type().holds(values[i])) {
        return false;
      }
    }
    return true;
  }

  public ViewPlan viewOf(Node node) {
    return views.get(node.view());
  }

  /**
   * Returns the index of the view that a view key belongs to; the key's first value is the view's
   * name.
   *
   * @throws IllegalArgumentException if there is no such view
   */
  public int viewNamed(Key key) {
    String name = (String) key.values()[0];
    for (int i = 0; i < views.size(); i++) {
      if (views.get(i).view().equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException("no view has the key " + key);
  }

  /**
   * Returns the key of a view's root row.
   *
   * @param view the index of the view in {@link #views()}
   * @param primaryKey the values of the root's key, in order
   */
  public Key rowOf(int view, Object[] primaryKey) {
    Node root =
        nodes.stream().filter(n -> n.view() == view && n.isRoot()).findFirst().orElseThrow();
    Object[] values = new Object[primaryKey.length + 1];
    values[0] = (long) root.id();
    List<Column> columns = root.plan().keyColumns();
    for (int i = 0; i < primaryKey.length; i++) {
      values[i + 1] = columns.get(i).canonical(primaryKey[i]);
    }
    return Key.of(values);
  }

  /**
   * Returns the key of the child's row that a parent's row references; null if it can reference
   * none: its foreign key is NULL, or holds a number that the child's column cannot hold.
   */
  public Key childKey(Node child, Object[] parentRow) {
    List<Integer> foreignKey = child.plan().foreignKey();
    Object[] values = new Object[foreignKey.size() + 1];
    values[0] = (long) child.id();
    for (int i = 0; i < foreignKey.size(); i++) {
      Column column = child.plan().table().columns().get(child.plan().key().get(i));
      values[i + 1] = column.canonical(parentRow[foreignKey.get(i)]);
      if (values[i + 1] == null) {
        return null;
      }
    }
    return Key.of(values);
  }

  /** Returns the largest number of joins between a root and a node. */
  public int depth() {
    return nodes.stream().mapToInt(n -> n.plan().depth()).max().orElse(0);
  }
}
