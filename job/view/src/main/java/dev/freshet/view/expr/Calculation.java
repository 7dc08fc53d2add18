package dev.freshet.view.expr;

import dev.freshet.view.Expr;
import dev.freshet.view.Expr.Numbers;
import dev.freshet.view.Expr.Operator;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.function.BinaryOperator;

/**
 * MySQL's arithmetic with whole numbers ({@link Long}, or {@link BigDecimal} of scale 0 for BIGINT
 * UNSIGNED) and decimals.
 *
 * <p>The scale of a decimal is the number of digits that MySQL has in the place of this value,
 * which may be more than the result's type has: a quotient is cut off after a multiple of nine
 * digits, and rounded to its type when it is shown. Throws an {@link ArithmeticException} where
 * MySQL has an error, because a whole number is beyond its range.
 */
final class Calculation {
  private static final BigInteger LEAST_SIGNED = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MOST_SIGNED = BigInteger.valueOf(Long.MAX_VALUE);
  private static final BigInteger MOST_UNSIGNED =
      BigInteger.TWO.pow(Long.SIZE).subtract(BigInteger.ONE);

  private static final String BEYOND = "a whole number is beyond BIGINT";

  private Calculation() {}

  /** Returns what calculates with two operands, neither of which is NULL. */
  static BinaryOperator<Object> of(Operator operator, Numbers numbers) {
    return switch (numbers) {
      case SIGNED -> (a, b) -> signed(operator, a, b);
      case UNSIGNED -> (a, b) -> unsigned(operator, a, b);
      case DECIMAL -> (a, b) -> decimal(operator, decimal(a), decimal(b));
      case UNSIGNED_DECIMAL -> (a, b) -> notNegative(decimal(operator, decimal(a), decimal(b)));
    };
  }

  /** A whole number or decimal with exactly so many digits after the point; null for null. */
  static BigDecimal scaled(Object number, int scale, RoundingMode rounding) {
    return number == null ? null : decimal(number).setScale(scale, rounding);
  }

  /** A whole number or decimal as a decimal. */
  static BigDecimal decimal(Object number) {
    return number instanceof Long whole ? BigDecimal.valueOf(whole) : (BigDecimal) number;
  }

  private static Long signed(Operator operator, Object left, Object right) {
    if (left instanceof Long a && right instanceof Long b) {
      return signed(operator, (long) a, (long) b);
    }
    BigInteger result = whole(operator, left, right);
    return result == null
        ? null
        : Long.valueOf(within(result, LEAST_SIGNED, MOST_SIGNED).longValueExact());
  }

  private static Long signed(Operator operator, long a, long b) {
    return switch (operator) {
      case PLUS -> Math.addExact(a, b);
      case MINUS -> Math.subtractExact(a, b);
      case TIMES -> product(a, b);
      case DIVIDE -> b == 0 ? null : Long.valueOf(divided(a, b));
      case MODULO -> b == 0 ? null : Long.valueOf(a % b);
    };
  }

  /** Only 1 times the least BIGINT is the least BIGINT in MySQL. */
  private static long product(long a, long b) {
    long product = Math.multiplyExact(a, b);
    if (product == Long.MIN_VALUE && a != 1 && b != 1) {
      throw new ArithmeticException(BEYOND);
    }
    return product;
  }

  /** MySQL does not divide the least BIGINT by 1. */
  private static long divided(long a, long b) {
    if (a == Long.MIN_VALUE && Math.abs(b) == 1) {
      throw new ArithmeticException(BEYOND);
    }
    return a / b;
  }

  private static BigDecimal unsigned(Operator operator, Object left, Object right) {
    BigInteger result = whole(operator, left, right);
    return result == null ? null : new BigDecimal(within(result, BigInteger.ZERO, MOST_UNSIGNED));
  }

  private static BigInteger whole(Operator operator, Object left, Object right) {
    BigInteger a = decimal(left).toBigIntegerExact();
    BigInteger b = decimal(right).toBigIntegerExact();
    return switch (operator) {
      case PLUS -> a.add(b);
      case MINUS -> a.subtract(b);
      case TIMES -> a.multiply(b);
      case DIVIDE -> b.signum() == 0 ? null : a.divide(b);
      case MODULO -> b.signum() == 0 ? null : a.remainder(b);
    };
  }

  private static BigInteger within(BigInteger number, BigInteger least, BigInteger most) {
    if (number.compareTo(least) < 0 || number.compareTo(most) > 0) {
      throw new ArithmeticException(BEYOND);
    }
    return number;
  }

  private static BigDecimal notNegative(BigDecimal number) {
    if (number != null && number.signum() < 0) {
      throw new ArithmeticException("a number is below DECIMAL UNSIGNED");
    }
    return number;
  }

  private static BigDecimal decimal(Operator operator, BigDecimal a, BigDecimal b) {
    return switch (operator) {
      case PLUS -> sum(a, b);
      case MINUS -> sum(a, b.negate());
      case TIMES -> withoutZeros(a.multiply(b));
      case DIVIDE -> b.signum() == 0 ? null : quotient(a, b);
      case MODULO -> b.signum() == 0 ? null : remainder(a, b);
    };
  }

  /** Zero has no digits where MySQL takes one number from an equal one. */
  private static BigDecimal sum(BigDecimal a, BigDecimal b) {
    return a.signum() == 0 ? a.add(b) : withoutZeros(a.add(b));
  }

  private static BigDecimal withoutZeros(BigDecimal number) {
    return number.signum() == 0 ? BigDecimal.ZERO : number;
  }

  private static BigDecimal remainder(BigDecimal a, BigDecimal b) {
    return withoutZeros(a.remainder(b).setScale(Math.max(a.scale(), b.scale())));
  }

  private static BigDecimal quotient(BigDecimal a, BigDecimal b) {
    int digits = Expr.Arithmetic.quotientDigits(a.scale(), b.scale());
    return withoutZeros(a.divide(b, digits, RoundingMode.DOWN));
  }
}
