package dev.freshet.view.form;

import java.util.Locale;

/**
 * Makes text from outside fit for one line of a log or a message: it can neither begin a line of
 * its own, nor control a terminal, nor fill the log.
 */
public final class OneLine {
  /** The maximum length of {@link #of(String)}. */
  public static final int LONGEST = 300;

  private OneLine() {}

  /** Returns at most {@value #LONGEST} characters of a text, on one line. */
  public static String of(String text) {
    return of(text, LONGEST);
  }

  /**
   * Returns the beginning of a text. Control and format characters, line separators and halves of
   * surrogate pairs are written by their number, a line feed as backslash, {@code u000a}. "…"
   * stands for a rest that was cut off.
   *
   * @param text may be null, which is written as {@code null}
   * @param longest the maximum number of characters taken from the text
   */
  public static String of(String text, int longest) {
    String whole = String.valueOf(text);
    StringBuilder line = new StringBuilder(Math.min(whole.length(), longest) + 16);
    int at = 0;
    while (at < whole.length()) {
      int point = whole.codePointAt(at);
      int next = at + Character.charCount(point);
      if (next > longest) {
        return line.append('…').toString();
      }
      if (isHarmless(point)) {
        line.appendCodePoint(point);
      } else {
        line.append(String.format(Locale.ROOT, "\\u%04x", point));
      }
      at = next;
    }
    return line.toString();
  }

  private static boolean isHarmless(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      default -> true;
    };
  }
}
