package dev.freshet.view.event;

import dev.freshet.view.ValueType;
import dev.freshet.view.expr.ValueOrder;
import dev.freshet.view.form.Unicode;
import java.math.BigDecimal;
import java.util.Comparator;

/** Checks and orders the values of events, so that equal states have equal bytes. */
final class Canonical {
  /** The largest number of digits of a DECIMAL. */
  static final int MOST_DIGITS = 65;

  /** The largest number of digits after the point of a DECIMAL. */
  static final int MOST_SCALE = 30;

  private Canonical() {}

  /**
   * Returns a value, with -0.0 as 0.0 and without negative scales.
   *
   * @param value null for NULL
   * @throws IllegalArgumentException if the value is not of the type, is NaN or infinite, has more
   *     digits than a DECIMAL, or is a text that no encoding has
   */
  static Object value(ValueType type, Object value) {
    if (value == null) {
      return null;
    }
    if (!type.holds(value)) {
      throw new IllegalArgumentException(
          "a value of class " + value.getClass().getSimpleName() + " is not a " + type);
    }
    return switch (type) {
      case DOUBLE -> finite((Double) value);
      case DECIMAL -> bounded((BigDecimal) value);
      case STRING -> text((String) value);
      case INTEGER, BYTES, DATE, TIME, DATETIME, TIMESTAMP -> value;
    };
  }

  /** Returns a text. Throws an IllegalArgumentException if it has half of a surrogate pair. */
  static String text(String text) {
    if (!Unicode.isValid(text)) {
      throw new IllegalArgumentException("a text with half of a surrogate pair");
    }
    return text;
  }

  private static Double finite(double number) {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      throw new IllegalArgumentException(number + " is not a number of SQL");
    }
    return number == 0 ? 0.0 : number;
  }

  private static BigDecimal bounded(BigDecimal number) {
    // As long numbers: a scale may be anywhere in int.
    long whole = (long) number.precision() - number.scale();
    if (number.precision() > MOST_DIGITS || number.scale() > MOST_SCALE || whole > MOST_DIGITS) {
      throw new IllegalArgumentException(
          "a decimal with more than %d digits, or more than %d after the point"
              .formatted(MOST_DIGITS, MOST_SCALE));
    }
    return number.scale() < 0 ? number.setScale(0) : number;
  }

  /**
   * The order of a type's values as in comparisons, NULL first. Texts have no collation: their code
   * points are compared.
   */
  static Comparator<Object> comparison(ValueType type) {
    return Comparator.nullsFirst(ValueOrder.of(type, ""));
  }

  /** Like {@link #comparison}, but values are equal only if their bytes are: 1.0 is below 1.00. */
  static Comparator<Object> content(ValueType type) {
    return type == ValueType.DECIMAL
        ? Comparator.nullsFirst(
            ValueOrder.of(type, "").thenComparingInt(number -> ((BigDecimal) number).scale()))
        : comparison(type);
  }
}
