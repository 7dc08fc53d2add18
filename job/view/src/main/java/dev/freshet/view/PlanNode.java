package dev.freshet.view;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * A table of a view: the root, or a dimension, which its parent node joins. The tables of the FROM
 * clause come first. The others are not shown; they are the tables that foreign keys reference
 * which act on a row of their parent.
 *
 * @param alias the table's alias in the query; for a table that is not shown a name of its own
 * @param table the table, reduced to the columns that the view uses
 * @param key indexes into the table's columns that identify a row of this node: its primary key or
 *     a unique key, without the columns that are {@code fixed}
 * @param fixed the node has only the rows with these values
 * @param parent index of the joining node in the plan; −1 for the root
 * @param foreignKey indexes, in the parent's table, of the columns that are joined with {@code
 *     key}, in that key's order; empty for the root
 * @param inner true for an inner join and for the root; false for a LEFT JOIN
 * @param on a further condition of a LEFT JOIN; without it the row counts as missing
 * @param depth the number of joins between the root and this node; 0 for the root
 * @param action how the parent's row changes with this node's row; null for a node that is shown
 */
public record PlanNode(
    String alias,
    Table table,
    List<Integer> key,
    List<Fixed> fixed,
    int parent,
    List<Integer> foreignKey,
    boolean inner,
    Expr on,
    int depth,
    Action action)
    implements Serializable {
  /**
   * A column with a constant value.
   *
   * @param column index into the table's columns
   * @param value a canonical value
   */
  public record Fixed(int column, Serializable value) implements Serializable {
    @Override
    public boolean equals(Object other) {
      return other instanceof Fixed fixed
          && column == fixed.column
          && Objects.deepEquals(value, fixed.value);
    }

    @Override
    public int hashCode() {
      return 31 * column + Values.hash(value);
    }

    /** Prints the bytes of a byte string, because fingerprints of plans contain this text. */
    @Override
    public String toString() {
      return "Fixed[column=" + column + ", value=" + Values.print(value) + "]";
    }
  }

  /** What a foreign key of the parent does; see {@link ForeignKey}. */
  public record Action(String foreignKey, ForeignKey.OnDelete onDelete, boolean onUpdate)
      implements Serializable {}

  public PlanNode {
    key = List.copyOf(key);
    fixed = List.copyOf(fixed);
    foreignKey = List.copyOf(foreignKey);
    Objects.requireNonNull(on, "on");
    if (parent < 0 ? depth != 0 || !foreignKey.isEmpty() : foreignKey.size() != key.size()) {
      throw new IllegalArgumentException("node " + alias + " does not fit its parent");
    }
  }

  /** A node of the FROM clause that is joined by its whole primary key. */
  public PlanNode(
      String alias, Table table, int parent, List<Integer> foreignKey, boolean inner, int depth) {
    this(
        alias,
        table,
        table.primaryKey(),
        List.of(),
        parent,
        foreignKey,
        inner,
        Expr.TRUE,
        depth,
        null);
  }

  /** Whether the table is in the FROM clause. */
  public boolean isShown() {
    return action == null;
  }

  /** The columns of the key. */
  public List<Column> keyColumns() {
    return key.stream().map(table.columns()::get).toList();
  }

  /**
   * Whether a row of the table is one of this node's.
   *
   * @param row canonical values in the order of the table's columns
   */
  public boolean has(Object[] row) {
    for (Fixed each : fixed) {
      Column column = table.columns().get(each.column());
      Object value = column.canonical(row[each.column()]);
      if (!Objects.deepEquals(value, column.canonical(each.value()))) {
        return false;
      }
    }
    return true;
  }

  /** Whether state that was kept for the earlier node is valid for this one. */
  public boolean continues(PlanNode before) {
    List<Column> columns = before.table.columns();
    return equals(before.withTable(table))
        && table.database().equals(before.table.database())
        && table.name().equals(before.table.name())
        && table.primaryKey().equals(before.table.primaryKey())
        && table.columns().size() == columns.size()
        && IntStream.range(0, columns.size())
            .allMatch(i -> table.columns().get(i).continues(columns.get(i)));
  }

  private PlanNode withTable(Table other) {
    return new PlanNode(alias, other, key, fixed, parent, foreignKey, inner, on, depth, action);
  }
}
