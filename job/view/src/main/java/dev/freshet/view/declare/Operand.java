package dev.freshet.view.declare;

import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.ValueType;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A value that the query computes, before the tables are narrowed to the used columns.
 *
 * @param expr the value, with column indexes of the whole tables
 * @param column the type, nullability and collation that MySQL gives to the value
 * @param text the value's name in messages
 * @param digits the most digits after the point that a DECIMAL has in calculations and comparisons;
 *     more than its type has if a division is in it
 */
record Operand(Expr expr, Column column, String text, int digits) {
  Operand(Expr expr, Column column, String text) {
    this(expr, column, text, column.type() == ValueType.DECIMAL ? MysqlTypes.scale(column) : 0);
  }

  /** Whether the value is a column of a table. */
  boolean isColumn() {
    return expr instanceof Expr.ColumnRef;
  }

  /** Whether the value depends on a column. MySQL may type a constant by its value. */
  boolean usesColumns() {
    AtomicBoolean uses = new AtomicBoolean();
    expr.mapped(
        each -> {
          uses.set(true);
          return each;
        });
    return uses.get();
  }

  /**
   * What to take instead of the value if its type is refused.
   *
   * @param otherwise the advice where no generated column helps
   */
  String instead(String otherwise) {
    return isColumn() ? ColumnRules.instead(column, otherwise) : otherwise;
  }

  /**
   * What to take instead of the value where only whole numbers and decimals can stand.
   *
   * @param otherwise the advice if the value is not of the type DOUBLE or FLOAT
   */
  String insteadOfDouble(String otherwise) {
    return column.type() == ValueType.DOUBLE ? instead(otherwise) : otherwise;
  }

  /** Whether MySQL calculates and compares with more digits than it shows. */
  boolean hidesDigits() {
    return column.type() == ValueType.DECIMAL && digits > MysqlTypes.scale(column);
  }

  /** The value as the SELECT list shows it: a DECIMAL has the digits of its type. */
  Expr shown() {
    if (column.type() != ValueType.DECIMAL || isColumn() || expr instanceof Expr.Scaled) {
      return expr;
    }
    Expr.Digits beyond = hidesDigits() ? Expr.Digits.HIDDEN : Expr.Digits.ROUNDED;
    return new Expr.Scaled(expr, MysqlTypes.scale(column), beyond);
  }
}
