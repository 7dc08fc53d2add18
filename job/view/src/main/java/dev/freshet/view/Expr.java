package dev.freshet.view;

import java.io.Serializable;
import java.util.List;

/**
 * An expression over the rows of a plan's nodes, with SQL's three-valued logic: conditions are
 * true, false or unknown ({@code null}).
 */
public sealed interface Expr extends Serializable {
  /** The condition that always holds. */
  Expr TRUE = new And(List.of());

  /** A column of a node; NULL where the node has no row. */
  record ColumnRef(int node, int column) implements Expr {}

  /** A constant in canonical form; never NULL. */
  record Literal(ValueType type, Serializable value) implements Expr {}

  /** How two values are compared. */
  enum Comparator {
    EQUAL,
    NOT_EQUAL,
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL
  }

  /** {@code left op right}; both of one type and collation. */
  record Comparison(Comparator comparator, Expr left, Expr right, ValueType type, String collation)
      implements Expr {}

  /** True when all are; no operand: true. */
  record And(List<Expr> operands) implements Expr {
    public And {
      operands = List.copyOf(operands);
    }
  }

  /** True when one is; no operand: false. */
  record Or(List<Expr> operands) implements Expr {
    public Or {
      operands = List.copyOf(operands);
    }
  }

  /** The opposite; unknown stays unknown. */
  record Not(Expr operand) implements Expr {}

  /** Whether the operand is NULL; never unknown. */
  record IsNull(Expr operand) implements Expr {}

  /** A number as a condition: it is not zero. */
  record NotZero(Expr operand) implements Expr {}
}
