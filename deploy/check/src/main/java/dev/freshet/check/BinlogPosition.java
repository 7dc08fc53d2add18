package dev.freshet.check;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Converts printed binlog positions to numbers with the same order as the binlog. The checker
 * parses positions itself, because it must not use the code that it checks.
 */
final class BinlogPosition {
  private static final Pattern FORM = Pattern.compile("(?:(\\d+)/)?[^/:]+\\.(\\d+):(\\d+)");

  private BinlogPosition() {}

  /**
   * Parses {@code binlog.000012:4567}, optionally with an epoch in front.
   *
   * @throws IllegalArgumentException if the text has another format
   */
  static long parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a position like binlog.000012:4567");
    }
    long epoch = matcher.group(1) == null ? 0 : Long.parseLong(matcher.group(1));
    long file = Long.parseLong(matcher.group(2));
    long position = Long.parseLong(matcher.group(3));
    return (epoch << 56) | (file << 32) | position;
  }

  /** Prints a position without its epoch. */
  static String print(long position) {
    return String.format("binlog.%06d:%d", (position >>> 32) & 0xFFFFFF, position & 0xFFFFFFFFL);
  }
}
