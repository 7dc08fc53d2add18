package dev.freshet.view.gtid;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Parses the text form of a {@link GtidSet}. The text may come from anyone, so ranges are collected
 * first and merged once: merged one by one, a text of 8 KB would take a hundred megabytes. Used
 * once.
 */
final class GtidText {
  private static final int MOST_SHOWN = 80;
  private static final int SERVER_LENGTH = 36;
  private static final int MOST_TAG = 32;
  private static final int MOST_DIGITS = 19;
  private static final Pattern SERVER =
      Pattern.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private final String text;
  private final Map<GtidSource, Ranges> parts = new TreeMap<>();

  /** The current word, without the white space around it. */
  private int begin;

  private int end;

  /** What follows the current word; 0 is the text's end. */
  private char separator;

  private int next;

  GtidText(String text) {
    this.text = text;
  }

  /** The ranges of a source, as they were read. */
  private static final class Ranges {
    private long[] firsts = new long[1];
    private long[] lasts = new long[1];
    private int size;

    void add(long first, long last) {
      if (size == firsts.length) {
        firsts = Arrays.copyOf(firsts, 1 + size + size / 2);
        lasts = Arrays.copyOf(lasts, firsts.length);
      }
      firsts[size] = first;
      lasts[size] = last;
      size++;
    }

    long[] merged() {
      return Intervals.of(Arrays.copyOf(firsts, size), Arrays.copyOf(lasts, size));
    }
  }

  /**
   * Parses the sources and their sets of numbers.
   *
   * @throws IllegalArgumentException with the expected form if the text is malformed
   */
  Map<GtidSource, long[]> read() {
    do {
      server();
    } while (separator == ',');
    Map<GtidSource, long[]> sets = new TreeMap<>();
    parts.forEach((source, ranges) -> sets.put(source, ranges.merged()));
    return sets;
  }

  private void server() {
    word();
    int part = begin;
    if (end - begin != SERVER_LENGTH || !SERVER.matcher(text).region(begin, end).matches()) {
      throw malformed(begin);
    }
    UUID server = UUID.fromString(text.substring(begin, end));
    GtidSource source = new GtidSource(server, "");
    boolean numbered = false;
    while (separator == ':') {
      word();
      if (begin < end && isDigit(begin)) {
        range(parts.computeIfAbsent(source, unused -> new Ranges()));
        numbered = true;
      } else {
        String tag = tag();
        if (!GtidSource.isTag(tag) || (source.isTagged() && !numbered)) {
          throw malformed(begin);
        }
        source = new GtidSource(server, tag);
        numbered = false;
      }
    }
    if (!numbered) {
      throw malformed(part);
    }
  }

  private void word() {
    begin = next;
    end = begin;
    while (end < text.length() && text.charAt(end) != ':' && text.charAt(end) != ',') {
      end++;
    }
    separator = end < text.length() ? text.charAt(end) : 0;
    next = end + 1;
    while (begin < end && Character.isWhitespace(text.charAt(begin))) {
      begin++;
    }
    while (begin < end && Character.isWhitespace(text.charAt(end - 1))) {
      end--;
    }
  }

  /** The current word in lower case; empty if it is longer than a tag can be. */
  private String tag() {
    return end - begin <= MOST_TAG ? text.substring(begin, end).toLowerCase(Locale.ROOT) : "";
  }

  /** Parses a number, or two with a dash between them. */
  private void range(Ranges into) {
    int at = digits(begin);
    long first = number(begin, at);
    long last = first;
    at = space(at);
    if (at < end && text.charAt(at) == '-') {
      int from = space(at + 1);
      at = digits(from);
      last = number(from, at);
    }
    if (at != end || first > last || last > Gtid.LAST) {
      throw malformed(begin);
    }
    into.add(first, last);
  }

  private int digits(int from) {
    int at = from;
    while (at < end && isDigit(at)) {
      at++;
    }
    return at;
  }

  private int space(int from) {
    int at = from;
    while (at < end && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private boolean isDigit(int at) {
    return text.charAt(at) >= '0' && text.charAt(at) <= '9';
  }

  private long number(int from, int to) {
    if (from == to || to - from > MOST_DIGITS || text.charAt(from) == '0') {
      throw malformed(begin);
    }
    try {
      return Long.parseLong(text, from, to, 10);
    } catch (NumberFormatException e) {
      throw malformed(begin);
    }
  }

  /** The exception for a text that is wrong from an index on, up to the current word's end. */
  private IllegalArgumentException malformed(int from) {
    return new IllegalArgumentException(
        "'"
            + shorten(0, text.length())
            + "' is not a GTID set, at '"
            + shorten(from, end)
            + "'; write it as MySQL does: server_uuid:1-5 or server_uuid:1-5:tag:1-3");
  }

  private String shorten(int from, int to) {
    return to - from <= MOST_SHOWN
        ? text.substring(from, to)
        : text.substring(from, from + MOST_SHOWN) + "…";
  }
}
