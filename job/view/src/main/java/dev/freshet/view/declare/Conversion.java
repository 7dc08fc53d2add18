package dev.freshet.view.declare;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A call like {@code CONVERT(a, DECIMAL(10,2))} or {@code CONVERT(a USING utf8mb4)} in a
 * {@linkplain SourceText#masked masked} text. MySQL makes CAST of the first.
 *
 * @param start the index of its name
 * @param end the index behind its brackets
 * @param separator the index of the comma or USING; −1 if a view cannot have what it converts to
 * @param target the index of the type, or of the character set, if there is a separator
 */
record Conversion(int start, int end, int separator, int target) {
  private static final Pattern NAME =
      Pattern.compile("\\bCONVERT\\s*\\(", Pattern.CASE_INSENSITIVE);

  /** The types of {@link Casts}, and the character set that has all characters. */
  private static final Pattern TARGET =
      Pattern.compile(
          ".*?(?:(,)\\s*(?:SIGNED|CHAR|DATE|DATETIME|DECIMAL\\s*\\(\\s*\\d+\\s*(?:,\\s*\\d+\\s*)?\\))"
              + "|\\b(USING)\\s+utf8mb4)\\s*\\)",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  /** The first call from an index on whose brackets are closed. */
  static Optional<Conversion> in(String masked, int from) {
    Matcher name = NAME.matcher(masked);
    if (!name.find(from)) {
      return Optional.empty();
    }
    int end = SourceText.closing(masked, name.end());
    if (end < 0) {
      return Optional.empty();
    }
    Matcher target = TARGET.matcher(masked).region(name.end(), end);
    if (!target.matches()) {
      return Optional.of(new Conversion(name.start(), end, -1, -1));
    }
    int separator = target.start(target.start(1) >= 0 ? 1 : 2);
    int length = target.start(1) >= 0 ? 1 : "USING".length();
    int begin = separator + length;
    while (Character.isWhitespace(masked.charAt(begin))) {
      begin++;
    }
    return Optional.of(new Conversion(name.start(), end, separator, begin));
  }

  /** Whether a view can have it. */
  boolean isKnown() {
    return separator >= 0;
  }
}
