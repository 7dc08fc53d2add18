package dev.freshet.flow.binlog;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Prints doubles as MySQL prints those of a JSON value. */
final class JsonNumbers {
  /** Enough decimal digits to tell any two doubles apart. */
  private static final int MOST_DIGITS = 17;

  /** Numbers with their point further left have an exponent. */
  private static final int FIRST_POINT = -14;

  /** Whole numbers with their point further right have an exponent. */
  private static final int LAST_POINT = 15;

  private JsonNumbers() {}

  /** Prints a finite number with the fewest digits that identify it. */
  static String print(double number) {
    String sign = Double.doubleToRawLongBits(number) < 0 ? "-" : "";
    if (number == 0) {
      return sign + "0.0";
    }
    BigDecimal shortest = shortest(Math.abs(number));
    String digits = shortest.unscaledValue().toString();
    int point = digits.length() - shortest.scale();
    if (point < FIRST_POINT || (point > LAST_POINT && point >= digits.length())) {
      String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
      return sign + digits.charAt(0) + fraction + "e" + (point - 1);
    }
    if (point <= 0) {
      return sign + "0." + "0".repeat(-point) + digits;
    }
    return point >= digits.length()
        ? sign + digits + "0".repeat(point - digits.length()) + ".0"
        : sign + digits.substring(0, point) + "." + digits.substring(point);
  }

  /**
   * {@link Double#toString} of Java 17 has sometimes more digits than are needed. Rounding to the
   * nearest may leave the number's own range where this is narrower below than above, so the next
   * number above is tried too.
   */
  private static BigDecimal shortest(double number) {
    BigDecimal exact = new BigDecimal(number);
    for (int digits = 1; digits < MOST_DIGITS; digits++) {
      for (RoundingMode mode : new RoundingMode[] {RoundingMode.HALF_EVEN, RoundingMode.CEILING}) {
        BigDecimal rounded = exact.round(new MathContext(digits, mode));
        if (rounded.doubleValue() == number) {
          return rounded.stripTrailingZeros();
        }
      }
    }
    return exact.round(new MathContext(MOST_DIGITS, RoundingMode.HALF_EVEN)).stripTrailingZeros();
  }
}
