package dev.freshet.view.expr;

import dev.freshet.view.ValueType;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Comparator;

/**
 * How MySQL compares two canonical values, neither NULL, of one type and collation. It is also the
 * order that the store sorts by.
 */
@FunctionalInterface
public interface ValueOrder extends Comparator<Object> {
  /**
   * The order of a type's values.
   *
   * @param collation of text: {@code utf8mb4_0900_bin} compares as it stands; others that end in
   *     {@code _bin} ignore trailing spaces and are fit for equality alone
   */
  static ValueOrder of(ValueType type, String collation) {
    return switch (type) {
      case INTEGER, DATE, TIME, DATETIME, TIMESTAMP -> (a, b) -> Long.compare((Long) a, (Long) b);
      case DECIMAL -> (a, b) -> ((BigDecimal) a).compareTo((BigDecimal) b);
      case DOUBLE -> (a, b) -> Double.compare((Double) a, (Double) b);
      case BYTES -> (a, b) -> Arrays.compareUnsigned((byte[]) a, (byte[]) b);
      case STRING -> {
        boolean padded = !collation.equals("utf8mb4_0900_bin");
        yield (a, b) -> text((String) a, (String) b, padded);
      }
    };
  }

  /** Compares by code points, which is the order of the bytes of UTF-8. */
  private static int text(String a, String b, boolean padded) {
    int lengthA = padded ? lengthWithoutSpaces(a) : a.length();
    int lengthB = padded ? lengthWithoutSpaces(b) : b.length();
    int common = Math.min(lengthA, lengthB);
    for (int i = 0; i < common; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        // Surrogates stand for code points above all other characters.
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
