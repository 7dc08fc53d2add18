package dev.freshet.view;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Converts dates and times to their canonical form (see {@link ValueType}) and back. */
public final class CanonicalTime {
  private static final long MICROS_PER_SECOND = 1_000_000L;
  private static final Pattern TIME =
      Pattern.compile("(-?)(\\d{1,3}):([0-5]\\d):([0-5]\\d)(?:\\.(\\d{1,6}))?");

  private CanonicalTime() {}

  /** Microseconds of a DATETIME, or of a TIMESTAMP in UTC, since 1970; nanoseconds are cut off. */
  public static long micros(LocalDateTime time) {
    return micros(time.toInstant(ZoneOffset.UTC));
  }

  /** The inverse of {@link #micros(LocalDateTime)}. */
  public static LocalDateTime dateTime(long micros) {
    return LocalDateTime.ofEpochSecond(
        Math.floorDiv(micros, MICROS_PER_SECOND),
        (int) Math.floorMod(micros, MICROS_PER_SECOND) * 1000,
        ZoneOffset.UTC);
  }

  /** Microseconds of a TIMESTAMP since the epoch; nanoseconds are cut off. */
  public static long micros(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), MICROS_PER_SECOND), instant.getNano() / 1000);
  }

  /** The inverse of {@link #micros(Instant)}. */
  public static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, MICROS_PER_SECOND), Math.floorMod(micros, MICROS_PER_SECOND) * 1000);
  }

  /**
   * Parses a TIME as MySQL and Postgres write it, into microseconds: {@code -838:59:59.000001}.
   *
   * @throws IllegalArgumentException if the text has another form
   */
  public static long timeMicros(String text) {
    Matcher matcher = TIME.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a time; write it like 12:34:56.000001");
    }
    long seconds =
        Long.parseLong(matcher.group(2)) * 3600
            + Long.parseLong(matcher.group(3)) * 60
            + Long.parseLong(matcher.group(4));
    String fraction = matcher.group(5) == null ? "" : matcher.group(5);
    long micros =
        seconds * MICROS_PER_SECOND + Long.parseLong(fraction + "0".repeat(6 - fraction.length()));
    return matcher.group(1).isEmpty() ? micros : -micros;
  }

  /** Prints a TIME: hours, minutes, seconds, and a six-digit fraction unless that is zero. */
  public static String timeText(long micros) {
    long all = Math.abs(micros);
    long seconds = all / MICROS_PER_SECOND;
    long fraction = all % MICROS_PER_SECOND;
    String text =
        String.format(
            Locale.ROOT,
            "%s%02d:%02d:%02d",
            micros < 0 ? "-" : "",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60);
    return fraction == 0 ? text : text + String.format(Locale.ROOT, ".%06d", fraction);
  }
}
