package dev.freshet.view.declare;

import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.Expr.Numbers;
import dev.freshet.view.Expr.Operator;
import dev.freshet.view.ValueType;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.calcite.avatica.util.TimeUnit;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIntervalLiteral;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;

/**
 * Accepts or refuses the calls of date functions, such as DATE_SUB and DATEDIFF, and translates
 * accepted calls into expressions. The package {@code dev.freshet.view.expr} computes them.
 */
final class DateFunctions {
  static final Set<String> FUNCTIONS =
      Set.of(
          "DATE",
          "YEAR",
          "MONTH",
          "DAY",
          "DAYOFMONTH",
          "DATEDIFF",
          "DATE_ADD",
          "DATE_SUB",
          "+ INTERVAL",
          "- INTERVAL",
          "UNIX_TIMESTAMP");

  private static final long MICROS_PER_SECOND = 1_000_000L;
  private static final long MICROS_PER_DAY = 86_400 * MICROS_PER_SECOND;

  /** The digits before the point that MySQL has for UNIX_TIMESTAMP. */
  private static final int SECONDS_DIGITS = 13;

  /** A number of at most six digits. */
  private static final Pattern AMOUNT = Pattern.compile("-?\\d{1,6}");

  private static final Set<TimeUnit> UNITS =
      Set.of(
          TimeUnit.YEAR,
          TimeUnit.MONTH,
          TimeUnit.DAY,
          TimeUnit.HOUR,
          TimeUnit.MINUTE,
          TimeUnit.SECOND);

  private final Refusals refusals;
  private final Literals literals;
  private final FunctionCalls calls;

  DateFunctions(Refusals refusals, FunctionCalls calls) {
    this.refusals = refusals;
    this.literals = new Literals(refusals);
    this.calls = calls;
  }

  /** Translates a call of one of the {@link #FUNCTIONS}. */
  Operand of(SqlCall call) {
    return switch (FunctionCalls.function(call)) {
      case "YEAR" -> part(call, Expr.Function.YEAR);
      case "MONTH" -> part(call, Expr.Function.MONTH);
      case "DAY", "DAYOFMONTH" -> part(call, Expr.Function.DAY);
      case "DATE" -> {
        calls.requireOperands(call, 1, 1);
        yield date(call, calls.value(call, call.operand(0)));
      }
      case "DATEDIFF" -> difference(call);
      case "UNIX_TIMESTAMP" -> seconds(call);
      case "DATE_ADD", "+ INTERVAL" -> moved(call, 1);
      default -> moved(call, -1);
    };
  }

  /** Whether a node adds an interval to a date, or subtracts it, by an operator. */
  static boolean isMove(SqlNode node) {
    return (node.getKind() == SqlKind.PLUS || node.getKind() == SqlKind.MINUS)
        && ((SqlCall) node).getOperandList().stream().anyMatch(DateFunctions::isInterval);
  }

  private static boolean isInterval(SqlNode node) {
    return node instanceof SqlIntervalLiteral || node.getKind() == SqlKind.INTERVAL;
  }

  /** A DATE or DATETIME that is not a constant. */
  private Operand time(SqlCall call, int index) {
    return time(call, calls.value(call, call.operand(index)));
  }

  private Operand time(SqlCall call, Operand operand) {
    Column column = operand.column();
    if (column.type() == ValueType.TIMESTAMP) {
      throw calls.refuse(
          call, column, "it depends on the session's time zone; take a DATETIME column");
    }
    if (column.type() != ValueType.DATE && column.type() != ValueType.DATETIME) {
      throw calls.refuse(call, column, "take a DATE or DATETIME");
    }
    return operand;
  }

  /** The day of a DATE or DATETIME. */
  private static Expr day(Operand time) {
    return time.column().type() == ValueType.DATE
        ? time.expr()
        : new Expr.Call(Expr.Function.DAY_OF_DATETIME, List.of(time.expr()));
  }

  /** CAST to DATE, or DATE. */
  Operand date(SqlCall call, Operand operand) {
    String name = FunctionCalls.function(call);
    return new Operand(
        day(time(call, operand)), new Column(name, ValueType.DATE, true, "date", ""), name);
  }

  /** UNIX_TIMESTAMP of a TIMESTAMP, which does not depend on the session's time zone. */
  private Operand seconds(SqlCall call) {
    calls.requireOperands(call, 1, 1);
    Operand time = calls.value(call, call.operand(0));
    if (time.column().type() != ValueType.TIMESTAMP) {
      throw calls.refuse(
          call, time.column(), "it depends on the session's time zone; take a TIMESTAMP column");
    }
    String name = FunctionCalls.function(call);
    int digits = MysqlTypes.length(time.column(), 0);
    Expr seconds = new Expr.Call(Expr.Function.SECONDS, List.of(time.expr()));
    return digits == 0
        ? new Operand(
            new Expr.Call(Expr.Function.FLOOR, List.of(seconds)),
            ResultTypes.ofInteger(name, true),
            name)
        : new Operand(
            new Expr.Scaled(seconds, digits, Expr.Digits.CUT),
            ResultTypes.ofDecimal(name, true, false, SECONDS_DIGITS, digits),
            name);
  }

  /** CAST to DATETIME. */
  Operand dateTime(SqlCall call, Operand operand) {
    time(call, operand);
    if (MysqlTypes.length(operand.column(), 0) > 0) {
      throw calls.refuse(call, operand.column(), "take a DATE or DATETIME without a fraction");
    }
    return new Operand(
        micros(operand), new Column("CAST", ValueType.DATETIME, true, "datetime", ""), "CAST");
  }

  private static Expr micros(Operand time) {
    return time.column().type() == ValueType.DATETIME
        ? time.expr()
        : new Expr.Arithmetic(Operator.TIMES, Numbers.SIGNED, time.expr(), number(MICROS_PER_DAY));
  }

  private static Expr number(long value) {
    return new Expr.Literal(ValueType.INTEGER, value);
  }

  private Operand part(SqlCall call, Expr.Function function) {
    calls.requireOperands(call, 1, 1);
    String name = FunctionCalls.function(call);
    return new Operand(
        new Expr.Call(function, List.of(day(time(call, 0)))),
        ResultTypes.ofInteger(name, true),
        name);
  }

  private Operand difference(SqlCall call) {
    calls.requireOperands(call, 2, 2);
    return new Operand(
        new Expr.Arithmetic(Operator.MINUS, Numbers.SIGNED, day(time(call, 0)), day(time(call, 1))),
        ResultTypes.ofInteger("DATEDIFF", true),
        "DATEDIFF");
  }

  /** DATE_ADD or DATE_SUB, which MySQL makes of the operators as well. */
  private Operand moved(SqlCall call, int sign) {
    calls.requireOperands(call, 2, 2);
    if (isInterval(call.operand(0))) {
      throw refusals.at(
          call,
          "INTERVAL in front of a date is not supported",
          "write the date first, as in a + INTERVAL 1 DAY; MySQL adds an interval in front to all that follows it");
    }
    Operand time = time(call, 0);
    TimeUnit unit = unit(call);
    long amount = sign * amount(call);
    boolean isDate = time.column().type() == ValueType.DATE;
    String name = FunctionCalls.function(call);
    return switch (unit) {
      case YEAR, MONTH -> {
        long months = unit == TimeUnit.YEAR ? Math.multiplyExact(12, amount) : amount;
        yield new Operand(
            new Expr.Call(
                isDate ? Expr.Function.ADD_MONTHS : Expr.Function.ADD_MONTHS_TO_DATETIME,
                List.of(time.expr(), number(months))),
            named(name, time.column()),
            name);
      }
      case DAY ->
          new Operand(
              isDate
                  ? new Expr.Call(Expr.Function.ADD_DAYS, List.of(time.expr(), number(amount)))
                  : micros(time.expr(), Math.multiplyExact(amount, MICROS_PER_DAY)),
              named(name, time.column()),
              name);
      default ->
          new Operand(
              micros(
                  micros(time),
                  amount * unit.multiplier.longValueExact() / 1000 * MICROS_PER_SECOND),
              isDate
                  ? new Column(name, ValueType.DATETIME, true, "datetime", "")
                  : named(name, time.column()),
              name);
    };
  }

  private static Expr micros(Expr time, long amount) {
    return new Expr.Call(Expr.Function.ADD_MICROS, List.of(time, number(amount)));
  }

  /** The type of a time that may become NULL. */
  private static Column named(String name, Column column) {
    return new Column(name, column.type(), true, column.mysqlType(), "");
  }

  private TimeUnit unit(SqlCall call) {
    SqlIntervalQualifier qualifier =
        call.operand(1) instanceof SqlIntervalLiteral literal
            ? literal.getValueAs(SqlIntervalLiteral.IntervalValue.class).getIntervalQualifier()
            : call.operand(1).getKind() == SqlKind.INTERVAL
                ? ((SqlCall) call.operand(1)).operand(1)
                : null;
    if (qualifier == null
        || !qualifier.isSingleDatetimeField()
        || !UNITS.contains(qualifier.getUnit())) {
      throw refuseInterval(call);
    }
    return qualifier.getUnit();
  }

  private long amount(SqlCall call) {
    String text = "";
    if (call.operand(1) instanceof SqlIntervalLiteral literal) {
      SqlIntervalLiteral.IntervalValue value =
          literal.getValueAs(SqlIntervalLiteral.IntervalValue.class);
      text = (value.getSign() < 0 ? "-" : "") + value.getIntervalLiteral();
    } else {
      SqlNode amount = ((SqlCall) call.operand(1)).operand(0);
      text = Literals.isNumber(amount) ? literals.number(amount).toPlainString() : "";
    }
    if (!AMOUNT.matcher(text).matches()) {
      throw refuseInterval(call);
    }
    return Long.parseLong(text);
  }

  private ViewException refuseInterval(SqlCall call) {
    return refusals.at(
        call,
        FunctionCalls.function(call) + " of this interval is not supported",
        "write one like INTERVAL 7 DAY: a constant of at most six digits, and YEAR, MONTH, DAY,"
            + " HOUR, MINUTE or SECOND; for an interval of a column, "
            + Constructs.GENERATED);
  }
}
