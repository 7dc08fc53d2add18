package dev.freshet.check;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/**
 * Converts DATETIME(6) values between microseconds since 1970 and their text in MySQL and in
 * answers.
 */
final class Micros {
  private static final DateTimeFormatter SQL =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS");

  private Micros() {}

  static long now() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  /** Returns the text for MySQL. */
  static String sql(long micros) {
    return SQL.format(dateTime(micros));
  }

  static long ofSql(String text) {
    return of(LocalDateTime.parse(text.replace(' ', 'T')));
  }

  /** Parses the text of an answer, which has no time zone and all six fractional digits. */
  static long ofJson(String text) {
    if (text.length() != "2026-01-31T11:59:58.000001".length()) {
      throw new IllegalArgumentException("'" + text + "' does not have all digits of DATETIME(6)");
    }
    return of(LocalDateTime.parse(text));
  }

  private static long of(LocalDateTime time) {
    return ChronoUnit.MICROS.between(LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC), time);
  }

  private static LocalDateTime dateTime(long micros) {
    return LocalDateTime.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L),
        (int) Math.floorMod(micros, 1_000_000L) * 1000,
        ZoneOffset.UTC);
  }
}
