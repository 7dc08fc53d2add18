package dev.freshet.view.expr;

import dev.freshet.view.ValueType;
import dev.freshet.view.collation.Collation;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Comparator;

/**
 * Compares two canonical, non-null values of one type and collation as MySQL does. The store sorts
 * by the same order.
 */
@FunctionalInterface
public interface ValueOrder extends Comparator<Object> {
  /**
   * The order of the values of a type.
   *
   * @param collation the collation of a text: a {@link Collation}, or one that ends in {@code
   *     _bin}. {@code utf8mb4_0900_bin} compares code points; the others also ignore trailing
   *     spaces, and only their equality matches MySQL's
   */
  static ValueOrder of(ValueType type, String collation) {
    return switch (type) {
      case INTEGER, DATE, TIME, DATETIME, TIMESTAMP -> (a, b) -> Long.compare((Long) a, (Long) b);
      case DECIMAL -> (a, b) -> ((BigDecimal) a).compareTo((BigDecimal) b);
      case DOUBLE -> (a, b) -> numbers((Double) a, (Double) b);
      case BYTES -> (a, b) -> Arrays.compareUnsigned((byte[]) a, (byte[]) b);
      case STRING ->
          Collation.of(collation)
              .<ValueOrder>map(weights -> (a, b) -> weights.compare((String) a, (String) b))
              .orElseGet(() -> ofBytes(collation));
    };
  }

  private static ValueOrder ofBytes(String collation) {
    boolean padded = !collation.equals("utf8mb4_0900_bin");
    return (a, b) -> text((String) a, (String) b, padded);
  }

  /** Unlike {@link Double#compare}, takes 0.0 and -0.0 as equal. */
  private static int numbers(double a, double b) {
    return a < b ? -1 : a > b ? 1 : 0;
  }

  /** Compares code points, which is the order of UTF-8's bytes. */
  private static int text(String a, String b, boolean padded) {
    int lengthA = padded ? lengthWithoutSpaces(a) : a.length();
    int lengthB = padded ? lengthWithoutSpaces(b) : b.length();
    int common = Math.min(lengthA, lengthB);
    for (int i = 0; i < common; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        // A surrogate belongs to a code point above all code points of one char.
        boolean high = Character.isSurrogate(x);
        return high == Character.isSurrogate(y) ? Character.compare(x, y) : high ? 1 : -1;
      }
    }
    return Integer.compare(lengthA, lengthB);
  }

  private static int lengthWithoutSpaces(String text) {
    int length = text.length();
    while (length > 0 && text.charAt(length - 1) == ' ') {
      length--;
    }
    return length;
  }
}
