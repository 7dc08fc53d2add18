package dev.freshet.view;

import java.io.Serializable;
import java.util.List;

/**
 * One table of a view's FROM clause: the root, or a dimension under the node that joins it.
 *
 * @param alias its name in the query
 * @param table with the columns that the view uses, and no others
 * @param parent place of the joining node in the plan; −1 for the root
 * @param foreignKey places, in the parent's table, of the columns that equal this table's primary
 *     key, in that key's order; empty for the root
 * @param inner whether an entry needs this row (inner join); true for the root
 * @param depth joins between the root and this node; 0 for the root
 */
public record PlanNode(
    String alias, Table table, int parent, List<Integer> foreignKey, boolean inner, int depth)
    implements Serializable {
  public PlanNode {
    foreignKey = List.copyOf(foreignKey);
    if (parent < 0 ? depth != 0 || !foreignKey.isEmpty() : foreignKey.isEmpty()) {
      throw new IllegalArgumentException("node " + alias + " does not fit its parent");
    }
  }
}
