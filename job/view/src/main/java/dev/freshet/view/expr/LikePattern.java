package dev.freshet.view.expr;

import java.util.Arrays;
import java.util.OptionalInt;

/**
 * A pattern of LIKE, in which {@code %} stands for any characters, {@code _} for one, and all
 * others for characters that are equal by the collation, one by one. Immutable.
 */
final class LikePattern {
  private static final int ANY = -1;
  private static final int ONE = -2;

  /** Compares a character of the text with one of the pattern. */
  @FunctionalInterface
  interface Equality {
    boolean isEqual(int character, int ofPattern);
  }

  /** Code points, {@link #ANY} and {@link #ONE}. */
  private final int[] parts;

  private final Equality equality;

  private LikePattern(int[] parts, Equality equality) {
    this.parts = parts;
    this.equality = equality;
  }

  /**
   * Reads a pattern.
   *
   * @param escape the character after which the next stands for itself
   */
  static LikePattern of(String pattern, OptionalInt escape, Equality equality) {
    int[] characters = pattern.codePoints().toArray();
    int[] parts = new int[characters.length];
    int size = 0;
    for (int i = 0; i < characters.length; i++) {
      boolean escapes =
          escape.isPresent() && characters[i] == escape.getAsInt() && i + 1 < characters.length;
      if (escapes) {
        i++;
      }
      parts[size++] =
          !escapes && characters[i] == '%'
              ? ANY
              : !escapes && characters[i] == '_' ? ONE : characters[i];
    }
    return new LikePattern(Arrays.copyOf(parts, size), equality);
  }

  boolean matches(String text) {
    int part = 0;
    int at = 0;
    // Where to go on after a mismatch: behind the last ANY, with one more character for it.
    int afterAny = -1;
    int retry = 0;
    while (at < text.length()) {
      int character = text.codePointAt(at);
      if (part < parts.length && parts[part] == ANY) {
        part++;
        afterAny = part;
        retry = at;
      } else if (part < parts.length
          && (parts[part] == ONE || equality.isEqual(character, parts[part]))) {
        part++;
        at += Character.charCount(character);
      } else if (afterAny >= 0) {
        part = afterAny;
        retry = text.offsetByCodePoints(retry, 1);
        at = retry;
      } else {
        return false;
      }
    }
    while (part < parts.length && parts[part] == ANY) {
      part++;
    }
    return part == parts.length;
  }
}
