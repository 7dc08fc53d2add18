package dev.freshet.flow.capture;

import com.github.shyiko.mysql.binlog.io.ByteArrayInputStream;
import dev.freshet.view.ImpossibleDate;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;

/**
 * Reads dates and times as they lie in row events. Debezium makes NULL of those that are in no
 * calendar, or gives up; here they become {@linkplain ImpossibleDate stand-ins}.
 */
final class BinlogDates {
  private static final int MONTHS = 13;
  private static final int NANOS_PER_MICRO = 1000;

  private BinlogDates() {}

  /** DATE: 3 bytes, the lowest first: year, 4 bits of month, 5 bits of day. */
  static LocalDate date(ByteArrayInputStream in) throws IOException {
    int value = in.readInteger(3);
    return ImpossibleDate.dateOrStandIn(value >> 9, (value >> 5) & 15, value & 31);
  }

  /**
   * DATETIME: 5 bytes, the highest first: 1 bit of sign, 17 bits of year · 13 + month, 5 of day, 5
   * of hour, 6 of minute, 6 of second; then the fraction.
   *
   * @param digits of the fraction
   */
  static LocalDateTime dateTime(int digits, ByteArrayInputStream in) throws IOException {
    long value = bigEndian(in.read(5));
    int yearAndMonth = (int) (value >> 22) & 0x1FFFF;
    return ImpossibleDate.dateOrStandIn(
            yearAndMonth / MONTHS, yearAndMonth % MONTHS, (int) (value >> 17) & 31)
        .atTime(
            (int) (value >> 12) & 31, (int) (value >> 6) & 63, (int) value & 63, nanos(digits, in));
  }

  /** DATETIME of tables that MySQL 5.5 made: 8 bytes, the lowest first: YYYYMMDDhhmmss. */
  static LocalDateTime dateTime(ByteArrayInputStream in) throws IOException {
    long value = in.readLong(8);
    int time = (int) (value % 1_000_000);
    int date = (int) (value / 1_000_000);
    return ImpossibleDate.dateOrStandIn(date / 10_000, date / 100 % 100, date % 100)
        .atTime(time / 10_000, time / 100 % 100, time % 100);
  }

  /**
   * TIMESTAMP: 4 bytes of seconds, the highest first, then the fraction.
   *
   * @param digits of the fraction
   */
  static ZonedDateTime timestamp(int digits, ByteArrayInputStream in) throws IOException {
    long seconds = bigEndian(in.read(4));
    return timestamp(seconds, nanos(digits, in));
  }

  /** TIMESTAMP of tables that MySQL 5.5 made: 4 bytes of seconds, the lowest first. */
  static ZonedDateTime timestamp(ByteArrayInputStream in) throws IOException {
    return timestamp(in.readLong(4), 0);
  }

  /** The first second of the epoch is no TIMESTAMP: it says 0000-00-00 00:00:00. */
  private static ZonedDateTime timestamp(long seconds, int nanos) {
    return seconds == 0
        ? ImpossibleDate.dateOrStandIn(0, 0, 0).atStartOfDay(ZoneOffset.UTC)
        : Instant.ofEpochSecond(seconds, nanos).atZone(ZoneOffset.UTC);
  }

  /** Two digits a byte, the highest first; what is beyond the digits is 0. */
  private static int nanos(int digits, ByteArrayInputStream in) throws IOException {
    int bytes = (digits + 1) / 2;
    int micros = (int) bigEndian(in.read(bytes));
    for (int i = bytes; i < 3; i++) {
      micros *= 100;
    }
    return micros * NANOS_PER_MICRO;
  }

  private static long bigEndian(byte[] bytes) {
    long value = 0;
    for (byte each : bytes) {
      value = value << 8 | (each & 0xFF);
    }
    return value;
  }
}
