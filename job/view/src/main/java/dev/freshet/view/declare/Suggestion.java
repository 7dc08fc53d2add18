package dev.freshet.view.declare;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/** Guesses which of the known names a mistyped one stood for. */
final class Suggestion {
  private Suggestion() {}

  /**
   * The remedy of an unknown name.
   *
   * @param otherwise what to say when none of the names is near
   */
  static String of(String unknown, Collection<String> names, String otherwise) {
    return nearest(unknown, names).map(name -> "did you mean '" + name + "'?").orElse(otherwise);
  }

  private static Optional<String> nearest(String unknown, Collection<String> names) {
    int limit = Math.max(1, unknown.length() / 3);
    return new TreeSet<>(names)
        .stream()
            .filter(name -> distance(unknown, name) <= limit)
            .min(Comparator.comparingInt(name -> distance(unknown, name)));
  }

  /** Levenshtein's distance; case does not count. */
  private static int distance(String first, String second) {
    String a = first.toLowerCase(Locale.ROOT);
    String b = second.toLowerCase(Locale.ROOT);
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitution, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
