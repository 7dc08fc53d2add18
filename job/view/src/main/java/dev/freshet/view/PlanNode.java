package dev.freshet.view;

import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A table of a view's FROM clause: the root, or a dimension, which its parent node joins.
 *
 * @param alias the table's alias in the query
 * @param table the table, reduced to the columns that the view uses
 * @param parent index of the joining node in the plan; −1 for the root
 * @param foreignKey indexes, in the parent's table, of the columns that are joined with this
 *     table's primary key, in that key's order; empty for the root
 * @param inner true for an inner join and for the root; false for a LEFT JOIN
 * @param depth the number of joins between the root and this node; 0 for the root
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

  /** Whether state that was kept for the earlier node is valid for this one. */
  public boolean continues(PlanNode before) {
    List<Column> columns = before.table.columns();
    return equals(
            new PlanNode(
                before.alias, table, before.parent, before.foreignKey, before.inner, before.depth))
        && table.database().equals(before.table.database())
        && table.name().equals(before.table.name())
        && table.primaryKey().equals(before.table.primaryKey())
        && table.columns().size() == columns.size()
        && IntStream.range(0, columns.size())
            .allMatch(i -> table.columns().get(i).continues(columns.get(i)));
  }
}
