package dev.freshet.view.form;

import dev.freshet.view.CharacterSets;
import dev.freshet.view.Column;
import dev.freshet.view.Members;
import dev.freshet.view.ValueType;
import dev.freshet.view.declare.MysqlTypes;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Prints and parses canonical values (see {@link ValueType}) as text. This form is used in URL
 * paths, in cursors, and in answers for values that are not JSON numbers. {@link #parse} is the
 * inverse of {@link #print}.
 *
 * <ul>
 *   <li>INTEGER: decimal digits, {@code -} in front when negative
 *   <li>DOUBLE: as {@link Double#toString} has it
 *   <li>DECIMAL: all digits of the column's scale, no exponent
 *   <li>STRING: itself; only valid Unicode is parsed
 *   <li>BYTES: base64url without padding
 *   <li>DATE: {@code 2026-01-31}
 *   <li>TIME: {@code -838:59:59.000000}, fraction as declared
 *   <li>DATETIME: {@code 2026-01-31T11:59:58.000001}, fraction as declared, no zone
 *   <li>TIMESTAMP: the same in UTC, with {@code Z}
 * </ul>
 */
public final class TextForm {
  private static final long SECOND = 1_000_000L;
  private static final Pattern INTEGER = Pattern.compile("0|-?[1-9]\\d{0,18}");
  private static final Pattern DECIMAL = Pattern.compile("-?\\d{1,65}(?:\\.\\d{1,30})?");
  private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
  private static final Pattern DOUBLE =
      Pattern.compile("-?\\d{1,40}(?:\\.\\d{1,40})?(?:E-?\\d{1,3})?");
  private static final Pattern TIME =
      Pattern.compile("(-?)(\\d{2,3}):([0-5]\\d):([0-5]\\d)(?:\\.(\\d{1,6}))?");
  private static final Pattern DATETIME =
      Pattern.compile(
          "(\\d{4}-\\d{2}-\\d{2})T([01]\\d|2[0-3]):([0-5]\\d):([0-5]\\d)(?:\\.(\\d{1,6}))?");
  private static final Pattern PRECISION = Pattern.compile("\\((\\d+)\\)");

  private TextForm() {}

  /** Prints a non-null value. */
  public static String print(Column column, Object value) {
    Objects.requireNonNull(value, "value");
    return switch (column.type()) {
      case INTEGER, DOUBLE, STRING -> value.toString();
      case DECIMAL -> ((BigDecimal) value).toPlainString();
      case BYTES -> Base64.getUrlEncoder().withoutPadding().encodeToString((byte[]) value);
      case DATE -> LocalDate.ofEpochDay((Long) value).toString();
      case TIME -> printTime((Long) value, fraction(column));
      case DATETIME -> printDateTime((Long) value, fraction(column));
      case TIMESTAMP -> printDateTime((Long) value, fraction(column)) + "Z";
    };
  }

  /**
   * Parses a value.
   *
   * @throws BadForm with the expected form; its message completes a sentence that ends in "is"
   */
  public static Object parse(Column column, String text) throws BadForm {
    return switch (column.type()) {
      case INTEGER -> parseInteger(column, text);
      case DECIMAL -> parseDecimal(column, text);
      case STRING -> parseString(column, text);
      case BYTES -> parseBytes(text);
      case DATE -> parseDate(text);
      case TIME -> parseTime(text);
      case DATETIME -> parseDateTime(text, "2026-01-31T11:59:58");
      case TIMESTAMP -> {
        if (!text.endsWith("Z")) {
          throw new BadForm("not a time in UTC; write it like 2026-01-31T11:59:58Z");
        }
        yield parseDateTime(text.substring(0, text.length() - 1), "2026-01-31T11:59:58Z");
      }
      case DOUBLE -> parseDouble(text);
    };
  }

  /**
   * Parses a value of a key.
   *
   * @return the {@linkplain Column#canonical canonical} value, which stands for all values that
   *     MySQL takes as equal to this one
   * @throws BadForm as {@link #parse} does
   */
  public static Object parseKey(Column column, String text) throws BadForm {
    Object value = parse(column, text);
    if (Members.has(column) && Members.of(column).named(text).isEmpty()) {
      throw new BadForm("not " + Members.of(column));
    }
    return column.canonical(value);
  }

  private static String parseString(Column column, String text) throws BadForm {
    if (!Unicode.isValid(text)) {
      throw new BadForm("a text with half of a surrogate pair; send valid Unicode");
    }
    OptionalInt missing = CharacterSets.missing(column.collation(), text);
    if (missing.isPresent()) {
      throw new BadForm(
          "a text with U+%04X, which the column's character set %s does not have"
              .formatted(missing.getAsInt(), CharacterSets.of(column.collation())));
    }
    return text;
  }

  private static Long parseInteger(Column column, String text) throws BadForm {
    if (!INTEGER.matcher(text).matches()) {
      throw new BadForm("not an integer; write it like 42");
    }
    return inRange(column, new BigDecimal(text)).longValueExact();
  }

  private static BigDecimal parseDecimal(Column column, String text) throws BadForm {
    if (!DECIMAL.matcher(text).matches()) {
      throw new BadForm("not a decimal number; write it like 12.50");
    }
    int scale = MysqlTypes.scale(column);
    try {
      return inRange(column, new BigDecimal(text).setScale(scale));
    } catch (ArithmeticException e) {
      throw new BadForm("a number with more than " + scale + " digits after the point");
    }
  }

  private static Double parseDouble(String text) throws BadForm {
    double number = DOUBLE.matcher(text).matches() ? Double.parseDouble(text) : Double.NaN;
    if (!Double.isFinite(number)) {
      throw new BadForm("not a floating-point number; write it like 12.5 or 1.0E-7");
    }
    return number;
  }

  /**
   * Refuses a number outside of the column's range, because MySQL may convert it: it finds the YEAR
   * 2026 by 26.
   */
  private static BigDecimal inRange(Column column, BigDecimal number) throws BadForm {
    if (!MysqlTypes.holds(column, number)) {
      throw new BadForm(
          "outside of " + column.mysqlType() + ", which holds " + MysqlTypes.range(column));
    }
    return number;
  }

  private static byte[] parseBytes(String text) throws BadForm {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text.getBytes(StandardCharsets.US_ASCII));
      if (Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(text)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      // Falls through to the same exception as for a text that decodes but is not canonical.
    }
    throw new BadForm("not base64url without padding");
  }

  private static Long parseDate(String text) throws BadForm {
    if (DATE.matcher(text).matches()) {
      try {
        LocalDate date = LocalDate.parse(text);
        if (date.getYear() > 0) {
          return date.toEpochDay();
        }
      } catch (DateTimeException e) {
        // Handled like a day of the year 0.
      }
      throw new BadForm("a day that no calendar has");
    }
    throw new BadForm("not a date; write it like 2026-01-31");
  }

  private static Long parseTime(String text) throws BadForm {
    Matcher matcher = TIME.matcher(text);
    if (!matcher.matches()) {
      throw new BadForm("not a time; write it like 11:59:58");
    }
    long seconds =
        (Long.parseLong(matcher.group(2)) * 60 + Long.parseLong(matcher.group(3))) * 60
            + Long.parseLong(matcher.group(4));
    long micros = seconds * SECOND + micros(matcher.group(5));
    return matcher.group(1).isEmpty() ? micros : -micros;
  }

  private static Long parseDateTime(String text, String example) throws BadForm {
    Matcher matcher = DATETIME.matcher(text);
    if (!matcher.matches()) {
      throw new BadForm("not a date and time; write it like " + example);
    }
    long seconds =
        (Long.parseLong(matcher.group(2)) * 60 + Long.parseLong(matcher.group(3))) * 60
            + Long.parseLong(matcher.group(4));
    return (parseDate(matcher.group(1)) * 86_400 + seconds) * SECOND + micros(matcher.group(5));
  }

  private static long micros(String digits) {
    return digits == null ? 0 : Long.parseLong((digits + "00000").substring(0, 6));
  }

  private static String printTime(long micros, int fraction) {
    long size = Math.abs(micros);
    long seconds = size / SECOND;
    return String.format(
            Locale.ROOT,
            "%s%02d:%02d:%02d",
            micros < 0 ? "-" : "",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60)
        + printFraction(size % SECOND, fraction);
  }

  private static String printDateTime(long micros, int fraction) {
    LocalDateTime time =
        LocalDateTime.ofEpochSecond(Math.floorDiv(micros, SECOND), 0, ZoneOffset.UTC);
    StringBuilder text = new StringBuilder(32);
    pad(text, time.getYear(), 4).append('-');
    pad(text, time.getMonthValue(), 2).append('-');
    pad(text, time.getDayOfMonth(), 2).append('T');
    pad(text, time.getHour(), 2).append(':');
    pad(text, time.getMinute(), 2).append(':');
    pad(text, time.getSecond(), 2);
    return text.append(printFraction(Math.floorMod(micros, SECOND), fraction)).toString();
  }

  private static String printFraction(long micros, int digits) {
    if (digits == 0) {
      return "";
    }
    return "." + pad(new StringBuilder(6), micros, 6).substring(0, digits);
  }

  private static StringBuilder pad(StringBuilder to, long number, int width) {
    String digits = Long.toString(number);
    return to.append("0".repeat(Math.max(0, width - digits.length()))).append(digits);
  }

  /** The number of digits after the second: 6 for {@code datetime(6)}, 0 for {@code datetime}. */
  private static int fraction(Column column) {
    Matcher matcher = PRECISION.matcher(column.mysqlType());
    return matcher.find() ? Math.min(6, Integer.parseInt(matcher.group(1))) : 0;
  }
}
