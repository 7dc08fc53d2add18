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
   * @param collation the collation of a text: a {@link Collation}; all others compare code points
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
              .orElse((a, b) -> codePoints((String) a, (String) b));
    };
  }

  /** Unlike {@link Double#compare}, takes 0.0 and -0.0 as equal. */
  private static int numbers(double a, double b) {
    return a < b ? -1 : a > b ? 1 : 0;
  }

  /** The order of code points is that of UTF-8's bytes. */
  private static int codePoints(String a, String b) {
    int common = Math.min(a.length(), b.length());
    for (int i = 0; i < common; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        // A surrogate belongs to a code point above all code points of one char.
        boolean high = Character.isSurrogate(x);
        return high == Character.isSurrogate(y) ? Character.compare(x, y) : high ? 1 : -1;
      }
    }
    return Integer.compare(a.length(), b.length());
  }
}
