package dev.freshet.view.declare;

import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.Expr.ColumnRef;
import dev.freshet.view.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlCase;

/**
 * Translates columns, calculations, CASE and functions into expressions with the same meaning as in
 * MySQL. Refuses an expression that has no such translation.
 *
 * <p>To add a function, add its name and its translation to {@link TextFunctions}, {@link
 * DateFunctions} or {@link Calculations}, a constant to {@link Expr.Function}, its computation to
 * {@code Functions} in {@code dev.freshet.view.expr}, and its name to {@code sql/README.md}. Add it
 * to {@code Predicates} in the tests as well; {@code PredicatesIT} compares the results with MySQL.
 */
final class Expressions {
  private static final Set<String> FUNCTIONS =
      Set.of("COALESCE", "IFNULL", "IF", "NULLIF", "LEAST", "GREATEST");

  private static final String REMEDY =
      "take what sql/README.md lists as computed values, or compute in the client";

  private final Refusals refusals;
  private final Scope scope;
  private final Conditions conditions;
  private final Branches branches;
  private final FunctionCalls calls;
  private final Calculations calculations;
  private final TextFunctions textFunctions;
  private final DateFunctions dateFunctions;
  private final Casts casts;

  Expressions(Refusals refusals, Scope scope, Conditions conditions) {
    this.refusals = refusals;
    this.scope = scope;
    this.conditions = conditions;
    this.branches = new Branches(refusals, this);
    this.calls = new FunctionCalls(refusals, this);
    this.calculations = new Calculations(refusals, calls, this);
    this.textFunctions = new TextFunctions(refusals, calls, branches);
    this.dateFunctions = new DateFunctions(refusals, calls);
    this.casts = new Casts(refusals, calls, dateFunctions);
  }

  /** Whether a node is a value, but not a constant. */
  static boolean isValue(SqlNode node) {
    return node instanceof SqlIdentifier
        || node instanceof SqlCase
        || Calculations.isCalculation(node)
        || (node instanceof SqlCall call && isFunction(call));
  }

  private static boolean isFunction(SqlCall call) {
    String name = FunctionCalls.function(call);
    return FUNCTIONS.contains(name)
        || Calculations.FUNCTIONS.contains(name)
        || TextFunctions.FUNCTIONS.contains(name)
        || (DateFunctions.FUNCTIONS.contains(name) && call.operandCount() > 0)
        || call.getKind() == SqlKind.CAST;
  }

  /**
   * Translates a node that {@link #isValue is a value}, or a condition, whose value is 1, 0 or
   * NULL.
   */
  Operand of(SqlNode node) {
    if (node instanceof SqlIdentifier identifier) {
      return column(identifier);
    }
    if (Constructs.isCondition(node)) {
      return truth(node);
    }
    if (node instanceof SqlCase choice) {
      return choice(choice);
    }
    if (!isValue(node)) {
      throw refusals.at(
          node,
          Constructs.name(node) + " in " + conditions.clause() + " is not supported",
          Constructs.remedy(node).orElse(REMEDY));
    }
    SqlCall call = (SqlCall) node;
    if (Calculations.isCalculation(node)
        || Calculations.FUNCTIONS.contains(FunctionCalls.function(call))) {
      return calculations.of(call);
    }
    if (TextFunctions.FUNCTIONS.contains(FunctionCalls.function(call))) {
      return textFunctions.of(call);
    }
    if (DateFunctions.FUNCTIONS.contains(FunctionCalls.function(call))) {
      return dateFunctions.of(call);
    }
    if (call.getKind() == SqlKind.CAST) {
      return casts.of(call);
    }
    return switch (FunctionCalls.function(call)) {
      case "IF" -> choiceOfTwo(call);
      case "NULLIF" -> nullIf(call);
      case "LEAST" -> extreme(call, Expr.Function.LEAST);
      case "GREATEST" -> extreme(call, Expr.Function.GREATEST);
      default -> coalesce(call);
    };
  }

  private Operand column(SqlIdentifier identifier) {
    ColumnRef ref = scope.resolve(identifier);
    Column column = scope.column(ref);
    return new Operand(
        ref,
        new Column(
            column.name(),
            column.type(),
            scope.isNullable(ref),
            column.mysqlType(),
            column.collation()),
        scope.describe(ref));
  }

  private Operand truth(SqlNode node) {
    Expr condition = conditions.of(node);
    Expr number =
        new Expr.Case(
            List.of(
                new Expr.When(condition, number(1)),
                new Expr.When(new Expr.Not(condition), number(0))),
            new Expr.Null());
    return new Operand(number, ResultTypes.ofInteger("a condition", true), "a condition");
  }

  private static Expr number(long value) {
    return new Expr.Literal(ValueType.INTEGER, value);
  }

  private Operand choice(SqlCase choice) {
    List<Expr> whens = new ArrayList<>();
    choice.getWhenOperands().forEach(when -> whens.add(conditions.of(when)));
    List<SqlNode> values = new ArrayList<>(choice.getThenOperands().getList());
    values.add(choice.getElseOperand());
    return chosen("CASE", choice, whens, values);
  }

  private Operand choiceOfTwo(SqlCall call) {
    calls.requireOperands(call, 3, 3);
    return chosen(
        "IF",
        call,
        List.of(conditions.of(call.operand(0))),
        List.of(call.operand(1), call.operand(2)));
  }

  private Operand chosen(String name, SqlNode at, List<Expr> whens, List<SqlNode> values) {
    Branches.Unified unified = branches.chosen(name, at, values);
    List<Expr.When> cases = new ArrayList<>();
    for (int i = 0; i < whens.size(); i++) {
      cases.add(new Expr.When(whens.get(i), unified.values().get(i)));
    }
    boolean nullable = unified.nullable().contains(true);
    return new Operand(
        new Expr.Case(cases, unified.values().get(whens.size())),
        ResultTypes.chosen(name, unified.columns(), nullable),
        name,
        unified.digits());
  }

  private Operand coalesce(SqlCall call) {
    String name = FunctionCalls.function(call);
    calls.requireOperands(call, 2, name.equals("IFNULL") ? 2 : Integer.MAX_VALUE);
    for (SqlNode operand : call.getOperandList()) {
      if (Literals.isNull(operand)) {
        throw refusals.at(operand, "NULL in " + name + " has no effect", "leave it out");
      }
    }
    Branches.Unified unified = branches.chosen(name, call, call.getOperandList());
    boolean nullable = !unified.nullable().contains(false);
    return new Operand(
        new Expr.Coalesce(unified.values()),
        ResultTypes.chosen(name, unified.columns(), nullable),
        name,
        unified.digits());
  }

  private Operand nullIf(SqlCall call) {
    calls.requireOperands(call, 2, 2);
    Operand value = calls.value(call, call.operand(0));
    if (ColumnRules.againstComputing(value.column()).isPresent()) {
      throw calls.refuse(
          call, value.column(), value.instead("select it by itself, and compare in the client"));
    }
    boolean plain =
        switch (value.column().type()) {
          case INTEGER, DECIMAL, STRING, BYTES -> true;
          default -> false;
        };
    if (!plain) {
      throw calls.refuse(call, value.column(), "write CASE WHEN a = b THEN NULL ELSE a END");
    }
    if (!value.usesColumns()) {
      throw refusals.at(
          call,
          "NULLIF of a calculation without columns is not supported: MySQL may give it the type of"
              + " what it is compared with",
          "write CASE WHEN a = b THEN NULL ELSE a END");
    }
    Expr equal = conditions.equal(call, call.operand(0), call.operand(1));
    return new Operand(
        new Expr.Case(List.of(new Expr.When(equal, new Expr.Null())), value.expr()),
        ResultTypes.chosen("NULLIF", List.of(value.column()), true),
        "NULLIF",
        value.digits());
  }

  private Operand extreme(SqlCall call, Expr.Function function) {
    calls.requireOperands(call, 2, Integer.MAX_VALUE);
    Branches.Unified unified =
        branches.chosen(FunctionCalls.function(call), call, call.getOperandList());
    for (Column column : unified.columns()) {
      if (!Calculations.isNumber(column)) {
        throw calls.refuse(call, column, "take whole numbers and decimals");
      }
    }
    boolean nullable = unified.nullable().contains(true);
    return new Operand(
        new Expr.Call(function, unified.values()),
        ResultTypes.chosen(FunctionCalls.function(call), unified.columns(), nullable),
        FunctionCalls.function(call),
        unified.digits());
  }
}
