package dev.freshet.view.declare;

import dev.freshet.view.Column;
import dev.freshet.view.Expr;

/**
 * A value that the query computes, before the tables are narrowed to the used columns.
 *
 * @param expr the value, with column indexes of the whole tables
 * @param column the type, nullability and collation that MySQL gives to the value
 * @param text the value's name in messages
 */
record Operand(Expr expr, Column column, String text) {
  /** Whether the value is a column of a table. */
  boolean isColumn() {
    return expr instanceof Expr.ColumnRef;
  }
}
