package dev.freshet.view.declare;

import dev.freshet.view.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;

/**
 * Finds the root of a query, and an order of its joins in which each table is joined by its whole
 * primary key. Inner joins may be done in any order, and by conditions of any ON or of WHERE; a
 * LEFT JOIN by its own ON alone. The order of FROM is preferred.
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

  /**
   * A table in its place.
   *
   * @param parent the index of the part that joins it; −1 for the root
   * @param foreignKey the parent's columns, in the order of the table's primary key
   * @param conditions the condition of each of these
   */
  record Placed(Part part, int parent, List<Integer> foreignKey, List<SqlNode> conditions) {}

  /**
   * An order of joins.
   *
   * @param placed the tables, parents before children; indexes of parents are into this list
   * @param rest the conditions of inner joins that join no table
   */
  record Joins(List<Placed> placed, List<SqlNode> rest) {}

  private final List<Part> parts;
  private final List<SqlNode> conditions = new ArrayList<>();
  private final List<Equation> equations = new ArrayList<>();

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
        Optional<Joins> joins = order.from(root);
        if (joins.isPresent()) {
          return joins;
        }
      }
    }
    return Optional.empty();
  }

  private boolean isShown(int root, List<SqlIdentifier> primaryKey) {
    return parts.get(root).table().primaryKey().stream()
        .allMatch(
            column ->
                primaryKey.stream()
                    .map(this::resolve)
                    .anyMatch(shown -> shown != null && isSame(shown, root, column)));
  }

  /** Whether a column is one of the root, or equal to it by a join. */
  private boolean isSame(int[] shown, int root, int column) {
    return Arrays.equals(shown, new int[] {root, column})
        || equations.stream()
            .anyMatch(
                e ->
                    e.part() == root
                        && e.column() == column
                        && e.partner() == shown[0]
                        && e.partnerColumn() == shown[1]);
  }

  private Optional<Joins> from(int root) {
    List<Integer> order = new ArrayList<>(List.of(root));
    List<Placed> placed =
        new ArrayList<>(List.of(new Placed(parts.get(root), -1, List.of(), List.of())));
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
    List<Equation> own = new ArrayList<>();
    conjuncts(parts.get(index).on()).forEach(condition -> addEquations(condition, own));
    Optional<Placed> placed = place(index, order, own);
    return placed.isPresent() || !parts.get(index).inner()
        ? placed
        : place(index, order, equations);
  }

  private Optional<Placed> place(int index, List<Integer> order, List<Equation> usable) {
    Part part = parts.get(index);
    for (int parent = 0; parent < order.size(); parent++) {
      List<Equation> key = new ArrayList<>();
      for (int column : part.table().primaryKey()) {
        int partner = order.get(parent);
        usable.stream()
            .filter(e -> e.part() == index && e.column() == column && e.partner() == partner)
            .findFirst()
            .ifPresent(key::add);
      }
      boolean whole = key.size() == part.table().primaryKey().size();
      // Whatever else a LEFT JOIN asks for would decide whether its row is there.
      if (whole && (part.inner() || conjuncts(part.on()).size() == key.size())) {
        return Optional.of(
            new Placed(
                part,
                parent,
                key.stream().map(Equation::partnerColumn).toList(),
                key.stream().map(Equation::at).toList()));
      }
    }
    return Optional.empty();
  }

  private static List<SqlNode> conjuncts(SqlNode condition) {
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

  /** Adds an equation of two tables' columns, in both directions. */
  private void addEquations(SqlNode condition, List<Equation> all) {
    if (condition.getKind() == SqlKind.EQUALS
        && condition instanceof SqlCall call
        && call.operand(0) instanceof SqlIdentifier left
        && call.operand(1) instanceof SqlIdentifier right) {
      int[] one = resolve(left);
      int[] other = resolve(right);
      if (one != null && other != null && one[0] != other[0]) {
        all.add(new Equation(one[0], one[1], other[0], other[1], condition));
        all.add(new Equation(other[0], other[1], one[0], one[1], condition));
      }
    }
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
