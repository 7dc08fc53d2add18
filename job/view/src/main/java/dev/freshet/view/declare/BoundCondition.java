package dev.freshet.view.declare;

import dev.freshet.view.ViewPlan.Bound;
import dev.freshet.view.ViewPlan.End;
import dev.freshet.view.ViewPlan.Order;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlBetweenOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;

/**
 * A condition of WHERE like {@code sent >= ?}, whose value each read may give. It is a bound of the
 * first column of the order, so that a read of the range needs no other index than a read of all.
 *
 * @param value the left side
 * @param inclusive whether the value itself is within the bound
 * @param at the condition
 */
record BoundCondition(SqlNode value, End end, boolean inclusive, SqlNode at) {
  private static final String FORM =
      "write column >= ?, >, <= or <, or BETWEEN ? AND ?, among the conditions that AND combines";

  /** The conditions that AND combines; none for null. */
  static List<SqlNode> conjunctions(SqlNode where) {
    List<SqlNode> all = new ArrayList<>();
    if (where != null && where.getKind() == SqlKind.AND) {
      ((SqlCall) where).getOperandList().forEach(each -> all.addAll(conjunctions(each)));
    } else if (where != null) {
      all.add(where);
    }
    return all;
  }

  /** Whether a condition compares a value with a parameter by less or greater. */
  static boolean isBound(SqlNode condition) {
    return switch (condition.getKind()) {
      case LESS_THAN, LESS_THAN_OR_EQUAL, GREATER_THAN, GREATER_THAN_OR_EQUAL -> {
        SqlBasicCall call = (SqlBasicCall) condition;
        yield isParameter(call.operand(0)) != isParameter(call.operand(1));
      }
      case BETWEEN -> {
        SqlBasicCall call = (SqlBasicCall) condition;
        SqlBetweenOperator operator = (SqlBetweenOperator) call.getOperator();
        yield !operator.isNegated()
            && operator.flag != SqlBetweenOperator.Flag.SYMMETRIC
            && !isParameter(call.operand(0))
            && isParameter(call.operand(1))
            && isParameter(call.operand(2));
      }
      default -> false;
    };
  }

  private static boolean isParameter(SqlNode node) {
    return node.getKind() == SqlKind.DYNAMIC_PARAM;
  }

  /**
   * Takes the bounds out of a query's WHERE.
   *
   * @throws ViewException if there are two of one end
   */
  static List<BoundCondition> takeFrom(SqlSelect select, Refusals refusals) {
    List<BoundCondition> bounds = new ArrayList<>();
    SqlNode rest = null;
    for (SqlNode condition : conjunctions(select.getWhere())) {
      if (isBound(condition)) {
        bounds.addAll(of((SqlCall) condition));
      } else {
        rest =
            rest == null
                ? condition
                : SqlStdOperatorTable.AND.createCall(
                    SqlParserPos.sum(List.of(rest, condition)), rest, condition);
      }
    }
    if (!bounds.isEmpty()) {
      select.setWhere(rest);
    }
    for (End end : End.values()) {
      List<BoundCondition> ofEnd = bounds.stream().filter(bound -> bound.end() == end).toList();
      if (ofEnd.size() > 1) {
        throw refusals.at(
            ofEnd.get(1).at(),
            "there are two bounds for the parameter " + end.parameter() + " of a read",
            "leave one out");
      }
    }
    return bounds;
  }

  private static List<BoundCondition> of(SqlCall condition) {
    if (condition.getKind() == SqlKind.BETWEEN) {
      SqlNode value = condition.operand(0);
      return List.of(
          new BoundCondition(value, End.FROM, true, condition),
          new BoundCondition(value, End.TO, true, condition));
    }
    boolean reversed = isParameter(condition.operand(0));
    boolean less =
        condition.getKind() == SqlKind.LESS_THAN
            || condition.getKind() == SqlKind.LESS_THAN_OR_EQUAL;
    boolean inclusive =
        condition.getKind() == SqlKind.LESS_THAN_OR_EQUAL
            || condition.getKind() == SqlKind.GREATER_THAN_OR_EQUAL;
    return List.of(
        new BoundCondition(
            condition.operand(reversed ? 1 : 0),
            less == reversed ? End.FROM : End.TO,
            inclusive,
            condition));
  }

  /**
   * Resolves the bound.
   *
   * @param order the view's order
   * @throws ViewException if the bound is not one of the first column of the order
   */
  Bound resolve(
      Refusals refusals, Scope scope, List<Outputs.Item> items, Keys keys, List<Order> order) {
    if (!Expressions.isValue(value)) {
      throw refusals.at(at, Constructs.name(value) + " compared with ? is not supported", FORM);
    }
    Operand operand = Conditions.in("WHERE", refusals, scope).expressions().of(value);
    List<Integer> key = keys.primaryKey().subList(0, keys.keyColumns());
    int first =
        order.stream()
            .map(Order::output)
            .filter(index -> !key.contains(index))
            .findFirst()
            .orElse(-1);
    if (first < 0 || !items.get(first).value().equals(operand.expr())) {
      throw refusals.at(
          at,
          "? is not compared with the first column of ORDER BY after the key, but with "
              + operand.text(),
          "order by "
              + operand.text()
              + " first, or leave out the condition and filter in the client");
    }
    ColumnRules.againstOrdering(operand.column())
        .ifPresent(
            reason -> {
              throw refusals.at(
                  at,
                  "the comparison of " + operand.text() + " is not supported: " + reason,
                  "leave out the condition");
            });
    return new Bound(first, end, inclusive);
  }

  /** The condition's text as parsed, for comparisons with other declarations. */
  @Override
  public String toString() {
    return value + " " + end + " " + inclusive;
  }
}
