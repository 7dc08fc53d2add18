package dev.freshet.view.expr;

import java.time.LocalDate;

/**
 * Computes the date functions, such as DATE_ADD and DATE_SUB, on days since 1970 and microseconds
 * since 1970. A result outside the years 0 to 9999 is NULL in MySQL. A result in the year 0, which
 * no calendar has, throws an {@link ArithmeticException}.
 */
final class DateArithmetic {
  private static final long MICROS_PER_DAY = 86_400_000_000L;
  private static final long FIRST_DAY = LocalDate.of(1, 1, 1).toEpochDay();
  private static final long LAST_DAY = LocalDate.of(9999, 12, 31).toEpochDay();

  /** The number of days in MySQL's year 0, which begins with day 0. */
  private static final long DAYS_OF_YEAR_0 = 366;

  private static final int MONTHS = 12;
  private static final int YEARS = 10_000;

  private DateArithmetic() {}

  /** Returns the day, in days since 1970, of a time in microseconds since 1970. */
  static long day(long micros) {
    return Math.floorDiv(micros, MICROS_PER_DAY);
  }

  /** Returns the day itself; null if MySQL has no such day. */
  static Long inCalendar(long day) {
    if (day > LAST_DAY || day < FIRST_DAY - DAYS_OF_YEAR_0) {
      return null;
    }
    if (day < FIRST_DAY) {
      throw noCalendar();
    }
    return day;
  }

  private static ArithmeticException noCalendar() {
    return new ArithmeticException("a date in the year 0, which no calendar has");
  }

  static Long addMonths(long day, long months) {
    LocalDate date = LocalDate.ofEpochDay(day);
    long all = (long) date.getYear() * MONTHS + date.getMonthValue() - 1 + months;
    if (all < 0 || all >= (long) YEARS * MONTHS) {
      return null;
    }
    if (all < MONTHS) {
      throw noCalendar();
    }
    return date.plusMonths(months).toEpochDay();
  }

  static Long addMonthsToDateTime(long micros, long months) {
    Long day = addMonths(day(micros), months);
    return day == null ? null : day * MICROS_PER_DAY + Math.floorMod(micros, MICROS_PER_DAY);
  }

  static Long addMicros(long micros, long more) {
    long sum = Math.addExact(micros, more);
    return inCalendar(day(sum)) == null ? null : Long.valueOf(sum);
  }
}
