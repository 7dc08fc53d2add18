package dev.freshet.check;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A printed place in the binlog as a number that sorts as the log does. The checker reads places by
 * itself: what it compares must not come from the code it checks.
 */
final class BinlogPlace {
  private static final Pattern FORM = Pattern.compile("(?:(\\d+)/)?[^/:]+\\.(\\d+):(\\d+)");

  private BinlogPlace() {}

  /**
   * Reads {@code binlog.000012:4567}, or the same with an epoch in front.
   *
   * @throws IllegalArgumentException when the text has another form
   */
  static long parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not a place like binlog.000012:4567");
    }
    long epoch = matcher.group(1) == null ? 0 : Long.parseLong(matcher.group(1));
    long file = Long.parseLong(matcher.group(2));
    long position = Long.parseLong(matcher.group(3));
    return (epoch << 56) | (file << 32) | position;
  }

  /** The same place in people's form, the epoch left out. */
  static String print(long place) {
    return String.format("binlog.%06d:%d", (place >>> 32) & 0xFFFFFF, place & 0xFFFFFFFFL);
  }
}
