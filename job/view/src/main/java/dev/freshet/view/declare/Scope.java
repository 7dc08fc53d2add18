package dev.freshet.view.declare;

import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.Expr.ColumnRef;
import dev.freshet.view.PlanNode;
import dev.freshet.view.Table;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.apache.calcite.sql.SqlIdentifier;

/**
 * The tables of a FROM clause, and which of their columns the view uses. Columns are identified by
 * their index in the whole table until {@link #narrow} removes unused columns and renumbers the
 * rest.
 */
final class Scope {
  private final Refusals refusals;
  private final List<Node> nodes = new ArrayList<>();
  private boolean incomplete;
  private boolean lacksTables;

  /**
   * How a table is joined.
   *
   * @param key the columns of the table that are joined with the parent's {@code foreignKey}
   * @param fixed the columns of the table that are joined with constants
   */
  record Join(
      List<Integer> key,
      List<PlanNode.Fixed> fixed,
      int parent,
      List<Integer> foreignKey,
      boolean inner) {
    Join {
      key = List.copyOf(key);
      fixed = List.copyOf(fixed);
      foreignKey = List.copyOf(foreignKey);
    }
  }

  /**
   * A table with its alias. {@code mayBeMissing} is true if the table, or one between the root and
   * it, is LEFT-joined.
   */
  record Node(
      String alias,
      Table table,
      Join join,
      boolean mayBeMissing,
      int depth,
      PlanNode.Action action,
      BitSet used) {
    int parent() {
      return join.parent();
    }
  }

  Scope(Refusals refusals) {
    this.refusals = refusals;
  }

  /**
   * Notes that the FROM clause is refused in part.
   *
   * @param lacks whether a table is missing here, which may have the columns that no other has
   */
  void setIncomplete(boolean lacks) {
    incomplete = true;
    lacksTables |= lacks;
  }

  /** Whether tables are missing here, or are here without their joins. */
  boolean isIncomplete() {
    return incomplete;
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

  /**
   * Adds the root.
   *
   * @param fixed columns of its primary key that are constant
   */
  void addRoot(String alias, Table table, List<PlanNode.Fixed> fixed) {
    List<Integer> key = new ArrayList<>(table.primaryKey());
    fixed.forEach(each -> key.remove((Integer) each.column()));
    Join none = new Join(key, fixed, -1, List.of(), true);
    add(new Node(alias, table, none, false, 0, null, new BitSet()));
  }

  /** Adds a joined table and marks the columns of its join as used. */
  void addDimension(String alias, Table table, Join join) {
    addDimension(alias, table, join, null);
  }

  /** Adds the table that a foreign key of a node references. */
  void addReferenced(String alias, Table table, Join join, PlanNode.Action action) {
    addDimension(alias, table, join, action);
  }

  private void addDimension(String alias, Table table, Join join, PlanNode.Action action) {
    Node joining = nodes.get(join.parent());
    join.foreignKey().forEach(joining.used()::set);
    add(
        new Node(
            alias,
            table,
            join,
            !join.inner() || joining.mayBeMissing(),
            joining.depth() + 1,
            action,
            new BitSet()));
  }

  private void add(Node node) {
    node.table().primaryKey().forEach(node.used()::set);
    node.join().key().forEach(node.used()::set);
    node.join().fixed().forEach(fixed -> node.used().set(fixed.column()));
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
      throw refusals.at(identifier, "* is not supported", "name the columns" + columns(identifier));
    }
    String last = identifier.names.get(identifier.names.size() - 1);
    if (identifier.names.size() > 2) {
      throw refusals.unlessExcused(
          last,
          refusals.at(
              identifier,
              "the column '" + identifier + "' has too long a name",
              "write alias.column, with an alias in FROM"));
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

  /** The columns that a star stands for, as they are written. */
  private String columns(SqlIdentifier star) {
    List<String> columns = new ArrayList<>();
    for (Node node : nodes) {
      if (star.names.size() == 1 || star.names.get(0).equals(node.alias())) {
        String alias =
            star.names.size() == 1 && nodes.size() == 1
                ? ""
                : ReservedWords.quoted(node.alias()) + ".";
        node.table().columns().stream()
            .filter(column -> ColumnRules.againstShowing(column).isEmpty())
            .forEach(column -> columns.add(alias + ReservedWords.quoted(column.name())));
      }
    }
    return columns.isEmpty() || lacksTables ? "" : ": " + String.join(", ", columns);
  }

  private ColumnRef qualified(SqlIdentifier at, String alias, String name, Joined joined) {
    int index = joined != null && joined.alias().equals(alias) ? nodes.size() : indexOf(alias);
    if (index < 0) {
      List<String> aliases = new ArrayList<>(nodes.stream().map(Node::alias).toList());
      if (joined != null) {
        aliases.add(joined.alias());
      }
      refusals.skipExcused(name);
      throw refusals.unlessExcused(
          alias,
          refusals.at(
              at,
              "the alias '" + alias + "' is not known here",
              Suggestion.of(alias, aliases, "FROM has " + String.join(", ", aliases))));
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
      Constructs.functionNamed(name)
          .ifPresent(
              remedy -> {
                throw refusals.at(identifier, "the function " + name + " is not supported", remedy);
              });
      List<String> names = new ArrayList<>();
      nodes.forEach(node -> names.addAll(columnNames(node.table())));
      throw lacksTables
          ? refusals.consequence()
          : refusals.unlessExcused(
              name,
              refusals.at(
                  identifier,
                  "no table has a column '" + name + "'",
                  Suggestion.of(name, names, "text is written in single quotes")));
    }
    return found;
  }

  /** Whether a table has a column with this name. */
  boolean hasColumn(String name) {
    return nodes.stream().anyMatch(node -> node.table().indexOf(name) >= 0);
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
   * Whether a column is a root's column, or inner joins make it equal to it. Equal texts may be
   * spelled differently.
   */
  boolean equalsRoot(ColumnRef ref, int column) {
    Node node = nodes.get(ref.node());
    if (node.parent() < 0) {
      return ref.column() == column;
    }
    int index = node.join().key().indexOf(ref.column());
    return index >= 0
        && !node.mayBeMissing()
        && equalsRoot(new ColumnRef(node.parent(), node.join().foreignKey().get(index)), column);
  }

  /** The same reference in the narrowed tables. */
  ColumnRef narrow(ColumnRef ref) {
    return new ColumnRef(ref.node(), narrow(ref.node(), ref.column()));
  }

  private int narrow(int node, int column) {
    return nodes.get(node).used().get(0, column).cardinality();
  }

  /**
   * The nodes of the plan, with only the used columns.
   *
   * @param conditions the further conditions of LEFT JOINs, by the index of the node
   */
  List<PlanNode> narrow(Map<Integer, Expr> conditions) {
    List<PlanNode> narrowed = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      int index = i;
      Node node = nodes.get(i);
      Join join = node.join();
      narrowed.add(
          new PlanNode(
              node.alias(),
              narrowTable(index),
              join.key().stream().map(c -> narrow(index, c)).toList(),
              join.fixed().stream()
                  .map(fixed -> new PlanNode.Fixed(narrow(index, fixed.column()), fixed.value()))
                  .toList(),
              join.parent(),
              join.foreignKey().stream().map(c -> narrow(join.parent(), c)).toList(),
              join.inner(),
              conditions.getOrDefault(index, Expr.TRUE).mapped(this::narrow),
              node.depth(),
              node.action()));
    }
    return narrowed;
  }

  /**
   * The table of a node with its used columns and the unique keys that it relies on: the one by
   * which it is joined, and the one that stands in for the primary key.
   */
  private Table narrowTable(int index) {
    Node node = nodes.get(index);
    Table table = node.table();
    List<Integer> joined = new ArrayList<>(node.join().key());
    node.join().fixed().forEach(fixed -> joined.add(fixed.column()));
    boolean byPrimaryKey =
        joined.size() == table.primaryKey().size() && joined.containsAll(table.primaryKey());
    List<Table.UniqueKey> unique = new ArrayList<>();
    for (Table.UniqueKey key : table.uniqueKeys()) {
      boolean isJoined = key.columns().size() == joined.size() && joined.containsAll(key.columns());
      if ((isJoined && !byPrimaryKey) || key.columns().equals(table.primaryKey())) {
        List<Integer> columns = key.columns().stream().map(c -> narrow(index, c)).toList();
        unique.add(new Table.UniqueKey(key.name(), columns));
      }
    }
    return new Table(
        table.database(),
        table.name(),
        node.used().stream().mapToObj(table.columns()::get).toList(),
        table.primaryKey().stream().map(c -> narrow(index, c)).toList(),
        unique,
        List.of());
  }

  private static List<String> columnNames(Table table) {
    return table.columns().stream().map(Column::name).toList();
  }
}
