package dev.freshet.view.expr;

import dev.freshet.view.Expr;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** MySQL's functions over values in canonical form, none of which is NULL. */
final class Functions {
  private Functions() {}

  /** Returns what computes a function from its operands. */
  static Function<Object[], Object> of(Expr.Function function) {
    return switch (function) {
      case LEAST -> operands -> extreme(operands, -1);
      case GREATEST -> operands -> extreme(operands, 1);
      case ABS -> operands -> absolute(operands[0]);
      case FLOOR -> operands -> whole((BigDecimal) operands[0], RoundingMode.FLOOR);
      case CEILING -> operands -> whole((BigDecimal) operands[0], RoundingMode.CEILING);
      case SIGN -> operands -> (long) Calculation.decimal(operands[0]).signum();
      case CHARACTERS -> operands -> characters((String) operands[0]);
      case UTF8_BYTES ->
          operands -> (long) ((String) operands[0]).getBytes(StandardCharsets.UTF_8).length;
      case BYTES -> operands -> (long) ((byte[]) operands[0]).length;
      case SUBSTRING -> Functions::substring;
    };
  }

  private static Object extreme(Object[] operands, int sign) {
    Object extreme = operands[0];
    for (Object operand : operands) {
      extreme = compare(operand, extreme) * sign > 0 ? operand : extreme;
    }
    return extreme;
  }

  private static int compare(Object one, Object other) {
    return one instanceof BigDecimal decimal
        ? decimal.compareTo((BigDecimal) other)
        : Long.compare((Long) one, (Long) other);
  }

  /** Throws an ArithmeticException for the least BIGINT, where MySQL has an error. */
  private static Object absolute(Object number) {
    if (number instanceof BigDecimal decimal) {
      return decimal.abs();
    }
    return Math.absExact((Long) number);
  }

  private static long whole(BigDecimal number, RoundingMode rounding) {
    return number.setScale(0, rounding).longValueExact();
  }

  private static long characters(String text) {
    return text.codePointCount(0, text.length());
  }

  private static String substring(Object[] operands) {
    String text = (String) operands[0];
    long position = (Long) operands[1];
    long most = operands.length < 3 ? Long.MAX_VALUE : (Long) operands[2];
    long length = characters(text);
    long first = position < 0 ? length + position : position - 1;
    if (most <= 0 || first < 0 || first >= length) {
      return "";
    }
    long count = Math.min(most, length - first);
    int begin = text.offsetByCodePoints(0, (int) first);
    return text.substring(begin, text.offsetByCodePoints(begin, (int) count));
  }
}
