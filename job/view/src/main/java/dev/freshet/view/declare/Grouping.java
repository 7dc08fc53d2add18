package dev.freshet.view.declare;

import dev.freshet.view.Expr;
import dev.freshet.view.Expr.ColumnRef;
import dev.freshet.view.declare.Outputs.Item;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlNumericLiteral;

/**
 * Checks that GROUP BY changes nothing: it names the root's primary key, so that each group is the
 * one row which the root's row makes with the rows that it joins. {@link Declaration#query} leaves
 * it out.
 */
final class Grouping {
  static final Set<String> AGGREGATES =
      Set.of(
          "ANY_VALUE",
          "AVG",
          "BIT_AND",
          "BIT_OR",
          "BIT_XOR",
          "COUNT",
          "GROUP_CONCAT",
          "JSON_ARRAYAGG",
          "JSON_OBJECTAGG",
          "MAX",
          "MIN",
          "STD",
          "STDDEV",
          "STDDEV_POP",
          "STDDEV_SAMP",
          "SUM",
          "VARIANCE",
          "VAR_POP",
          "VAR_SAMP");

  private final Refusals refusals;
  private final Scope scope;
  private final List<Item> items;

  Grouping(Refusals refusals, Scope scope, List<Item> items) {
    this.refusals = refusals;
    this.scope = scope;
    this.items = items;
  }

  /** The count of a query that only counts rows; empty for all other queries. */
  static Optional<SqlCall> count(SqlNodeList list) {
    List<SqlCall> aggregates = new ArrayList<>();
    for (SqlNode item : list) {
      if (isAggregate(Outputs.valueOf(item))) {
        aggregates.add((SqlCall) Outputs.valueOf(item));
      }
    }
    return aggregates.stream().allMatch(Grouping::countsRows)
        ? aggregates.stream().findFirst()
        : Optional.empty();
  }

  static boolean isAggregate(SqlNode value) {
    return value instanceof SqlCall call && AGGREGATES.contains(function(call));
  }

  /**
   * The refusal of a count, which says how it is declared.
   *
   * @param grouped whether the query has a GROUP BY
   */
  static ViewException refused(SqlCall count, boolean grouped, Refusals refusals) {
    boolean ofColumn = count.operand(0) instanceof SqlIdentifier column && !column.isStar();
    return refusals.at(
        count,
        "COUNT is not supported",
        "select the rows by the root's primary key, without COUNT and GROUP BY"
            + (ofColumn ? ", WHERE " + count.operand(0) + " IS NOT NULL" : "")
            + (grouped ? ", and make the columns of GROUP BY the key" : "")
            + ": the total of an answer counts them");
  }

  private static String function(SqlCall call) {
    return call.getOperator().getName().toUpperCase(Locale.ROOT);
  }

  private static boolean countsRows(SqlCall call) {
    return function(call).equals("COUNT")
        && call.getFunctionQuantifier() == null
        && call.operandCount() == 1
        && (call.operand(0) instanceof SqlIdentifier || call.operand(0) instanceof SqlLiteral);
  }

  /** Refuses a GROUP BY that may make one row of several. */
  void check(SqlNodeList group) {
    List<Expr> values = new ArrayList<>();
    for (SqlNode node : group) {
      values.add(value(node));
    }
    Scope.Node root = scope.node(0);
    for (int column : root.join().key()) {
      boolean named =
          values.stream()
              .anyMatch(value -> value instanceof ColumnRef ref && scope.equalsRoot(ref, column));
      if (!named) {
        throw refusals.at(
            group,
            "GROUP BY leaves out "
                + scope.describe(new ColumnRef(0, column))
                + " of the root's primary key",
            "name it there, or select the rows without GROUP BY");
      }
    }
  }

  /** Resolves a column, or the position or the name of an output, as MySQL does. */
  private Expr value(SqlNode node) {
    if (node instanceof SqlIdentifier identifier) {
      Optional<Item> named =
          identifier.isSimple() && !scope.hasColumn(identifier.getSimple())
              ? items.stream()
                  .filter(i -> i.column().name().equalsIgnoreCase(identifier.getSimple()))
                  .findFirst()
              : Optional.empty();
      return named.isPresent() ? named.get().value() : scope.resolve(identifier);
    }
    if (node instanceof SqlNumericLiteral literal && literal.isInteger()) {
      BigDecimal position = literal.bigDecimalValue();
      for (int i = 0; i < items.size(); i++) {
        if (position.compareTo(BigDecimal.valueOf(i + 1)) == 0) {
          return items.get(i).value();
        }
      }
    }
    throw refusals.at(
        node,
        Constructs.name(node) + " in GROUP BY is not supported",
        "name columns, or leave out GROUP BY");
  }
}
