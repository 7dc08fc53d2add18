package dev.freshet.view.stream;

/** Checks the number of a message's format. */
final class Format {
  private Format() {}

  static void check(int format, int known) {
    if (format != known) {
      throw new IllegalArgumentException("format " + format + " is not known, only " + known);
    }
  }
}
