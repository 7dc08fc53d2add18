package dev.freshet.view.declare;

import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.ValueType;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;

/** Translates CAST, where no value changes except by rounding. */
final class Casts {
  /** The digits with which a number is within BIGINT after it was rounded. */
  private static final int LONG_DIGITS = 17;

  private final Refusals refusals;
  private final FunctionCalls calls;
  private final DateFunctions dateFunctions;

  Casts(Refusals refusals, FunctionCalls calls, DateFunctions dateFunctions) {
    this.refusals = refusals;
    this.calls = calls;
    this.dateFunctions = dateFunctions;
  }

  Operand of(SqlCall call) {
    Operand operand = calls.value(call, call.operand(0));
    SqlDataTypeSpec type = call.operand(1);
    String name = type.getTypeName().toString().toUpperCase(Locale.ROOT);
    boolean bare =
        !(type.getTypeNameSpec() instanceof SqlBasicTypeNameSpec basic) || basic.getPrecision() < 0;
    return switch (bare ? name : name + "()") {
      case "DATE" -> dateFunctions.date(call, operand);
      case "DATETIME" -> dateFunctions.dateTime(call, operand);
      case "SIGNED" -> signed(call, operand);
      case "CHAR" -> text(call, operand);
      case "DECIMAL()" -> decimal(call, operand, (SqlBasicTypeNameSpec) type.getTypeNameSpec());
      default ->
          throw refusals.at(
              call,
              FunctionCalls.function(call) + " AS " + name + " is not supported",
              "take SIGNED, DECIMAL(p, s), CHAR, DATE or DATETIME, or add a STORED generated column for"
                  + " it to the table");
    };
  }

  private Column number(SqlCall call, Operand operand) {
    if (!Calculations.isNumber(operand.column())) {
      throw calls.refuse(
          call, operand.column(), operand.insteadOfDouble("take whole numbers and decimals"));
    }
    return operand.column();
  }

  private Operand signed(SqlCall call, Operand operand) {
    Column column = number(call, operand);
    Column type = ResultTypes.ofInteger("CAST", column.nullable());
    if (column.type() == ValueType.INTEGER) {
      return new Operand(operand.expr(), type, "CAST");
    }
    if (Calculations.wholeDigits(column) > LONG_DIGITS) {
      throw calls.refuse(
          call, column, "take numbers of at most " + LONG_DIGITS + " digits before the point");
    }
    Expr rounded = new Expr.Scaled(operand.expr(), 0, Expr.Digits.ROUNDED);
    return new Operand(new Expr.Call(Expr.Function.FLOOR, List.of(rounded)), type, "CAST");
  }

  private Operand decimal(SqlCall call, Operand operand, SqlBasicTypeNameSpec type) {
    Column column = number(call, operand);
    int scale = Math.max(0, type.getScale());
    int whole = type.getPrecision() - scale;
    boolean rounds = scale < operand.digits();
    if (Calculations.wholeDigits(column) + (rounds ? 1 : 0) > whole || scale > 30) {
      throw calls.refuse(
          call, column, "take a DECIMAL that holds all digits before the point, and a carry");
    }
    return new Operand(
        new Expr.Scaled(operand.expr(), scale, Expr.Digits.ROUNDED),
        ResultTypes.ofDecimal("CAST", column.nullable(), false, whole, scale),
        "CAST");
  }

  private Operand text(SqlCall call, Operand operand) {
    Column column = number(call, operand);
    if (operand.digits() > 0 && !operand.isColumn() && !(operand.expr() instanceof Expr.Scaled)) {
      throw calls.refuse(call, column, "write ROUND(..., n) around it, with n digits");
    }
    if (MysqlTypes.isZerofill(column)) {
      throw calls.refuse(call, column, "MySQL fills the number with zeros; select it alone");
    }
    Column text = ResultTypes.ofText("CAST", 0, true);
    return new Operand(
        new Expr.Call(Expr.Function.NUMBER_TEXT, List.of(operand.expr())),
        ResultTypes.ofNumberText(
            new Column("CAST", column.type(), true, column.mysqlType(), ""), text.collation()),
        "CAST");
  }
}
