package dev.freshet.flow.event;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.freshet.view.CanonicalTime;
import dev.freshet.view.Column;
import dev.freshet.view.ValueType;
import dev.freshet.view.form.BadForm;
import dev.freshet.view.form.Unicode;
import java.io.IOException;
import java.io.Serializable;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A column of a topic's events, and how its values are written in JSON:
 *
 * <ul>
 *   <li>BOOLEAN, which is an INTEGER of 1 bit: {@code true} or {@code false}
 *   <li>INTEGER and DECIMAL: a number, or a string with a number, because most JSON writers cannot
 *       write large numbers
 *   <li>DOUBLE: a number
 *   <li>STRING: a string
 *   <li>BYTES: base64
 *   <li>DATE: {@code 2026-01-31}
 *   <li>TIME: {@code 11:59:58.000001}
 *   <li>DATETIME: {@code 2026-01-31T11:59:58.000001}, or with a space for the {@code T}
 *   <li>TIMESTAMP: the same with {@code Z} or an offset such as {@code +01:00}
 * </ul>
 *
 * <p>A number that the column cannot hold exactly is refused. A time is cut to the column's digits.
 *
 * @param name the field's name; case matters
 * @param type the type of its values
 * @param precision INTEGER: its bits, which are 1, 8, 16, 32 or 64. DECIMAL: its digits. Times: the
 *     digits of the fraction of a second, up to 6. All others: 0
 * @param scale DECIMAL: the digits after the point. All others: 0
 * @param required whether each event has the field, with another value than NULL
 */
public record EventColumn(String name, ValueType type, int precision, int scale, boolean required)
    implements Serializable {
  private static final int MOST_DIGITS = 65;
  private static final int MOST_SCALE = 30;
  private static final int FRACTION_DIGITS = 6;

  /** A type of MySQL with its sizes, such as {@code decimal(10,2)}. */
  private static final Pattern TYPE = Pattern.compile("([a-z]+)(?:\\((\\d+)(?:,(\\d+))?\\))?");

  private static final Pattern NUMBER =
      Pattern.compile("-?\\d{1,80}(?:\\.\\d{1,80})?(?:[eE][+-]?\\d{1,3})?");
  private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
  private static final Pattern DATETIME =
      Pattern.compile(
          "(\\d{4}-\\d{2}-\\d{2})[T ](\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,9})?)"
              + "(Z|[+-]\\d{2}:\\d{2})?");

  public EventColumn {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(type, "type");
    boolean fits =
        switch (type) {
          case INTEGER ->
              precision == 1
                  || precision == Byte.SIZE
                  || precision == Short.SIZE
                  || precision == Integer.SIZE
                  || precision == Long.SIZE;
          case DECIMAL -> precision >= 1 && precision <= MOST_DIGITS;
          case TIME, DATETIME, TIMESTAMP -> precision >= 0 && precision <= FRACTION_DIGITS;
          case DOUBLE, STRING, BYTES, DATE -> precision == 0;
        };
    boolean scales =
        type == ValueType.DECIMAL
            ? scale >= 0 && scale <= Math.min(precision, MOST_SCALE)
            : scale == 0;
    if (!fits || !scales) {
      throw new IllegalArgumentException(
          "column %s: %s cannot have precision %d and scale %d"
              .formatted(name, type, precision, scale));
    }
  }

  /** A column that may be NULL. */
  public EventColumn(String name, ValueType type, int precision, int scale) {
    this(name, type, precision, scale, false);
  }

  /**
   * The column of a declared table of events.
   *
   * @throws IllegalArgumentException if events have no such type
   */
  public static EventColumn of(Column column) {
    Matcher type = TYPE.matcher(column.mysqlType());
    if (!type.matches()) {
      throw noType(column);
    }
    int precision = type.group(2) == null ? 0 : Integer.parseInt(type.group(2));
    int scale = type.group(3) == null ? 0 : Integer.parseInt(type.group(3));
    return switch (type.group(1)) {
      case "tinyint" -> of(column, 1, 0);
      case "int" -> of(column, Integer.SIZE, 0);
      case "bigint" -> of(column, Long.SIZE, 0);
      case "decimal", "datetime", "timestamp" -> of(column, precision, scale);
      case "double", "date", "longtext" -> of(column, 0, 0);
      default -> throw noType(column);
    };
  }

  private static EventColumn of(Column column, int precision, int scale) {
    return new EventColumn(column.name(), column.type(), precision, scale, !column.nullable());
  }

  private static IllegalArgumentException noType(Column column) {
    return new IllegalArgumentException(
        "column %s: events have no type %s".formatted(column.name(), column.mysqlType()));
  }

  /** A BOOLEAN. */
  public static EventColumn bool(String name) {
    return integer(name, 1);
  }

  /** An integer with a sign. */
  public static EventColumn integer(String name, int bits) {
    return new EventColumn(name, ValueType.INTEGER, bits, 0);
  }

  public static EventColumn decimal(String name, int digits, int scale) {
    return new EventColumn(name, ValueType.DECIMAL, digits, scale);
  }

  /** A TIMESTAMP whose seconds have a fraction of some digits. */
  public static EventColumn timestamp(String name, int digits) {
    return new EventColumn(name, ValueType.TIMESTAMP, digits, 0);
  }

  public static EventColumn text(String name) {
    return of(name, ValueType.STRING);
  }

  /** A column of a type that has neither precision nor scale. */
  public static EventColumn of(String name, ValueType type) {
    return new EventColumn(name, type, 0, 0);
  }

  /**
   * Reads the value at a parser's current token, which is not the start of an object or array.
   *
   * @return the canonical value; null for NULL
   * @throws BadForm if the column cannot hold it; its message completes a sentence that ends in
   *     "is", and has no part of the value
   * @throws IOException if the text is not JSON
   */
  Object read(JsonParser json) throws IOException, BadForm {
    JsonToken token = json.currentToken();
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    return switch (type) {
      case INTEGER -> precision == 1 ? truth(token) : (Object) integer(json);
      case DECIMAL -> number(json, "a number such as 12.50");
      case DOUBLE -> real(json);
      case STRING -> string(json, "a string");
      case BYTES -> bytes(string(json, "base64"));
      case DATE -> date(string(json, "a date such as \"2026-01-31\""));
      case TIME -> cut(time(string(json, "a time such as \"11:59:58\"")));
      case DATETIME -> cut(dateTime(string(json, "a time such as \"2026-01-31T11:59:58\"")));
      case TIMESTAMP -> cut(timestamp(string(json, "a time such as \"2026-01-31T11:59:58Z\"")));
    };
  }

  private static Long truth(JsonToken token) throws BadForm {
    return switch (token) {
      case VALUE_TRUE -> 1L;
      case VALUE_FALSE -> 0L;
      default -> throw new BadForm("not true or false");
    };
  }

  private Long integer(JsonParser json) throws IOException, BadForm {
    BigDecimal number = number(json, "an integer");
    if (number.unscaledValue().bitLength() >= precision) {
      throw new BadForm("beyond an integer of %d bits".formatted(precision));
    }
    return number.longValueExact();
  }

  /** Returns a number of the column's scale; INTEGER has any number of digits. */
  private BigDecimal number(JsonParser json, String form) throws IOException, BadForm {
    BigDecimal number = decimal(json, form);
    // Sizes as long numbers, and before the scale is set: an exponent may be anywhere in int.
    long whole = (long) number.precision() - number.scale();
    if (number.scale() > scale) {
      throw new BadForm(
          type == ValueType.INTEGER
              ? "not a whole number"
              : "a number with more than %d digits after the point".formatted(scale));
    }
    if (whole > (type == ValueType.INTEGER ? MOST_DIGITS : precision - scale)) {
      throw new BadForm(
          type == ValueType.INTEGER
              ? "beyond an integer of %d bits".formatted(precision)
              : "a number with more than %d digits before the point".formatted(precision - scale));
    }
    return number.setScale(scale);
  }

  /** Returns a number without zeros at its end. */
  private static BigDecimal decimal(JsonParser json, String form) throws IOException, BadForm {
    JsonToken token = json.currentToken();
    if (token != JsonToken.VALUE_STRING && !token.isNumeric()) {
      throw new BadForm("not " + form);
    }
    String text = json.getText();
    if (token == JsonToken.VALUE_STRING && !NUMBER.matcher(text).matches()) {
      throw new BadForm("not " + form);
    }
    try {
      return new BigDecimal(text).stripTrailingZeros();
    } catch (NumberFormatException e) {
      throw new BadForm("a number with too large an exponent");
    }
  }

  private static Double real(JsonParser json) throws IOException, BadForm {
    if (!json.currentToken().isNumeric()) {
      throw new BadForm("not a number such as 12.5");
    }
    double number = Double.parseDouble(json.getText());
    if (Double.isInfinite(number)) {
      throw new BadForm("beyond a DOUBLE");
    }
    return number == 0 ? 0.0 : number;
  }

  private static String string(JsonParser json, String form) throws IOException, BadForm {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw new BadForm("not " + form);
    }
    String text = json.getText();
    if (!Unicode.isValid(text)) {
      throw new BadForm("a text with half of a surrogate pair");
    }
    return text;
  }

  private static byte[] bytes(String text) throws BadForm {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new BadForm("not base64");
    }
  }

  private static Long date(String text) throws BadForm {
    if (!DATE.matcher(text).matches()) {
      throw new BadForm("not a date such as \"2026-01-31\"");
    }
    try {
      return checked(LocalDate.parse(text)).toEpochDay();
    } catch (DateTimeException e) {
      throw new BadForm("a day that no calendar has");
    }
  }

  private static long time(String text) throws BadForm {
    try {
      return CanonicalTime.timeMicros(text);
    } catch (IllegalArgumentException e) {
      throw new BadForm("not a time such as \"11:59:58\"");
    }
  }

  private static long dateTime(String text) throws BadForm {
    Matcher matcher = DATETIME.matcher(text);
    if (!matcher.matches() || matcher.group(3) != null) {
      throw new BadForm("not a time without a zone such as \"2026-01-31T11:59:58\"");
    }
    return CanonicalTime.micros(local(matcher));
  }

  private static long timestamp(String text) throws BadForm {
    Matcher matcher = DATETIME.matcher(text);
    if (!matcher.matches() || matcher.group(3) == null) {
      throw new BadForm("not a time with a zone such as \"2026-01-31T11:59:58Z\"");
    }
    try {
      return CanonicalTime.micros(local(matcher).toInstant(ZoneOffset.of(matcher.group(3))));
    } catch (DateTimeException e) {
      throw new BadForm("a time with an offset that no zone has");
    }
  }

  private static LocalDateTime local(Matcher matcher) throws BadForm {
    try {
      LocalDateTime time = LocalDateTime.parse(matcher.group(1) + "T" + matcher.group(2));
      checked(time.toLocalDate());
      return time;
    } catch (DateTimeException e) {
      throw new BadForm("a time that no calendar has");
    }
  }

  /** Refuses the year 0, which SQL does not have. */
  private static LocalDate checked(LocalDate date) {
    if (date.getYear() < 1) {
      throw new DateTimeException("year " + date.getYear());
    }
    return date;
  }

  private Long cut(long micros) {
    long unit = 1;
    for (int i = precision; i < FRACTION_DIGITS; i++) {
      unit *= 10;
    }
    return micros - Math.floorMod(micros, unit);
  }
}
