package dev.freshet.view.declare;

import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.Expr.Numbers;
import dev.freshet.view.Expr.Operator;
import dev.freshet.view.ValueType;
import java.math.BigDecimal;
import java.util.List;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;

/**
 * Translates calculations and the functions of numbers.
 *
 * <p>MySQL calculates with whole numbers within BIGINT, or BIGINT UNSIGNED if an operand is
 * unsigned, and with decimals if an operand is one or for a division. A view may not exceed the
 * digits that MySQL has for decimals.
 */
final class Calculations {
  static final Set<String> FUNCTIONS =
      Set.of("MOD", "ABS", "SIGN", "FLOOR", "CEIL", "CEILING", "ROUND", "TRUNCATE");

  private static final String REMEDY =
      "calculate with whole numbers and decimals, or in the client";

  /** MySQL has decimals of nine words with nine digits. */
  private static final int WORDS = 9;

  private static final int WORD = 9;
  private static final int MOST_SCALE = 30;

  /** The digits by which a quotient has more than the dividend. */
  private static final int MORE_DIGITS = 4;

  /** The digits with which FLOOR and CEILING are BIGINT in all versions of MySQL. */
  private static final int LONG_DIGITS = 17;

  private final Refusals refusals;
  private final Literals literals;
  private final FunctionCalls calls;
  private final Expressions expressions;

  Calculations(Refusals refusals, FunctionCalls calls, Expressions expressions) {
    this.refusals = refusals;
    this.literals = new Literals(refusals);
    this.calls = calls;
    this.expressions = expressions;
  }

  /** Whether a node is a calculation with operators. */
  static boolean isCalculation(SqlNode node) {
    return (operator(node) != null && !DateFunctions.isMove(node))
        || (node.getKind() == SqlKind.MINUS_PREFIX && !Literals.isLiteral(node));
  }

  /** The operator of a calculation; null for all other nodes. */
  private static Operator operator(SqlNode node) {
    return switch (node.getKind()) {
      case PLUS -> Operator.PLUS;
      case MINUS -> Operator.MINUS;
      case TIMES -> Operator.TIMES;
      case DIVIDE -> Operator.DIVIDE;
      case MOD -> Operator.MODULO;
      default -> null;
    };
  }

  /** Translates a calculation, or a call of one of the {@link #FUNCTIONS}. */
  Operand of(SqlCall call) {
    if (call.getKind() == SqlKind.MINUS_PREFIX) {
      return negation(call);
    }
    if (MysqlParser.isWholeDivision(call)) {
      return wholeDivision(call);
    }
    if (operator(call) != null) {
      calls.requireOperands(call, 2, 2);
      return calculated(call, operator(call), number(call, 0), number(call, 1));
    }
    return switch (FunctionCalls.function(call)) {
      case "ABS" -> absolute(call);
      case "SIGN" -> sign(call);
      case "FLOOR" -> whole(call, Expr.Function.FLOOR);
      case "MOD" -> modulo(call);
      case "CEIL", "CEILING" -> whole(call, Expr.Function.CEILING);
      case "ROUND" -> rounded(call, false);
      default -> rounded(call, true);
    };
  }

  /** An operand of a calculation; may be a constant. */
  private Operand number(SqlCall call, int index) {
    SqlNode node = call.operand(index);
    if (Literals.isNumber(node)) {
      return constant(node);
    }
    if (Literals.isLiteral(node) || Constructs.isCondition(node)) {
      throw refusals.at(
          call, "arithmetic with " + Constructs.name(node) + " is not supported", REMEDY);
    }
    Operand operand = expressions.of(node);
    if (!isNumber(operand.column())) {
      throw refuse(call, operand);
    }
    return operand;
  }

  private ViewException refuse(SqlCall call, Operand operand) {
    boolean inexact = operand.column().type() == ValueType.DOUBLE;
    return refusals.at(
        call,
        "arithmetic with "
            + ColumnRules.describe(operand.column())
            + " is not supported"
            + (inexact ? ": its results are not exact" : ""),
        operand.insteadOfDouble(REMEDY));
  }

  private Operand constant(SqlNode node) {
    BigDecimal number = literals.number(node);
    if (number.scale() <= 0) {
      Column column = ResultTypes.ofInteger(node.toString(), false);
      return new Operand(literals.of(column, node), column, node.toString());
    }
    int precision = Math.max(number.precision(), number.scale());
    return new Operand(
        new Expr.Literal(ValueType.DECIMAL, number),
        ResultTypes.ofDigits(node.toString(), precision, number.scale()),
        node.toString());
  }

  /** Whether a column is a whole number, not a YEAR, or a decimal. */
  static boolean isNumber(Column column) {
    return (column.type() == ValueType.INTEGER && !ColumnRules.isYear(column))
        || column.type() == ValueType.DECIMAL;
  }

  private static boolean isDecimal(Operand operand) {
    return operand.column().type() == ValueType.DECIMAL
        && !MysqlTypes.base(operand.column()).equals("bigint");
  }

  private Operand calculated(SqlCall call, Operator operator, Operand left, Operand right) {
    boolean dividing = operator == Operator.DIVIDE || operator == Operator.MODULO;
    boolean nullable = dividing || left.column().nullable() || right.column().nullable();
    if (operator == Operator.DIVIDE || isDecimal(left) || isDecimal(right)) {
      return decimal(call, operator, left, right, nullable);
    }
    return whole(operator, left, right, nullable);
  }

  /** DIV. */
  private Operand wholeDivision(SqlCall call) {
    Operand left = number(call, 0);
    Operand right = number(call, 1);
    if (isDecimal(left) || isDecimal(right)) {
      throw refusals.at(
          call, "DIV of a DECIMAL is not supported", "write TRUNCATE(a / b, 0) instead");
    }
    return whole(Operator.DIVIDE, left, right, true);
  }

  private static Operand whole(Operator operator, Operand left, Operand right, boolean nullable) {
    boolean leftUnsigned = MysqlTypes.isUnsigned(left.column());
    boolean unsigned =
        operator == Operator.MODULO
            ? leftUnsigned
            : leftUnsigned || MysqlTypes.isUnsigned(right.column());
    return new Operand(
        new Expr.Arithmetic(
            operator, unsigned ? Numbers.UNSIGNED : Numbers.SIGNED, left.expr(), right.expr()),
        unsigned
            ? ResultTypes.ofUnsigned("a calculation", nullable)
            : ResultTypes.ofInteger("a calculation", nullable),
        "a calculation");
  }

  private Operand modulo(SqlCall call) {
    calls.requireOperands(call, 2, 2);
    return calculated(call, Operator.MODULO, number(call, 0), number(call, 1));
  }

  private Operand decimal(
      SqlCall call, Operator operator, Operand left, Operand right, boolean nullable) {
    int a = wholeDigits(left.column());
    int b = wholeDigits(right.column());
    int scaleOfA = scale(left.column());
    int scaleOfB = scale(right.column());
    int larger = Math.max(left.digits(), right.digits());
    int whole;
    int scale;
    int digits;
    switch (operator) {
      case PLUS, MINUS -> {
        whole = Math.max(a, b) + 1;
        scale = Math.max(scaleOfA, scaleOfB);
        digits = larger;
      }
      case TIMES -> {
        whole = a + b;
        scale = scaleOfA + scaleOfB;
        digits = left.digits() + right.digits();
      }
      case DIVIDE -> {
        whole = a + right.digits() + 1;
        scale = scaleOfA + MORE_DIGITS;
        digits = Expr.Arithmetic.quotientDigits(left.digits(), right.digits());
      }
      default -> {
        whole = Math.max(a, b);
        scale = Math.max(scaleOfA, scaleOfB);
        digits = larger;
      }
    }
    if (scale > MOST_SCALE
        || digits > MOST_SCALE
        || !ResultTypes.fitsDecimal(whole, scale)
        || words(whole) + words(digits) > WORDS) {
      throw refusals.at(
          call,
          "the calculation may have more digits than MySQL has for a DECIMAL",
          "ROUND its operands, or CAST them to fewer digits");
    }
    boolean unsigned =
        MysqlTypes.isUnsigned(left.column())
            && (operator == Operator.MODULO || MysqlTypes.isUnsigned(right.column()));
    return new Operand(
        new Expr.Arithmetic(
            operator,
            unsigned ? Numbers.UNSIGNED_DECIMAL : Numbers.DECIMAL,
            left.expr(),
            right.expr()),
        ResultTypes.ofDecimal("a calculation", nullable, unsigned, whole, scale),
        "a calculation",
        digits);
  }

  private static int words(int digits) {
    return (digits + WORD - 1) / WORD;
  }

  private static int scale(Column column) {
    return column.type() == ValueType.DECIMAL ? MysqlTypes.scale(column) : 0;
  }

  /** The most digits before the point. */
  static int wholeDigits(Column column) {
    return switch (MysqlTypes.base(column)) {
      case "tinyint" -> 3;
      case "smallint" -> 5;
      case "mediumint" -> 8;
      case "int", "integer" -> 10;
      case "bigint" -> 20;
      default -> MysqlTypes.precision(column) - MysqlTypes.scale(column);
    };
  }

  private Operand negation(SqlCall call) {
    Operand operand = number(call, 0);
    if (!operand.usesColumns()) {
      throw refusals.at(
          call,
          "the negation of a calculation without columns is not supported: MySQL may give it"
              + " another type",
          "write its value");
    }
    Column column = operand.column();
    boolean decimal = isDecimal(operand);
    return new Operand(
        new Expr.Arithmetic(
            Operator.MINUS,
            decimal ? Numbers.DECIMAL : Numbers.SIGNED,
            new Expr.Literal(ValueType.INTEGER, 0L),
            operand.expr()),
        decimal
            ? ResultTypes.ofDecimal(
                "a calculation", column.nullable(), false, wholeDigits(column), scale(column))
            : ResultTypes.ofInteger("a calculation", column.nullable()),
        "a calculation",
        operand.digits());
  }

  /** The operand of a function, which is not a constant. */
  private Operand numberOf(SqlCall call) {
    Operand operand = calls.value(call, call.operand(0));
    if (!isNumber(operand.column())) {
      throw calls.refuse(
          call, operand.column(), operand.insteadOfDouble("take whole numbers and decimals"));
    }
    return operand;
  }

  private Operand absolute(SqlCall call) {
    calls.requireOperands(call, 1, 1);
    Operand number = numberOf(call);
    if (!isDecimal(number) && MysqlTypes.isUnsigned(number.column())) {
      return asLong(call, number);
    }
    return new Operand(
        new Expr.Call(Expr.Function.ABS, List.of(number.expr())),
        ResultTypes.chosen("ABS", List.of(number.column()), number.column().nullable()),
        "ABS",
        number.digits());
  }

  private Operand sign(SqlCall call) {
    calls.requireOperands(call, 1, 1);
    Operand number = numberOf(call);
    return new Operand(
        new Expr.Call(Expr.Function.SIGN, List.of(number.expr())),
        ResultTypes.ofInteger("SIGN", number.column().nullable()),
        "SIGN");
  }

  /** FLOOR or CEILING. */
  private Operand whole(SqlCall call, Expr.Function function) {
    calls.requireOperands(call, 1, 1);
    Operand number = numberOf(call);
    Column column = number.column();
    if (!isDecimal(number)) {
      return asLong(call, number);
    }
    if (wholeDigits(column) > LONG_DIGITS) {
      throw calls.refuse(
          call, column, "take a DECIMAL of at most " + LONG_DIGITS + " digits before the point");
    }
    return new Operand(
        new Expr.Call(function, List.of(number.expr())),
        ResultTypes.ofInteger(FunctionCalls.function(call), column.nullable()),
        FunctionCalls.function(call));
  }

  /** A number that a function leaves as it is; MySQL has whole numbers as BIGINT then. */
  private static Operand asLong(SqlCall call, Operand number) {
    Column column = number.column();
    String name = FunctionCalls.function(call);
    if (column.type() == ValueType.INTEGER && MysqlTypes.isUnsigned(column)) {
      return new Operand(
          new Expr.Scaled(number.expr(), 0, Expr.Digits.ROUNDED),
          ResultTypes.ofUnsigned(name, column.nullable()),
          name);
    }
    return new Operand(
        number.expr(),
        column.type() == ValueType.INTEGER
            ? ResultTypes.ofInteger(name, column.nullable())
            : ResultTypes.chosen(name, List.of(column), column.nullable()),
        name,
        number.digits());
  }

  /** ROUND or TRUNCATE. */
  private Operand rounded(SqlCall call, boolean cut) {
    calls.requireOperands(call, cut ? 2 : 1, 2);
    Operand number = numberOf(call);
    Column column = number.column();
    int scale = call.operandCount() < 2 ? 0 : digits(call);
    if (!isDecimal(number)) {
      return asLong(call, number);
    }
    if (scale > MysqlTypes.scale(column)) {
      throw calls.refuse(
          call, column, "round to at most the " + MysqlTypes.scale(column) + " digits of its type");
    }
    boolean carries = !cut && scale < MysqlTypes.scale(column);
    return new Operand(
        new Expr.Scaled(number.expr(), scale, cut ? Expr.Digits.CUT : Expr.Digits.ROUNDED),
        ResultTypes.ofDecimal(
            FunctionCalls.function(call),
            column.nullable(),
            false,
            wholeDigits(column) + (carries ? 1 : 0),
            scale),
        FunctionCalls.function(call));
  }

  private int digits(SqlCall call) {
    SqlNode node = call.operand(1);
    BigDecimal digits = Literals.isNumber(node) ? literals.number(node) : null;
    if (digits == null
        || digits.scale() > 0
        || digits.signum() < 0
        || digits.compareTo(BigDecimal.valueOf(MOST_SCALE)) > 0) {
      throw refusals.at(
          node,
          FunctionCalls.function(call)
              + " to other than a constant number of digits is not supported",
          "write a number from 0 to " + MOST_SCALE);
    }
    return digits.intValueExact();
  }
}
