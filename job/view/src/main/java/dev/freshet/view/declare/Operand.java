package dev.freshet.view.declare;

import dev.freshet.view.Column;
import dev.freshet.view.Expr;

/**
 * A value that the query computes.
 *
 * @param expr over whole tables
 * @param column what MySQL would make a column of it as: type, null-ness, collation
 * @param text as messages name it
 */
record Operand(Expr expr, Column column, String text) {
  /** Whether it is a column as it stands in its table. */
  boolean isColumn() {
    return expr instanceof Expr.ColumnRef;
  }
}
