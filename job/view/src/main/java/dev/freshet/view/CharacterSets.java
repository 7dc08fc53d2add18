package dev.freshet.view;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How well Java reads the bytes of MySQL's character sets. The binlog has text as bytes, and not
 * every set has a Java charset that reads all of them as MySQL does.
 */
public final class CharacterSets {
  private static final Set<String> EXACT = Set.of("utf8mb4", "utf8mb3", "utf8");

  /** Sets that Java has not, and those where it takes a first character for a byte order mark. */
  private static final Set<String> MISREAD =
      Set.of(
          "armscii8",
          "dec8",
          "eucjpms",
          "geostd8",
          "hp8",
          "keybcs2",
          "swe7",
          "ucs2",
          "utf16",
          "utf32");

  /** What Java has in the place of bytes that it does not know. */
  private static final String REPLACEMENT = "\uFFFD";

  /** What else it may have in the place of another character, by set, as a range of a pattern. */
  private static final Map<String, String> DOUBTED =
      Map.ofEntries(
          Map.entry("big5", "\u2571\u2572\u5341\u5345\uFF3F"),
          Map.entry("cp1256", "\u0679\u0688\u0691\u06A9\u06BA\u06BE\u06C1\u06D2"),
          Map.entry("cp866", "\u00A4\u2116"),
          Map.entry("euckr", "\u327E"),
          Map.entry("gb18030", "\u9FB4-\u9FBB\uE78D-\uE796\uE81E-\uE864\uFE10-\uFE19"),
          Map.entry("gbk", "\u20AC\u2641\uE000-\uE864"),
          Map.entry("greek", "\u037A\u2018\u2019\u20AC\u20AF"),
          Map.entry("hebrew", "\u00AF"),
          Map.entry("koi8u", "\u2219\u2553\u2555\u2556\u255C\u2562\u2564\u2565\u256B"),
          Map.entry("sjis", "\u2014\uFF3C"),
          Map.entry("tis620", "\u00A0"),
          Map.entry("ujis", "\u2014\uFF3C\uFF5E"));

  private CharacterSets() {}

  /** Whether Java reads text of this collation as MySQL does, but for characters that it tells. */
  public static boolean isRead(String collation) {
    return !MISREAD.contains(of(collation));
  }

  /**
   * Finds the characters that stand, or may stand, for others in text that Java read.
   *
   * @return empty when it reads all text of this collation as MySQL does
   */
  public static Optional<Pattern> doubted(String collation) {
    String set = of(collation);
    return set.isEmpty() || EXACT.contains(set)
        ? Optional.empty()
        : Optional.of(Pattern.compile("[" + REPLACEMENT + DOUBTED.getOrDefault(set, "") + "]"));
  }

  /** The character set of a collation; it is what stands before the first sign. */
  public static String of(String collation) {
    int end = collation.indexOf('_');
    return end < 0 ? collation : collation.substring(0, end);
  }
}
