package dev.freshet.view.declare;

import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.Expr.ColumnRef;
import dev.freshet.view.Expr.Comparator;
import dev.freshet.view.Members;
import dev.freshet.view.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.fun.SqlBetweenOperator;
import org.apache.calcite.sql.fun.SqlLikeOperator;

/** Translates parsed conditions into expressions with the same meaning as in MySQL. */
final class Conditions {
  private static final String REMEDY =
      "combine comparisons of columns and constants with AND, OR and NOT";

  private static final String REMEDY_OPERAND =
      "compare columns, constants, CASE, calculations and functions only";
  private static final String REMEDY_PAIR = "compare columns of the same type and collation";

  /** What can be in front of a character of a pattern, so that it stands for itself. */
  private static final Pattern ESCAPE = Pattern.compile("[!-/:-@\\[-^`{-~&&[^%_\\\\]]");

  private final Refusals refusals;
  private final Scope scope;
  private final String clause;
  private final Literals literals;
  private final Expressions expressions;

  /** The parts of the whole condition that AND combines. */
  private List<SqlNode> conjuncts = List.of();

  private Conditions(Refusals refusals, Scope scope, String clause) {
    this.refusals = refusals;
    this.scope = scope;
    this.clause = clause;
    this.literals = new Literals(refusals);
    this.expressions = new Expressions(refusals, scope, this);
  }

  static Conditions inWhere(Refusals refusals, Scope scope) {
    return new Conditions(refusals, scope, "WHERE");
  }

  /** The conditions inside an expression of another clause. */
  static Conditions in(String clause, Refusals refusals, Scope scope) {
    return new Conditions(refusals, scope, clause);
  }

  /** Translates the values that these conditions compare. */
  Expressions expressions() {
    return expressions;
  }

  /** The name of the clause in messages. */
  String clause() {
    return clause;
  }

  Expr of(SqlNode node) {
    if (conjuncts.isEmpty()) {
      conjuncts = JoinOrder.conjuncts(node);
    }
    if (Expressions.isValue(node)) {
      return bare(node);
    }
    if (Literals.isTruth(node)) {
      return Literals.truth(node) == 1 ? Expr.TRUE : new Expr.Or(List.of());
    }
    if (!(node instanceof SqlCall call)) {
      throw unsupported(node);
    }
    return switch (node.getKind()) {
      case AND -> new Expr.And(operands(call, SqlKind.AND));
      case OR -> new Expr.Or(operands(call, SqlKind.OR));
      case NOT -> new Expr.Not(of(call.operand(0)));
      case IS_NULL -> isNull(call);
      case IS_NOT_NULL -> new Expr.Not(isNull(call));
      case IS_TRUE -> is(of(call.operand(0)));
      case IS_NOT_TRUE -> new Expr.Not(is(of(call.operand(0))));
      case IS_FALSE -> is(new Expr.Not(of(call.operand(0))));
      case IS_NOT_FALSE -> new Expr.Not(is(new Expr.Not(of(call.operand(0)))));
      case EQUALS -> comparison(Comparator.EQUAL, call);
      case NOT_EQUALS -> comparison(Comparator.NOT_EQUAL, call);
      case LESS_THAN -> comparison(Comparator.LESS, call);
      case LESS_THAN_OR_EQUAL -> comparison(Comparator.LESS_OR_EQUAL, call);
      case GREATER_THAN -> comparison(Comparator.GREATER, call);
      case GREATER_THAN_OR_EQUAL -> comparison(Comparator.GREATER_OR_EQUAL, call);
      case IN -> in(call);
      case NOT_IN -> new Expr.Not(in(call));
      case BETWEEN -> between(call);
      case LIKE -> like(call);
      default -> throw unsupported(node);
    };
  }

  private ViewException unsupported(SqlNode node) {
    return refusals.at(
        node,
        Constructs.name(node) + " in " + clause + " is not supported",
        Constructs.remedy(node).orElse(REMEDY));
  }

  /** The operands of AND or OR; a directly nested AND or OR is replaced by its operands. */
  private List<Expr> operands(SqlCall call, SqlKind kind) {
    List<Expr> flat = new ArrayList<>();
    for (SqlNode operand : call.getOperandList()) {
      if (operand.getKind() == kind) {
        flat.addAll(operands((SqlCall) operand, kind));
      } else {
        refusals.attempt(() -> of(operand)).ifPresent(flat::add);
      }
    }
    return flat;
  }

  private Expr bare(SqlNode node) {
    Operand operand = withoutBits(expressions.of(node));
    if (operand.column().type() != ValueType.INTEGER) {
      throw refusals.at(
          node,
          (operand.isColumn() ? "the column " : "") + operand.text() + " alone is not a condition",
          "compare it; only integers, and BIT of at most 32 bits, can stand alone");
    }
    return new Expr.NotZero(operand.expr());
  }

  private Expr isNull(SqlCall call) {
    Operand operand = operand(call.operand(0), call);
    ValueType type = operand.column().type();
    boolean never =
        operand.expr() instanceof ColumnRef ref
            ? !scope.column(ref).nullable()
            : !operand.column().nullable();
    if (never && (type == ValueType.DATE || type == ValueType.DATETIME)) {
      throw refusals.at(
          call,
          "IS NULL of " + operand.text() + ", which is a NOT NULL date, is not supported",
          "MySQL takes zero dates for NULL there; ask for another column");
    }
    return new Expr.IsNull(operand.expr());
  }

  /** Whether a condition is true; never unknown. */
  private static Expr is(Expr condition) {
    Expr one = new Expr.Literal(ValueType.INTEGER, 1L);
    Expr zero = new Expr.Literal(ValueType.INTEGER, 0L);
    return new Expr.NotZero(new Expr.Case(List.of(new Expr.When(condition, one)), zero));
  }

  /** The condition that two values are equal. */
  Expr equal(SqlCall at, SqlNode left, SqlNode right) {
    return comparison(Comparator.EQUAL, left, right, at);
  }

  private Expr comparison(Comparator comparator, SqlCall call) {
    return comparison(comparator, call.operand(0), call.operand(1), call);
  }

  private Expr comparison(Comparator comparator, SqlNode left, SqlNode right, SqlNode at) {
    if (Literals.isLiteral(left) && Literals.isLiteral(right)) {
      throw refusals.at(at, "a comparison of two constants is not supported", "leave it out");
    }
    if (Literals.isLiteral(left)) {
      Operand operand = comparable(comparator, right, at);
      return compared(
          comparator, literals.of(operand.column(), left), operand.expr(), operand.column());
    }
    Operand operand = comparable(comparator, left, at);
    Column column = operand.column();
    if (Literals.isLiteral(right)) {
      return compared(comparator, operand.expr(), literals.of(column, right), column);
    }
    Operand other = comparable(comparator, right, at);
    boolean equality = comparator == Comparator.EQUAL || comparator == Comparator.NOT_EQUAL;
    ColumnRules.againstPair(column, other.column())
        .or(() -> equality ? ColumnRules.againstEquating(column, other.column()) : Optional.empty())
        .ifPresent(
            reason -> {
              throw refusals.at(
                  at,
                  "the comparison is not supported: " + reason,
                  ColumnRules.insteadOfPair(column, other.column(), REMEDY_PAIR));
            });
    if (column.type() != other.column().type()) {
      return new Expr.Comparison(
          comparator, decimal(operand), decimal(other), ValueType.DECIMAL, "");
    }
    return compared(comparator, operand.expr(), other.expr(), column);
  }

  /** A number as a DECIMAL. */
  private static Expr decimal(Operand number) {
    return number.column().type() == ValueType.DECIMAL
        ? number.expr()
        : new Expr.Scaled(number.expr(), 0, Expr.Digits.ROUNDED);
  }

  private static Expr compared(Comparator comparator, Expr left, Expr right, Column column) {
    return new Expr.Comparison(comparator, left, right, column.type(), column.collation());
  }

  /** A BIT as the whole number that MySQL compares; all other values as they are. */
  private static Operand withoutBits(Operand operand) {
    Column column = operand.column();
    return ColumnRules.isComparedBit(column)
        ? new Operand(
            new Expr.Call(Expr.Function.BIT_NUMBER, List.of(operand.expr())),
            new Column(column.name(), ValueType.INTEGER, column.nullable(), column.mysqlType(), ""),
            operand.text())
        : operand;
  }

  private Operand comparable(Comparator comparator, SqlNode node, SqlNode at) {
    Operand operand = withoutBits(operand(node, at));
    boolean equality = comparator == Comparator.EQUAL || comparator == Comparator.NOT_EQUAL;
    Optional<String> against =
        equality
            ? ColumnRules.againstComparing(operand.column())
            : ColumnRules.againstOrdering(operand.column());
    against.ifPresent(
        reason -> {
          throw refusals.at(
              at,
              "the comparison of " + operand.text() + " is not supported: " + reason,
              operand.instead("compare another column"));
        });
    return operand;
  }

  private Operand operand(SqlNode node, SqlNode at) {
    if (Expressions.isValue(node)) {
      return expressions.of(node);
    }
    throw refusals.at(
        node,
        Constructs.name(node) + " in " + clause + " is not supported",
        node.getKind() == SqlKind.DYNAMIC_PARAM
            ? Parameters.remedy(at, clause, conjuncts.contains(at))
            : Constructs.remedy(node).orElse(at == node ? REMEDY : REMEDY_OPERAND));
  }

  private Expr in(SqlCall call) {
    if (!(call.operand(1) instanceof SqlNodeList list)) {
      throw unsupported(call.operand(1));
    }
    List<Expr> alternatives = new ArrayList<>();
    for (SqlNode item : list) {
      if (!Literals.isLiteral(item)) {
        throw refusals.at(
            item,
            Constructs.name(item) + " in the list of IN is not supported",
            item.getKind() == SqlKind.DYNAMIC_PARAM
                ? Parameters.remedy(call, clause, false)
                : Constructs.remedy(item).orElse("list constants"));
      }
      alternatives.add(comparison(Comparator.EQUAL, call.operand(0), item, call));
    }
    return alternatives.size() == 1 ? alternatives.get(0) : new Expr.Or(alternatives);
  }

  private Expr between(SqlCall call) {
    SqlBetweenOperator operator = (SqlBetweenOperator) call.getOperator();
    if (operator.flag == SqlBetweenOperator.Flag.SYMMETRIC) {
      throw refusals.at(call, "BETWEEN SYMMETRIC is not supported", "write two comparisons");
    }
    SqlNode value = call.operand(0);
    if (!Expressions.isValue(value)) {
      throw refusals.at(
          call, Constructs.name(value) + " before BETWEEN is not supported", "put a column there");
    }
    refuseMixedBounds(call);
    Expr between =
        new Expr.And(
            List.of(
                comparison(Comparator.GREATER_OR_EQUAL, value, call.operand(1), call),
                comparison(Comparator.LESS_OR_EQUAL, value, call.operand(2), call)));
    return operator.isNegated() ? new Expr.Not(between) : between;
  }

  /** With a text for one bound, MySQL compares the number with both bounds as doubles. */
  private void refuseMixedBounds(SqlCall between) {
    ValueType type = operand(between.operand(0), between).column().type();
    boolean isNumber = type == ValueType.INTEGER || type == ValueType.DECIMAL;
    List<SqlNode> bounds = List.of(between.operand(1), between.operand(2));
    if (isNumber
        && bounds.stream().anyMatch(Literals::isText)
        && !bounds.stream().allMatch(literals::isExactAsDouble)) {
      throw refusals.at(
          between,
          "BETWEEN a text and a number is not supported: MySQL takes large numbers as equal",
          "write the number without quotes");
    }
  }

  private Expr like(SqlCall call) {
    SqlLikeOperator operator = (SqlLikeOperator) call.getOperator();
    if (!operator.isCaseSensitive() || operator.getName().contains("RLIKE")) {
      throw unsupported(call);
    }
    Operand text = operand(call.operand(0), call);
    Column column = text.column();
    Optional<String> against =
        Members.has(column) || column.type() != ValueType.STRING
            ? Optional.of(ColumnRules.describe(column) + " is no text")
            : ColumnRules.againstComparing(column);
    against.ifPresent(
        reason -> {
          throw refusals.at(
              call,
              "LIKE of " + text.text() + " is not supported: " + reason,
              "take another column");
        });
    String pattern = constant(column, call, 1);
    String escape = call.operandCount() > 2 ? constant(column, call, 2) : "";
    if (call.operandCount() > 2 && !ESCAPE.matcher(escape).matches()) {
      throw refusals.at(
          call,
          "ESCAPE '" + escape + "' is not supported",
          "take one character of ASCII, no letter, digit, % or _");
    }
    Expr like = new Expr.Like(text.expr(), pattern, escape, column.collation());
    return operator.isNegated() ? new Expr.Not(like) : like;
  }

  private String constant(Column column, SqlCall like, int index) {
    if (!(like.operand(index) instanceof SqlCharStringLiteral literal)) {
      throw refusals.at(
          like,
          "LIKE with other than a constant text is not supported",
          like.operand(index).getKind() == SqlKind.DYNAMIC_PARAM
              ? Parameters.remedy(like, clause, false)
              : "write a text in quotes");
    }
    String text = literals.characters(literal);
    literals.refuseForeign(column.collation(), text, literal);
    return text;
  }
}
