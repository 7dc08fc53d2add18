package dev.freshet.view.declare;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/** Suggests the known name that is nearest to a mistyped one. */
public final class Suggestion {
  /** Longer names are not compared, because a caller may send a name of any length. */
  private static final int LONGEST = 128;

  private Suggestion() {}

  /**
   * The remedy of an unknown name.
   *
   * @param otherwise the remedy if no known name is near
   */
  public static String of(String unknown, Collection<String> names, String otherwise) {
    return nearest(unknown, names).map(name -> "did you mean '" + name + "'?").orElse(otherwise);
  }

  /** {@code ; did you mean 'x'?} if a known name is near; the empty text otherwise. */
  public static String suffix(String unknown, Collection<String> names) {
    String remedy = of(unknown, names, "");
    return remedy.isEmpty() ? "" : "; " + remedy;
  }

  private static Optional<String> nearest(String unknown, Collection<String> names) {
    if (unknown.length() > LONGEST) {
      return Optional.empty();
    }
    int limit = Math.max(1, unknown.length() / 3);
    return new TreeSet<>(names)
        .stream()
            .filter(name -> distance(unknown, name) <= limit)
            .min(Comparator.comparingInt(name -> distance(unknown, name)));
  }

  /**
   * The number of letters that are wrong, missing, surplus or swapped with a neighbour, ignoring
   * case.
   */
  private static int distance(String first, String second) {
    String a = first.toLowerCase(Locale.ROOT);
    String b = second.toLowerCase(Locale.ROOT);
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        cost[i][j] = i == 0 || j == 0 ? i + j : step(a, b, i, j, cost);
      }
    }
    return cost[a.length()][b.length()];
  }

  private static int step(String a, String b, int i, int j, int[][] cost) {
    boolean same = a.charAt(i - 1) == b.charAt(j - 1);
    int least =
        Math.min(cost[i - 1][j - 1] + (same ? 0 : 1), Math.min(cost[i][j - 1], cost[i - 1][j]) + 1);
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
  }
}
