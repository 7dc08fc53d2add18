package dev.freshet.view.form;

/**
 * Tells valid Unicode from text with half of a surrogate pair. Java holds such text, but no
 * encoding does: its UTF-8 is that of {@code ?}, which would be another value.
 */
public final class Unicode {
  private Unicode() {}

  /** Whether every surrogate of a text has its other half. */
  public static boolean isValid(CharSequence text) {
    return text.codePoints().noneMatch(Unicode::isHalf);
  }

  private static boolean isHalf(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }
}
