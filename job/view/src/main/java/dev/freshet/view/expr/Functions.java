package dev.freshet.view.expr;

import dev.freshet.view.Expr;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** MySQL's functions over values in canonical form, none of which is NULL. */
final class Functions {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  /** The digits after the point of a second in microseconds. */
  private static final int MICRO_DIGITS = 6;

  private Functions() {}

  /** Returns what computes a function from its operands. */
  static Function<Object[], Object> of(Expr.Function function) {
    return switch (function) {
      case LEAST -> Functions::least;
      case GREATEST -> Functions::greatest;
      case ABS -> operands -> absolute(operands[0]);
      case FLOOR -> operands -> whole((BigDecimal) operands[0], RoundingMode.FLOOR);
      case CEILING -> operands -> whole((BigDecimal) operands[0], RoundingMode.CEILING);
      case SIGN -> operands -> (long) Calculation.decimal(operands[0]).signum();
      case CHARACTERS -> operands -> characters((String) operands[0]);
      case BYTES -> operands -> (long) ((byte[]) operands[0]).length;
      case SUBSTRING -> Functions::substring;
      case LEFT -> operands -> left((String) operands[0], (Long) operands[1]);
      case RIGHT -> operands -> right((String) operands[0], (Long) operands[1]);
      case REPLACE -> Functions::replaced;
      case TRIM_START -> operands -> trimmedStart((String) operands[0], (String) operands[1]);
      case TRIM_END -> operands -> trimmedEnd((String) operands[0], (String) operands[1]);
      case UTF8 -> operands -> ((String) operands[0]).getBytes(StandardCharsets.UTF_8);
      case HEX -> operands -> HEX.formatHex((byte[]) operands[0]);
      case HEX_NUMBER -> operands -> hexadecimal(operands[0]);
      case MD5 -> operands -> md5((byte[]) operands[0]);
      case DAY_OF_DATETIME -> operands -> DateArithmetic.day((Long) operands[0]);
      case YEAR -> operands -> (long) LocalDate.ofEpochDay((Long) operands[0]).getYear();
      case MONTH -> operands -> (long) LocalDate.ofEpochDay((Long) operands[0]).getMonthValue();
      case DAY -> operands -> (long) LocalDate.ofEpochDay((Long) operands[0]).getDayOfMonth();
      case ADD_DAYS ->
          operands -> DateArithmetic.inCalendar((Long) operands[0] + (Long) operands[1]);
      case ADD_MONTHS ->
          operands -> DateArithmetic.addMonths((Long) operands[0], (Long) operands[1]);
      case ADD_MONTHS_TO_DATETIME ->
          operands -> DateArithmetic.addMonthsToDateTime((Long) operands[0], (Long) operands[1]);
      case ADD_MICROS ->
          operands -> DateArithmetic.addMicros((Long) operands[0], (Long) operands[1]);
      case SECONDS -> operands -> BigDecimal.valueOf((Long) operands[0], MICRO_DIGITS);
      case BIT_NUMBER -> operands -> new BigInteger(1, (byte[]) operands[0]).longValueExact();
      case FIND_IN_SET -> operands -> hasMember(operands) ? operands[2] : (Object) 0L;
      case NUMBER_TEXT -> operands -> Calculation.decimal(operands[0]).toPlainString();
    };
  }

  private static boolean hasMember(Object[] operands) {
    return List.of(((String) operands[0]).split(",")).contains(operands[1]);
  }

  /** The first of several that are equal. */
  private static Object least(Object[] operands) {
    Object least = operands[0];
    for (Object operand : operands) {
      least = compare(operand, least) < 0 ? operand : least;
    }
    return least;
  }

  /** The last of several that are equal: MySQL calculates on with the digits of that decimal. */
  private static Object greatest(Object[] operands) {
    Object greatest = operands[0];
    for (Object operand : operands) {
      greatest = compare(operand, greatest) >= 0 ? operand : greatest;
    }
    return greatest;
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

  private static String left(String text, long count) {
    return count >= characters(text)
        ? text
        : text.substring(0, text.offsetByCodePoints(0, (int) Math.max(0, count)));
  }

  private static String right(String text, long count) {
    return count >= characters(text)
        ? text
        : text.substring(text.offsetByCodePoints(text.length(), -(int) Math.max(0, count)));
  }

  private static String replaced(Object[] operands) {
    String text = (String) operands[0];
    String from = (String) operands[1];
    return from.isEmpty() ? text : text.replace(from, (String) operands[2]);
  }

  private static String trimmedStart(String text, String what) {
    int begin = 0;
    while (!what.isEmpty() && text.startsWith(what, begin)) {
      begin += what.length();
    }
    return text.substring(begin);
  }

  private static String trimmedEnd(String text, String what) {
    int end = text.length();
    while (!what.isEmpty() && text.startsWith(what, end - what.length())) {
      end -= what.length();
    }
    return text.substring(0, end);
  }

  private static String hexadecimal(Object number) {
    return Long.toHexString(Calculation.decimal(number).toBigIntegerExact().longValue())
        .toUpperCase(Locale.ROOT);
  }

  private static String md5(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has MD5", e);
    }
  }
}
