package dev.freshet.view.declare;

import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.Expr.ColumnRef;
import dev.freshet.view.PlanNode;
import dev.freshet.view.Table;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;

/**
 * The tables of a FROM clause, and which of their columns the view uses. Columns are identified by
 * their index in the whole table until {@link #narrow} removes unused columns and renumbers the
 * rest.
 */
final class Scope {
  private final Refusals refusals;
  private final List<Node> nodes = new ArrayList<>();

  /**
   * A table with its alias. {@code mayBeMissing} is true if the table, or one between the root and
   * it, is LEFT-joined.
   */
  record Node(
      String alias,
      Table table,
      List<Integer> key,
      int parent,
      List<Integer> foreignKey,
      boolean inner,
      boolean mayBeMissing,
      int depth,
      PlanNode.Action action,
      BitSet used) {}

  Scope(Refusals refusals) {
    this.refusals = refusals;
  }

  Node node(int index) {
    return nodes.get(index);
  }

  int size() {
    return nodes.size();
  }

  /** The index of the node with an alias, or −1. */
  int indexOf(String alias) {
    for (int i = 0; i < nodes.size(); i++) {
      if (nodes.get(i).alias().equals(alias)) {
        return i;
      }
    }
    return -1;
  }

  void addRoot(String alias, Table table) {
    add(
        new Node(
            alias, table, table.primaryKey(), -1, List.of(), true, false, 0, null, new BitSet()));
  }

  /** Adds a joined table and marks the columns of its join as used. */
  void addDimension(
      String alias, Table table, int parent, List<Integer> foreignKey, boolean inner) {
    addDimension(alias, table, table.primaryKey(), parent, foreignKey, inner, null);
  }

  /**
   * Adds the table that a foreign key of a node references.
   *
   * @param key the columns of the table that are referenced
   */
  void addReferenced(
      String alias,
      Table table,
      List<Integer> key,
      int parent,
      List<Integer> foreignKey,
      PlanNode.Action action) {
    addDimension(alias, table, key, parent, foreignKey, false, action);
  }

  private void addDimension(
      String alias,
      Table table,
      List<Integer> key,
      int parent,
      List<Integer> foreignKey,
      boolean inner,
      PlanNode.Action action) {
    Node joining = nodes.get(parent);
    foreignKey.forEach(joining.used()::set);
    add(
        new Node(
            alias,
            table,
            key,
            parent,
            List.copyOf(foreignKey),
            inner,
            !inner || joining.mayBeMissing(),
            joining.depth() + 1,
            action,
            new BitSet()));
  }

  private void add(Node node) {
    node.table().primaryKey().forEach(node.used()::set);
    node.key().forEach(node.used()::set);
    nodes.add(node);
  }

  /** Resolves an identifier to a column and marks the column as used. */
  ColumnRef resolve(SqlIdentifier identifier) {
    return resolve(identifier, null);
  }

  /**
   * Resolves an identifier in an ON clause, where the table that is being joined is visible too.
   *
   * @param joined the table that is being joined, with the index {@link #size()}; null if there is
   *     none
   */
  ColumnRef resolve(SqlIdentifier identifier, Joined joined) {
    if (identifier.isStar()) {
      throw refusals.at(identifier, "* is not supported", "name the columns");
    }
    if (identifier.names.size() > 2) {
      throw refusals.at(
          identifier,
          "the column '" + identifier + "' has too long a name",
          "write alias.column, with an alias in FROM");
    }
    ColumnRef column =
        identifier.isSimple()
            ? unqualified(identifier, joined)
            : qualified(identifier, identifier.names.get(0), identifier.names.get(1), joined);
    if (column.node() < nodes.size()) {
      nodes.get(column.node()).used().set(column.column());
    }
    return column;
  }

  /** The table that is being joined, not yet part of the scope. */
  record Joined(String alias, Table table) {}

  private ColumnRef qualified(SqlIdentifier at, String alias, String name, Joined joined) {
    int index = joined != null && joined.alias().equals(alias) ? nodes.size() : indexOf(alias);
    if (index < 0) {
      List<String> aliases = new ArrayList<>(nodes.stream().map(Node::alias).toList());
      if (joined != null) {
        aliases.add(joined.alias());
      }
      throw refusals.at(
          at,
          "the alias '" + alias + "' is not known here",
          Suggestion.of(alias, aliases, "FROM has " + String.join(", ", aliases)));
    }
    Table table = index == nodes.size() ? joined.table() : nodes.get(index).table();
    int column = table.indexOf(name);
    if (column < 0) {
      throw refusals.at(
          at,
          "the table '" + table.name() + "' has no column '" + name + "'",
          Suggestion.of(name, columnNames(table), "look at SHOW COLUMNS FROM " + table.name()));
    }
    return new ColumnRef(index, column);
  }

  private ColumnRef unqualified(SqlIdentifier identifier, Joined joined) {
    String name = identifier.getSimple();
    ColumnRef found = null;
    for (int i = 0; i < nodes.size() + (joined == null ? 0 : 1); i++) {
      Table table = i == nodes.size() ? joined.table() : nodes.get(i).table();
      int column = table.indexOf(name);
      if (column >= 0 && found != null) {
        throw refusals.at(
            identifier, "the column '" + name + "' is in several tables", "write alias." + name);
      }
      if (column >= 0) {
        found = new ColumnRef(i, column);
      }
    }
    if (found == null) {
      List<String> names = new ArrayList<>();
      nodes.forEach(node -> names.addAll(columnNames(node.table())));
      throw refusals.at(
          identifier,
          "no table has a column '" + name + "'",
          Suggestion.of(name, names, "text is written in single quotes"));
    }
    return found;
  }

  Column column(ColumnRef ref) {
    return nodes.get(ref.node()).table().columns().get(ref.column());
  }

  boolean isNullable(ColumnRef ref) {
    return nodes.get(ref.node()).mayBeMissing() || column(ref).nullable();
  }

  /** The column's name for messages. */
  String describe(ColumnRef ref) {
    return "'" + nodes.get(ref.node()).alias() + "." + column(ref).name() + "'";
  }

  /**
   * Returns the column of the root that an inner join makes equal to a column of a joined key; the
   * column itself if there is none. Both columns are of one type, and equal values are the same.
   */
  ColumnRef atRoot(ColumnRef ref) {
    Node node = nodes.get(ref.node());
    int index = node.key().indexOf(ref.column());
    if (node.parent() < 0 || node.mayBeMissing() || index < 0) {
      return ref;
    }
    ColumnRef foreign = new ColumnRef(node.parent(), node.foreignKey().get(index));
    Column primary = column(ref);
    boolean same = column(foreign).mysqlType().equals(primary.mysqlType()) && !primary.foldsTexts();
    return same ? atRoot(foreign) : ref;
  }

  /** The same reference in the narrowed tables. */
  ColumnRef narrow(ColumnRef ref) {
    return new ColumnRef(ref.node(), narrow(ref.node(), ref.column()));
  }

  private int narrow(int node, int column) {
    return nodes.get(node).used().get(0, column).cardinality();
  }

  /** The nodes of the plan, with only the used columns. */
  List<PlanNode> narrow() {
    List<PlanNode> narrowed = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      int index = i;
      Node node = nodes.get(i);
      Table table = node.table();
      Table used =
          new Table(
              table.database(),
              table.name(),
              node.used().stream().mapToObj(table.columns()::get).toList(),
              table.primaryKey().stream().map(c -> narrow(index, c)).toList());
      narrowed.add(
          new PlanNode(
              node.alias(),
              used,
              node.key().stream().map(c -> narrow(index, c)).toList(),
              List.of(),
              node.parent(),
              node.foreignKey().stream().map(c -> narrow(node.parent(), c)).toList(),
              node.inner(),
              Expr.TRUE,
              node.depth(),
              node.action()));
    }
    return narrowed;
  }

  private static List<String> columnNames(Table table) {
    return table.columns().stream().map(Column::name).toList();
  }
}
