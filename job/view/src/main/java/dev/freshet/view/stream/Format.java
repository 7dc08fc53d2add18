package dev.freshet.view.stream;

/** The number in front of a message's other fields. */
final class Format {
  private Format() {}

  static void check(int format, int known) {
    if (format != known) {
      throw new IllegalArgumentException("format " + format + " is not known, only " + known);
    }
  }
}
