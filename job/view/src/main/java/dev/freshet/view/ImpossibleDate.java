package dev.freshet.view;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Locale;

/**
 * Dates that MySQL can hold although no calendar has them, such as {@code 0000-00-00} and {@code
 * 2024-00-10}. Each maps to its own stand-in, a date far after MySQL's last year, so two stand-ins
 * are equal exactly if MySQL's dates are. A stand-in only supports equality: it is never shown,
 * ordered or stored.
 */
public final class ImpossibleDate {
  private static final int FIRST_YEAR = 20_000;
  private static final int YEARS = 10_000;
  private static final int DAYS = 32;

  /** The days of a non-leap year, each of which encodes one combination of month and day. */
  private static final int DAYS_OF_YEAR = 365;

  private static final long FIRST_DAY = LocalDate.of(FIRST_YEAR, 1, 1).toEpochDay();
  private static final long FIRST_MICROS =
      CanonicalTime.micros(LocalDate.of(FIRST_YEAR, 1, 1).atStartOfDay());

  private ImpossibleDate() {}

  /**
   * The date with these parts, or its stand-in if no calendar has it.
   *
   * @param year 0 to 9999
   * @param month 0 to 15
   * @param day 0 to 31
   */
  public static LocalDate dateOrStandIn(int year, int month, int day) {
    if (year > 0) {
      try {
        return LocalDate.of(year, month, day);
      } catch (DateTimeException e) {
        // No calendar has it.
      }
    }
    if (year >= YEARS) {
      throw new IllegalArgumentException("a date of the year " + year);
    }
    int index = month * DAYS + day;
    return LocalDate.ofYearDay(
        FIRST_YEAR + index / DAYS_OF_YEAR * YEARS + year, 1 + Math.floorMod(index, DAYS_OF_YEAR));
  }

  /** Whether a date is a stand-in. */
  public static boolean isStandIn(LocalDate date) {
    return date.getYear() >= FIRST_YEAR;
  }

  /** Whether a canonical value is a stand-in. */
  public static boolean isStandIn(ValueType type, Object value) {
    return switch (type) {
      case DATE -> value instanceof Long days && days >= FIRST_DAY;
      case DATETIME, TIMESTAMP -> value instanceof Long micros && micros >= FIRST_MICROS;
      case INTEGER, DECIMAL, DOUBLE, STRING, BYTES, TIME -> false;
    };
  }

  /** The text that MySQL prints for the date behind a stand-in. */
  public static String text(ValueType type, Object standIn) {
    if (type == ValueType.DATE) {
      return text(LocalDate.ofEpochDay((Long) standIn));
    }
    LocalDateTime time = CanonicalTime.dateTime((Long) standIn);
    return String.format(
        Locale.ROOT,
        "%s %02d:%02d:%02d.%06d",
        text(time.toLocalDate()),
        time.getHour(),
        time.getMinute(),
        time.getSecond(),
        time.getNano() / 1000);
  }

  private static String text(LocalDate standIn) {
    int years = standIn.getYear() - FIRST_YEAR;
    int index = years / YEARS * DAYS_OF_YEAR + standIn.getDayOfYear() - 1;
    return String.format(Locale.ROOT, "%04d-%02d-%02d", years % YEARS, index / DAYS, index % DAYS);
  }
}
