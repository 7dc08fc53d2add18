package dev.freshet.view.declare;

import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;

/** The names of SQL constructs in messages. */
final class Constructs {
  private Constructs() {}

  static String name(SqlNode node) {
    if (node instanceof SqlLiteral literal) {
      return "the constant " + literal;
    }
    SqlKind kind = node.getKind();
    return switch (kind) {
      case SELECT, UNION, INTERSECT, EXCEPT, ORDER_BY, SCALAR_QUERY, EXISTS, WITH -> "a sub-query";
      case VALUES -> "VALUES";
      case PLUS, MINUS, TIMES, DIVIDE, MOD, MINUS_PREFIX, PLUS_PREFIX -> "arithmetic";
      case IDENTIFIER -> "a column";
      case CASE -> "CASE";
      case CAST -> "CAST";
      case LIKE -> "LIKE";
      case OVER -> "a window function";
      case ROW -> "a list of values in brackets";
      case DYNAMIC_PARAM -> "the parameter ?";
      default -> isCondition(node) ? "a condition" : other(node);
    };
  }

  static boolean isCondition(SqlNode node) {
    return switch (node.getKind()) {
      case EQUALS,
          NOT_EQUALS,
          LESS_THAN,
          LESS_THAN_OR_EQUAL,
          GREATER_THAN,
          GREATER_THAN_OR_EQUAL,
          AND,
          OR,
          NOT,
          IN,
          NOT_IN,
          BETWEEN,
          IS_NULL,
          IS_NOT_NULL,
          IS_TRUE,
          IS_NOT_TRUE,
          IS_FALSE,
          IS_NOT_FALSE ->
          true;
      default -> false;
    };
  }

  private static String other(SqlNode node) {
    if (!(node instanceof SqlCall call)) {
      return node.getKind().lowerName.replace('_', ' ');
    }
    String operator = call.getOperator().getName();
    return call.getOperator() instanceof SqlFunction ? "the function " + operator : operator;
  }
}
