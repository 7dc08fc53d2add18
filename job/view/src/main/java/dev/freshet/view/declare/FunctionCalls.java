package dev.freshet.view.declare;

import dev.freshet.view.Column;
import dev.freshet.view.ValueType;
import java.util.Locale;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlNode;

/** Checks and translates the operands of a function call, whatever the function is. */
final class FunctionCalls {
  private final Refusals refusals;
  private final Expressions expressions;

  FunctionCalls(Refusals refusals, Expressions expressions) {
    this.refusals = refusals;
    this.expressions = expressions;
  }

  /** A function's name in capitals; {@code + INTERVAL} if an interval is added to a date. */
  static String function(SqlCall call) {
    String name = call.getOperator().getName().toUpperCase(Locale.ROOT);
    return DateFunctions.isMove(call) ? name + " INTERVAL" : name;
  }

  void requireOperands(SqlCall call, int least, int most) {
    int count = call.operandCount();
    if (count < least || count > most) {
      throw refusals.at(
          call,
          function(call) + " with " + count + (count == 1 ? " operand" : " operands"),
          "write " + least + (most > least ? " or more" : ""));
    }
  }

  /** An operand that is not a constant. */
  Operand value(SqlCall call, SqlNode node) {
    if (!Expressions.isValue(node)) {
      throw refusals.at(
          node,
          Constructs.name(node) + " in " + function(call) + " is not supported",
          Constructs.remedy(node).orElse("take a column, or what is computed from columns"));
    }
    return expressions.of(node);
  }

  /** A signed whole number, which may be a constant. */
  Operand wholeNumber(SqlCall call, SqlNode node) {
    if (Literals.isNumber(node)) {
      Column column = ResultTypes.ofInteger(node.toString(), false);
      return new Operand(new Literals(refusals).of(column, node), column, node.toString());
    }
    Operand operand = value(call, node);
    Column column = operand.column();
    if (column.type() != ValueType.INTEGER
        || MysqlTypes.isUnsigned(column)
        || ColumnRules.isYear(column)) {
      throw refusals.at(
          call,
          function(call) + " with " + ColumnRules.describe(column) + " is not supported",
          "take a signed whole number there");
    }
    return operand;
  }

  ViewException refuse(SqlCall call, Column column, String remedy) {
    return refusals.at(
        call, function(call) + " of " + ColumnRules.describe(column) + " is not supported", remedy);
  }
}
