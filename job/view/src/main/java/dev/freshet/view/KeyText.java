package dev.freshet.view;

import dev.freshet.view.declare.MysqlTypes;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.regex.Pattern;

/** Canonical values as the text that stands in addresses and cursors, and back. */
public final class KeyText {
  private static final Pattern NUMBER = Pattern.compile("-?\\d{1,65}(\\.\\d{1,30})?");
  private static final Pattern DATE_TIME =
      Pattern.compile("\\d{4}-\\d{2}-\\d{2}[T ]\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,6})?Z?");

  private KeyText() {}

  /**
   * Reads a value of a column.
   *
   * @param text decoded already, if it stood percent-encoded in an address; bytes are base64url
   * @throws IllegalArgumentException with one line that names the column and the form, when the
   *     text is no value that the column can hold
   */
  public static Object parse(Column column, String text) {
    try {
      return switch (column.type()) {
        case INTEGER -> number(column, text).longValueExact();
        case DECIMAL -> number(column, text).setScale(MysqlTypes.scale(column));
        case DOUBLE -> Double.valueOf(text);
        case STRING -> characters(text);
        case BYTES -> Base64.getUrlDecoder().decode(text);
        case DATE -> LocalDate.parse(text).toEpochDay();
        case TIME -> CanonicalTime.timeMicros(text);
        case DATETIME -> CanonicalTime.micros(LocalDateTime.parse(dateTime(text, false)));
        case TIMESTAMP -> CanonicalTime.micros(Instant.parse(dateTime(text, true)));
      };
    } catch (ArithmeticException | DateTimeException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is no value of "
              + column.name()
              + " ("
              + column.mysqlType()
              + "); write it like "
              + example(column),
          e);
    }
  }

  /** Writes what {@link #parse} reads: a DATETIME without zone, a TIMESTAMP in UTC with Z. */
  public static String print(Column column, Object value) {
    return switch (column.type()) {
      case INTEGER, DOUBLE, STRING -> value.toString();
      case DECIMAL -> ((BigDecimal) value).toPlainString();
      case BYTES -> Base64.getUrlEncoder().withoutPadding().encodeToString((byte[]) value);
      case DATE -> LocalDate.ofEpochDay((Long) value).toString();
      case TIME -> CanonicalTime.timeText((Long) value);
      case DATETIME ->
          DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(CanonicalTime.dateTime((Long) value));
      case TIMESTAMP -> DateTimeFormatter.ISO_INSTANT.format(CanonicalTime.instant((Long) value));
    };
  }

  private static BigDecimal number(Column column, String text) {
    if (!NUMBER.matcher(text).matches()) {
      throw new IllegalArgumentException(text);
    }
    BigDecimal number = new BigDecimal(text);
    boolean zeroYear = number.signum() == 0 && column.mysqlType().startsWith("year");
    if (!zeroYear
        && (number.compareTo(MysqlTypes.smallest(column)) < 0
            || number.compareTo(MysqlTypes.largest(column)) > 0)) {
      throw new IllegalArgumentException(text);
    }
    return number;
  }

  /** Half of a surrogate pair, or a NUL, is in no key: neither database can be asked for it. */
  private static String characters(String text) {
    for (int i = 0; i < text.length(); i++) {
      boolean pair =
          Character.isHighSurrogate(text.charAt(i))
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (pair) {
        i++;
      } else if (Character.isSurrogate(text.charAt(i)) || text.charAt(i) == '\0') {
        throw new IllegalArgumentException(text);
      }
    }
    return text;
  }

  private static String dateTime(String text, boolean zone) {
    if (!DATE_TIME.matcher(text).matches() || text.endsWith("Z") != zone) {
      throw new IllegalArgumentException(text);
    }
    return text.replace(' ', 'T');
  }

  private static String example(Column column) {
    return switch (column.type()) {
      case INTEGER ->
          "42, from "
              + MysqlTypes.smallest(column).toPlainString()
              + " to "
              + MysqlTypes.largest(column).toPlainString();
      case DECIMAL ->
          MysqlTypes.scale(column) == 0
              ? "42, from "
                  + MysqlTypes.smallest(column).toPlainString()
                  + " to "
                  + MysqlTypes.largest(column).toPlainString()
              : "1.5, with up to " + MysqlTypes.scale(column) + " digits after the point";
      case DOUBLE -> "1.5";
      case STRING -> "a text without NUL";
      case BYTES -> "AQID, in base64url";
      case DATE -> "2026-01-31";
      case TIME -> "12:34:56.000001";
      case DATETIME -> "2026-01-31T12:34:56.000001";
      case TIMESTAMP -> "2026-01-31T12:34:56.000001Z";
    };
  }
}
