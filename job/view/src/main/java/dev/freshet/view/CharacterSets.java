package dev.freshet.view;

import java.nio.charset.Charset;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;

/**
 * Knows which of MySQL's character sets Java decodes as MySQL does. The binlog has text as bytes,
 * and for some character sets Java has no charset, or one that decodes some characters differently.
 */
public final class CharacterSets {
  private static final Set<String> EXACT = Set.of("utf8mb4", "utf8mb3", "utf8");

  /**
   * Character sets without a Java charset, and those whose Java charset treats a first character as
   * a byte order mark.
   */
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

  /** Java's replacement for bytes that it cannot decode. */
  private static final String REPLACEMENT = "\uFFFD";

  /**
   * By character set, the characters that Java may return for a different character of MySQL, as
   * the inside of a regular expression's character class.
   */
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

  /**
   * Whether Java decodes text of this collation as MySQL does, apart from the characters that
   * {@link #doubted} finds.
   */
  public static boolean isRead(String collation) {
    return !MISREAD.contains(of(collation));
  }

  /**
   * A pattern that finds characters in decoded text which may be wrong.
   *
   * @return empty if Java decodes all text of this collation as MySQL does
   */
  public static Optional<Pattern> doubted(String collation) {
    String set = of(collation);
    return set.isEmpty() || EXACT.contains(set)
        ? Optional.empty()
        : Optional.of(Pattern.compile("[" + REPLACEMENT + DOUBTED.getOrDefault(set, "") + "]"));
  }

  /**
   * Returns the first character of a text that MySQL's character set does not have; empty if it has
   * all. Knows Unicode, latin1 and ascii; all others count as having every character.
   */
  public static OptionalInt missing(String collation, String text) {
    String set = of(collation);
    IntPredicate has =
        switch (set) {
          case "utf8mb3", "utf8" -> Character::isBmpCodePoint;
          case "latin1" -> codePoint -> canEncode("windows-1252", codePoint);
          case "ascii" -> codePoint -> codePoint < 0x80;
          default -> codePoint -> true;
        };
    return text.codePoints().filter(has.negate()).findFirst();
  }

  private static boolean canEncode(String charset, int codePoint) {
    return Charset.forName(charset).newEncoder().canEncode(Character.toString(codePoint));
  }

  /** The character set of a collation: its name up to the first underscore. */
  public static String of(String collation) {
    int end = collation.indexOf('_');
    return end < 0 ? collation : collation.substring(0, end);
  }
}
