package dev.freshet.view.declare;

import dev.freshet.view.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;

/**
 * Finds the root of a query, and an order of its joins in which each table is joined by a whole
 * key: its primary key, or a UNIQUE key of NOT NULL columns. Columns of the key are equated with
 * columns of one other table, some may be equated with constants. Inner joins may be done in any
 * order, and by conditions of any ON or of WHERE; a LEFT JOIN by its own ON alone. The order of
 * FROM is preferred.
 */
final class JoinOrder {
  /**
   * A table of the FROM clause.
   *
   * @param at the table in the text, for messages
   * @param inner false for a LEFT JOIN
   * @param on the condition; null for the first table and after a comma
   */
  record Part(String alias, Table table, SqlNode at, boolean inner, SqlNode on) {}

  /** {@code column = partner}: a column of a table and one of another, by their indexes. */
  private record Equation(int part, int column, int partner, int partnerColumn, SqlNode at) {}

  /** {@code column = constant}: a column of a table, by its indexes. */
  private record Constant(int part, int column, SqlNode value, SqlNode at) {}

  /**
   * A column of a joined key.
   *
   * @param column index into the table's columns
   * @param partner index into the parent's columns; −1 if the column is equated with a constant
   * @param value the constant; null if the column is equated with a column
   * @param at the condition
   */
  record KeyColumn(int column, int partner, SqlNode value, SqlNode at) {
    boolean isConstant() {
      return value != null;
    }
  }

  /**
   * A table in its place.
   *
   * @param parent the index of the part that joins it; −1 for the root
   * @param key the columns by which it is joined; for the root the constant columns of its key
   * @param on the other conditions of a LEFT JOIN
   */
  record Placed(Part part, int parent, List<KeyColumn> key, List<SqlNode> on) {
    private List<SqlNode> conditions() {
      return parent < 0 ? List.of() : key.stream().map(KeyColumn::at).toList();
    }
  }

  /**
   * An order of joins.
   *
   * @param placed the tables, parents before children; indexes of parents are into this list
   * @param rest the conditions of inner joins that join no table
   */
  record Joins(List<Placed> placed, List<SqlNode> rest) {}

  private final List<Part> parts;
  private final List<SqlNode> conditions = new ArrayList<>();
  private final Equations equations = new Equations(new ArrayList<>(), new ArrayList<>());

  /** What some conditions say about single columns. */
  private record Equations(List<Equation> columns, List<Constant> constants) {}

  private JoinOrder(List<Part> parts, SqlNode where) {
    this.parts = parts;
    parts.stream().filter(Part::inner).forEach(part -> conditions.addAll(conjuncts(part.on())));
    conditions.forEach(condition -> addEquations(condition, equations));
    conjuncts(where).forEach(condition -> addEquations(condition, equations));
  }

  /**
   * Returns the order of the joins; empty if there is none.
   *
   * @param where the condition of WHERE; null for none
   * @param primaryKey the columns of the view's primary key, as SELECT names them. A table other
   *     than the first is the root only if its primary key is among them
   */
  static Optional<Joins> of(List<Part> parts, SqlNode where, List<SqlIdentifier> primaryKey) {
    JoinOrder order = new JoinOrder(parts, where);
    for (int root = 0; root < parts.size(); root++) {
      if (root == 0 || (parts.get(root).inner() && order.isShown(root, primaryKey))) {
        Optional<Joins> joins = order.from(root, order.constants(root, primaryKey));
        if (joins.isPresent()) {
          return joins;
        }
      }
    }
    return Optional.empty();
  }

  /**
   * The tables that no order of joins reaches, in the order of FROM. A table after such a one may
   * be joined with it. Of the possible roots that one is taken which leaves the fewest tables.
   *
   * @param given tables that count as reached
   */
  static List<Part> unreached(
      List<Part> parts, Set<Part> given, SqlNode where, List<SqlIdentifier> primaryKey) {
    JoinOrder order = new JoinOrder(parts, where);
    List<Part> fewest = parts;
    for (int root = 0; root < parts.size(); root++) {
      if (root == 0 || (parts.get(root).inner() && order.isShown(root, primaryKey))) {
        List<Part> unreached = order.unreached(root, given);
        if (unreached.size() < fewest.size()) {
          fewest = unreached;
        }
      }
    }
    return fewest;
  }

  private List<Part> unreached(int root, Set<Part> given) {
    List<Part> unreached = new ArrayList<>();
    List<Integer> left = new ArrayList<>();
    List<Integer> order = new ArrayList<>(List.of(root));
    for (int i = 0; i < parts.size(); i++) {
      if (i != root) {
        (given.contains(parts.get(i)) ? order : left).add(i);
      }
    }
    while (!left.isEmpty()) {
      Optional<Integer> next = left.stream().filter(i -> place(i, order).isPresent()).findFirst();
      if (next.isEmpty()) {
        unreached.add(parts.get(left.get(0)));
      }
      Integer placed = next.orElse(left.get(0));
      left.remove(placed);
      order.add(placed);
    }
    return unreached;
  }

  private boolean isShown(int root, List<SqlIdentifier> primaryKey) {
    return parts.get(root).table().primaryKey().stream()
        .allMatch(
            column ->
                isShown(root, column, primaryKey)
                    || keyColumn(root, column, -1, equations).isPresent());
  }

  private boolean isShown(int root, int column, List<SqlIdentifier> primaryKey) {
    return primaryKey.stream()
        .map(this::resolve)
        .anyMatch(shown -> shown != null && isSame(shown, root, column));
  }

  /** The columns of a root's primary key that are constant, and that the view does not show. */
  private List<KeyColumn> constants(int root, List<SqlIdentifier> primaryKey) {
    return parts.get(root).table().primaryKey().stream()
        .filter(column -> !isShown(root, column, primaryKey))
        .flatMap(column -> keyColumn(root, column, -1, equations).stream())
        .toList();
  }

  /** Whether a column is one of the root, or equal to it by a join. */
  private boolean isSame(int[] shown, int root, int column) {
    return Arrays.equals(shown, new int[] {root, column})
        || equations.columns().stream()
            .anyMatch(
                e ->
                    e.part() == root
                        && e.column() == column
                        && e.partner() == shown[0]
                        && e.partnerColumn() == shown[1]);
  }

  private Optional<Joins> from(int root, List<KeyColumn> constants) {
    List<Integer> order = new ArrayList<>(List.of(root));
    List<Placed> placed =
        new ArrayList<>(List.of(new Placed(parts.get(root), -1, constants, List.of())));
    boolean progress = true;
    while (progress) {
      progress = false;
      for (int i = 0; i < parts.size() && !progress; i++) {
        if (!order.contains(i)) {
          Optional<Placed> next = place(i, order);
          next.ifPresent(placed::add);
          if (next.isPresent()) {
            order.add(i);
            progress = true;
          }
        }
      }
    }
    if (placed.size() < parts.size()) {
      return Optional.empty();
    }
    List<SqlNode> rest = new ArrayList<>(conditions);
    placed.forEach(each -> rest.removeAll(each.conditions()));
    return Optional.of(new Joins(placed, rest));
  }

  /** Joins a table with one of those that are in their place, by its own ON if that is enough. */
  private Optional<Placed> place(int index, List<Integer> order) {
    Equations own = new Equations(new ArrayList<>(), new ArrayList<>());
    conjuncts(parts.get(index).on()).forEach(condition -> addEquations(condition, own));
    Optional<Placed> placed = place(index, order, own);
    return placed.isPresent() || !parts.get(index).inner()
        ? placed
        : place(index, order, equations);
  }

  private Optional<Placed> place(int index, List<Integer> order, Equations usable) {
    Part part = parts.get(index);
    for (List<Integer> columns : keys(part.table())) {
      for (int parent = 0; parent < order.size(); parent++) {
        int partner = order.get(parent);
        List<KeyColumn> key =
            columns.stream()
                .map(column -> keyColumn(index, column, partner, usable))
                .flatMap(Optional::stream)
                .toList();
        if (key.size() == columns.size() && !key.stream().allMatch(KeyColumn::isConstant)) {
          List<SqlNode> on = new ArrayList<>(part.inner() ? List.of() : conjuncts(part.on()));
          key.forEach(column -> on.remove(column.at()));
          return Optional.of(new Placed(part, parent, key, on));
        }
      }
    }
    return Optional.empty();
  }

  /** The keys that identify a row of a table, the primary key first. */
  static List<List<Integer>> keys(Table table) {
    List<List<Integer>> keys = new ArrayList<>();
    keys.add(table.primaryKey());
    table.uniqueKeys().forEach(key -> keys.add(key.columns()));
    return keys;
  }

  private static Optional<KeyColumn> keyColumn(
      int part, int column, int partner, Equations usable) {
    Optional<KeyColumn> joined =
        usable.columns().stream()
            .filter(e -> e.part() == part && e.column() == column && e.partner() == partner)
            .findFirst()
            .map(e -> new KeyColumn(column, e.partnerColumn(), null, e.at()));
    return joined.isPresent()
        ? joined
        : usable.constants().stream()
            .filter(c -> c.part() == part && c.column() == column)
            .findFirst()
            .map(c -> new KeyColumn(column, -1, c.value(), c.at()));
  }

  /** The conditions that a condition combines by AND; none for null. */
  static List<SqlNode> conjuncts(SqlNode condition) {
    if (condition == null) {
      return List.of();
    }
    if (condition.getKind() != SqlKind.AND) {
      return List.of(condition);
    }
    List<SqlNode> all = new ArrayList<>();
    ((SqlCall) condition).getOperandList().forEach(part -> all.addAll(conjuncts(part)));
    return all;
  }

  /** Adds what a condition says about single columns; of two tables' columns in both directions. */
  private void addEquations(SqlNode condition, Equations all) {
    boolean equation = condition.getKind() == SqlKind.EQUALS || condition.getKind() == SqlKind.IN;
    if (!equation || !(condition instanceof SqlCall call)) {
      return;
    }
    SqlNode first = call.operand(0);
    SqlNode second = call.operand(1);
    if (second instanceof SqlNodeList list && list.size() == 1) {
      second = list.get(0);
    }
    int[] left = columnOf(first);
    int[] right = columnOf(second);
    if (left != null && right != null && left[0] != right[0]) {
      all.columns().add(new Equation(left[0], left[1], right[0], right[1], condition));
      all.columns().add(new Equation(right[0], right[1], left[0], left[1], condition));
    } else if (left != null && Literals.isLiteral(second)) {
      all.constants().add(new Constant(left[0], left[1], second, condition));
    } else if (right != null && Literals.isLiteral(first)) {
      all.constants().add(new Constant(right[0], right[1], first, condition));
    }
  }

  private int[] columnOf(SqlNode node) {
    return node instanceof SqlIdentifier identifier ? resolve(identifier) : null;
  }

  /** The indexes of a part and of its column; null if the name is not that of one column. */
  private int[] resolve(SqlIdentifier identifier) {
    if (identifier.isStar() || identifier.names.size() > 2) {
      return null;
    }
    int[] found = null;
    for (int i = 0; i < parts.size(); i++) {
      boolean named = identifier.isSimple() || parts.get(i).alias().equals(identifier.names.get(0));
      int column =
          named
              ? parts.get(i).table().indexOf(identifier.names.get(identifier.names.size() - 1))
              : -1;
      if (column >= 0) {
        if (found != null) {
          return null;
        }
        found = new int[] {i, column};
      }
    }
    return found;
  }
}
