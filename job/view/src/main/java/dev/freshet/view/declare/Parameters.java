package dev.freshet.view.declare;

import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.util.SqlBasicVisitor;

/** The parameters {@code ?} of a query, and what to do instead where one cannot stand. */
final class Parameters {
  private static final String REMEDY_KEY =
      "leave out the condition, select its column, and name it in PARTITIONED BY and PRIMARY KEY";

  private Parameters() {}

  /** Whether there is a parameter somewhere in a node. */
  static boolean isIn(SqlNode node) {
    boolean[] found = {false};
    node.accept(
        new SqlBasicVisitor<Void>() {
          @Override
          public Void visit(SqlDynamicParam parameter) {
            found[0] = true;
            return null;
          }
        });
    return found[0];
  }

  /**
   * Refuses the parameters of a query.
   *
   * @param allowed conditions of WHERE whose parameters have a meaning
   */
  static void refuse(
      SqlSelect select, SqlNodeList order, List<SqlNode> allowed, Refusals refusals) {
    select.getSelectList().forEach(item -> refuse(item, "the SELECT list", refusals));
    on(select.getFrom(), refusals);
    for (SqlNode condition : JoinOrder.conjuncts(select.getWhere())) {
      if (!allowed.contains(condition)) {
        refuse(condition, "WHERE", refusals);
      }
    }
    order.forEach(item -> refuse(item, "ORDER BY", refusals));
    if (select.getHaving() != null) {
      refuse(select.getHaving(), "HAVING", refusals);
    }
  }

  private static void on(SqlNode from, Refusals refusals) {
    if (from instanceof SqlJoin join) {
      on(join.getLeft(), refusals);
      on(join.getRight(), refusals);
      if (join.getCondition() != null) {
        refuse(join.getCondition(), "ON", refusals);
      }
    }
  }

  private static void refuse(SqlNode node, String clause, Refusals refusals) {
    node.accept(new Refusing(clause, node, refusals));
  }

  /**
   * What to write instead of a parameter that is an operand of a node.
   *
   * @param top whether AND alone combines the node with the rest of its clause
   */
  static String remedy(SqlNode parent, String clause, boolean top) {
    return switch (clause) {
      case "WHERE" ->
          !top || parent.getKind() != SqlKind.EQUALS
              ? remedyOf(parent)
              : isEquation(parent) ? REMEDY_KEY : remedyOfComputed((SqlCall) parent);
      case "ON" ->
          "write a constant, in a view for each value; if the column is in no key by which the table is joined, move the condition of an inner join to WHERE";
      default -> "leave it out, or write a constant";
    };
  }

  /** Whether a condition is {@code column = ?}. */
  static boolean isEquation(SqlNode condition) {
    return condition.getKind() == SqlKind.EQUALS
        && ((SqlCall) condition).getOperandList().stream().anyMatch(SqlIdentifier.class::isInstance)
        && ((SqlCall) condition)
            .getOperandList().stream().anyMatch(SqlDynamicParam.class::isInstance);
  }

  /** What to write instead of a condition that compares something else than a column with a ?. */
  private static String remedyOfComputed(SqlCall equation) {
    SqlNode value = equation.operand(equation.operand(0) instanceof SqlDynamicParam ? 1 : 0);
    if (!Expressions.isValue(value)) {
      return "compare a column with it: a key is a column";
    }
    if (isShifted(value)) {
      return "a key is a column: take the column itself, and let the caller compute its value";
    }
    boolean date = value instanceof SqlCall call && FunctionCalls.function(call).equals("DATE");
    return "a key is a column: add a STORED generated column with this value to the table, with an index, and take that"
        + (date ? "; for a DATE column leave out DATE" : "");
  }

  /** Whether a value is a column plus or minus a constant, which the caller can reverse. */
  private static boolean isShifted(SqlNode value) {
    boolean shifts =
        switch (value.getKind()) {
          case PLUS, MINUS -> !DateFunctions.isMove(value);
          case MINUS_PREFIX -> true;
          default -> false;
        };
    return shifts
        && ((SqlCall) value)
                .getOperandList().stream().filter(SqlIdentifier.class::isInstance).count()
            == 1
        && ((SqlCall) value)
            .getOperandList().stream()
                .allMatch(each -> each instanceof SqlIdentifier || Literals.isNumber(each));
  }

  private static String remedyOf(SqlNode parent) {
    return switch (parent.getKind()) {
      case EQUALS ->
          "only 'column = ?' that is combined with the other conditions by AND makes a key; for an OR declare a view for each side and put the answers together in the client";
      case NOT_EQUALS, NOT_IN ->
          "leave out the condition, select the column, and leave out these entries in the client";
      case IN ->
          "make the column a part of the key, and ask for each value by itself: a plain query says column = ?, a declaration leaves out the condition, selects the column and names it in PARTITIONED BY";
      case LIKE -> "leave out the condition, select the column, and search in the client";
      default -> "leave out the condition, select what it compares, and decide in the client";
    };
  }

  /** Refuses each parameter with the remedy that its parent needs. */
  private static final class Refusing extends SqlBasicVisitor<Void> {
    private final String clause;
    private final SqlNode top;
    private final Refusals refusals;

    /**
     * Begins with a node.
     *
     * @param top what AND alone combines with the rest of its clause
     */
    Refusing(String clause, SqlNode top, Refusals refusals) {
      this.clause = clause;
      this.top = top;
      this.refusals = refusals;
    }

    @Override
    public Void visit(SqlCall call) {
      for (SqlNode operand : call.getOperandList()) {
        if (operand instanceof SqlDynamicParam) {
          refuse(operand, call);
        } else if (operand instanceof SqlNodeList list) {
          for (SqlNode item : list) {
            if (item instanceof SqlDynamicParam) {
              refuse(item, call);
            } else if (item != null) {
              item.accept(this);
            }
          }
        } else if (operand != null) {
          operand.accept(this);
        }
      }
      return null;
    }

    private void refuse(SqlNode parameter, SqlCall parent) {
      refusals.add(
          refusals.at(
              parameter,
              "the parameter ? in " + clause + " is not supported",
              remedy(parent, clause, parent == top)));
    }
  }
}
