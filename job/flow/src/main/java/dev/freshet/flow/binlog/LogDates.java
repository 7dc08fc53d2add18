package dev.freshet.flow.binlog;

import dev.freshet.view.CanonicalTime;
import dev.freshet.view.ImpossibleDate;
import java.time.Instant;

/**
 * Decodes dates and times from row events into canonical values (see {@link
 * dev.freshet.view.ValueType}). Dates that no calendar has become {@linkplain ImpossibleDate
 * stand-ins}.
 */
final class LogDates {
  private static final int MONTHS = 13;
  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final int TIME_ZERO = 0x800000;
  private static final int FRACTION_BITS = 24;
  private static final long FRACTION = (1L << FRACTION_BITS) - 1;

  private LogDates() {}

  /** Decodes a DATE: 3 bytes: 15 bits of year, 4 bits of month, 5 bits of day. */
  static Long date(Bytes in) {
    int value = in.u3();
    return ImpossibleDate.dateOrStandIn(value >> 9, value >> 5 & 15, value & 31).toEpochDay();
  }

  /**
   * Decodes a DATETIME: 5 bytes, big-endian: 1 bit of sign, 17 bits of year · 13 + month, 5 of day,
   * 5 of hour, 6 of minute, 6 of second; then the fraction.
   *
   * @param digits of the fraction
   */
  static Long dateTime(int digits, Bytes in) {
    long value = in.bigEndian(5);
    int yearAndMonth = (int) (value >> 22) & 0x1FFFF;
    long seconds =
        CanonicalTime.micros(
            ImpossibleDate.dateOrStandIn(
                    yearAndMonth / MONTHS, yearAndMonth % MONTHS, (int) (value >> 17) & 31)
                .atTime((int) (value >> 12) & 31, (int) (value >> 6) & 63, (int) value & 63));
    return seconds + micros(digits, in);
  }

  /** Decodes a DATETIME of a table that MySQL 5.5 created: 8 bytes: YYYYMMDDhhmmss in decimal. */
  static Long dateTime(Bytes in) {
    long value = in.i8();
    int time = (int) (value % 1_000_000);
    int date = (int) (value / 1_000_000);
    return CanonicalTime.micros(
        ImpossibleDate.dateOrStandIn(date / 10_000, date / 100 % 100, date % 100)
            .atTime(time / 10_000, time / 100 % 100, time % 100));
  }

  /**
   * Decodes a TIMESTAMP: 4 bytes of seconds, big-endian, then the fraction.
   *
   * @param digits of the fraction
   */
  static Long timestamp(int digits, Bytes in) {
    return timestamp(in.bigEndian(4), micros(digits, in));
  }

  /** Decodes a TIMESTAMP of a table that MySQL 5.5 created: 4 bytes of seconds. */
  static Long timestamp(Bytes in) {
    return timestamp(in.u4(), 0);
  }

  /** Second 0 of the epoch means 0000-00-00 00:00:00. */
  private static Long timestamp(long seconds, long micros) {
    return seconds == 0
        ? CanonicalTime.micros(ImpossibleDate.dateOrStandIn(0, 0, 0).atStartOfDay())
        : CanonicalTime.micros(Instant.ofEpochSecond(seconds)) + micros;
  }

  /**
   * Decodes a TIME: 3 bytes, big-endian, with an offset so that zero is in the middle of their
   * range: 1 bit unused, 10 bits of hour, 6 of minute, 6 of second; then the fraction, which counts
   * down below zero.
   *
   * @param digits of the fraction
   */
  static Long time(int digits, Bytes in) {
    long whole = in.bigEndian(3) - TIME_ZERO;
    int bytes = (digits + 1) / 2;
    long fraction = in.bigEndian(bytes);
    if (whole < 0 && fraction != 0) {
      whole++;
      fraction -= 1L << (Byte.SIZE * bytes);
    }
    for (int i = bytes; i < 3; i++) {
      fraction *= 100;
    }
    long packed = (whole << FRACTION_BITS) + fraction;
    long size = Math.abs(packed);
    long clock = size >> FRACTION_BITS;
    long seconds = ((clock >> 12) & 0x3FF) * 3600 + ((clock >> 6) & 63) * 60 + (clock & 63);
    long micros = seconds * MICROS_PER_SECOND + (size & FRACTION);
    return packed < 0 ? -micros : micros;
  }

  /** Decodes a TIME of a table that MySQL 5.5 created: 3 bytes, signed: hhmmss in decimal. */
  static Long time(Bytes in) {
    long value = in.signed(3);
    long size = Math.abs(value);
    long seconds = size / 10_000 * 3600 + size / 100 % 100 * 60 + size % 100;
    return (value < 0 ? -seconds : seconds) * MICROS_PER_SECOND;
  }

  /** The fraction in microseconds: two decimal digits per byte, big-endian. */
  private static long micros(int digits, Bytes in) {
    int bytes = (digits + 1) / 2;
    long micros = in.bigEndian(bytes);
    for (int i = bytes; i < 3; i++) {
      micros *= 100;
    }
    return micros;
  }
}
