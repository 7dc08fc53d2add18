package dev.freshet.view.collation;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPInputStream;

/**
 * The weights of all code points: for each level, a sequence of 16-bit units, which may be empty.
 *
 * <p>The resource is compressed and has, for each code point in ascending order, a byte such as
 * {@link #IMPLICIT}; after {@link #EXPLICIT} follow, for each level, a byte with the number of
 * units and the units. Thread-safe.
 */
final class WeightTable {
  // How the resource gives the weights of a code point.

  /** The units follow. */
  static final byte EXPLICIT = 0;

  /** Unicode's formula for all that is not in its table, with the base FBC0. */
  static final byte IMPLICIT = 1;

  /** The same for rare ideographs, with the base FB80. */
  static final byte RARE_IDEOGRAPH = 2;

  /** The same for ideographs, with the base FB40. */
  static final byte IDEOGRAPH = 3;

  /** The code point itself. */
  static final byte ITSELF = 4;

  /** FFFD, which the older collations give to all code points above FFFF. */
  static final byte REPLACED = 5;

  /** The character set does not have it. */
  static final byte NONE = 6;

  static final int CODE_POINTS = Character.MAX_CODE_POINT + 1;
  private static final int PAGE = 256;

  /** The weights of levels beyond the first, of a code point without entry in Unicode's table. */
  private static final char[] COMMON_SECONDARY = {0x20};

  private static final char[] COMMON_TERTIARY = {0x02};

  /** What {@link #codePoint} returns for a unit that no code point has alone. */
  static final int NO_CODE_POINT = -1;

  private static final int UNITS = 1 << 16;

  /** Characters without weights of their own get two units, of which no other has the first. */
  static final int FIRST_IMPLICIT = 0xFB00;

  /** The number of units of an element, see {@link #weights}. */
  static final int ELEMENT = 4;

  private static final int FIRST_HANGUL = 0xAC00;
  private static final int LAST_HANGUL = 0xD7A3;

  private final int levels;
  private final byte[] kinds = new byte[CODE_POINTS];

  /** For pages with explicit weights: for each code point and level, its units. */
  private final char[][][] pages = new char[CODE_POINTS / PAGE][][];

  /** For each unit, the code point that {@link #codePoint} returns. */
  private final int[] codePoints = new int[UNITS];

  /** For pairs of units, the smallest code point, where the formula leads to another. */
  private final Map<Integer, Integer> pairs = new HashMap<>();

  /**
   * For a depth, the smallest code point of {@link #weights} that no formula gives, or a small
   * Latin letter.
   */
  private final Map<Integer, Map<String, Integer>> explicit = new ConcurrentHashMap<>();

  private WeightTable(int levels) {
    this.levels = levels;
    Arrays.fill(codePoints, NO_CODE_POINT);
  }

  /**
   * Reads a resource.
   *
   * @param levels how many levels it has
   */
  static WeightTable read(String resource, int levels) {
    WeightTable table = new WeightTable(levels);
    try (InputStream file = WeightTable.class.getResourceAsStream(resource);
        DataInputStream in = new DataInputStream(new GZIPInputStream(file, 1 << 16))) {
      for (int codePoint = 0; codePoint < CODE_POINTS; codePoint++) {
        table.kinds[codePoint] = in.readByte();
        if (table.kinds[codePoint] == EXPLICIT) {
          table.readUnits(codePoint, in);
        }
      }
      table.findCodePoints();
      return table;
    } catch (IOException e) {
      throw new UncheckedIOException("the table " + resource + " cannot be read", e);
    }
  }

  private void readUnits(int codePoint, DataInputStream in) throws IOException {
    char[][] page = pages[codePoint / PAGE];
    if (page == null) {
      page = new char[PAGE * levels][];
      pages[codePoint / PAGE] = page;
    }
    for (int level = 0; level < levels; level++) {
      char[] units = new char[in.readUnsignedByte()];
      for (int i = 0; i < units.length; i++) {
        units[i] = in.readChar();
      }
      page[codePoint % PAGE * levels + level] = units;
    }
  }

  private void findCodePoints() {
    for (int codePoint = CODE_POINTS - 1; codePoint >= 0; codePoint--) {
      char[] units = has(codePoint) ? units(codePoint, 0) : new char[0];
      if (units.length == 1) {
        codePoints[units[0]] = codePoint;
      }
    }
    for (int codePoint = 0; codePoint < CODE_POINTS; codePoint++) {
      char[] units = kinds[codePoint] == EXPLICIT ? units(codePoint, 0) : new char[0];
      if (units.length == 2
          && codePoints[units[0]] == NO_CODE_POINT
          && !Arrays.equals(units(ofImplicit(units[0], units[1]), 0), units)) {
        pairs.putIfAbsent((units[0] << Character.SIZE) | units[1], codePoint);
      }
    }
    for (int small = 'a'; small <= 'z'; small++) {
      if (kinds[small] != NONE) {
        codePoints[units(small, 0)[0]] = small;
      }
    }
  }

  private static boolean isSurrogate(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }

  /**
   * Returns the smallest code point whose first level is a unit alone, or a small Latin letter if
   * one has it; {@link #NO_CODE_POINT} if there is none.
   */
  int codePoint(int unit) {
    return codePoints[unit];
  }

  /** Returns the code point whose first level are two units, neither of which is one alone. */
  int codePoint(int first, int second) {
    Integer explicit = pairs.get((first << Character.SIZE) | second);
    return explicit == null ? ofImplicit(first, second) : explicit;
  }

  /**
   * Returns the weights of a code point, by which {@link #codePoint(String, int)} finds it: of one
   * level its units; of several levels its elements, of {@link #ELEMENT} units each. An element is
   * a letter or a mark: the two units of its first level, of which one or both may be 0, and one
   * unit of each further level. A text's levels tell its elements, because all letters and nothing
   * else have the common unit in the second level.
   *
   * @param depth how many levels are compared
   */
  String weights(int codePoint, int depth) {
    char[] first = units(codePoint, 0);
    if (depth == 1) {
      return new String(first);
    }
    char[] second = units(codePoint, 1);
    char[] third = units(codePoint, 2);
    StringBuilder weights = new StringBuilder(second.length * ELEMENT);
    int next = 0;
    for (int i = 0; i < second.length; i++) {
      boolean letter = second[i] == COMMON_SECONDARY[0];
      char unit = letter ? first[next++] : 0;
      boolean pair = unit >= FIRST_IMPLICIT && next < first.length;
      weights.append(unit).append(pair ? first[next++] : 0).append(second[i]);
      weights.append(depth > 2 ? third[i] : 0);
    }
    return weights.toString();
  }

  /**
   * Returns a code point that has these {@link #weights}; {@link #NO_CODE_POINT} if there is none.
   */
  int codePoint(String weights, int depth) {
    if (weights.length() == 1) {
      return codePoint(weights.charAt(0));
    }
    int implicit = ofImplicit(weights.charAt(0), weights.charAt(1));
    if (has(implicit) && weights(implicit, depth).equals(weights)) {
      return implicit;
    }
    return explicit.computeIfAbsent(depth, this::explicit).getOrDefault(weights, NO_CODE_POINT);
  }

  private Map<String, Integer> explicit(int depth) {
    Map<String, Integer> explicit = new HashMap<>();
    for (int codePoint = 0; codePoint < CODE_POINTS; codePoint++) {
      boolean found = kinds[codePoint] == EXPLICIT || kinds[codePoint] == ITSELF;
      String weights = found && has(codePoint) ? weights(codePoint, depth) : "";
      if (weights.length() > 1) {
        explicit.putIfAbsent(weights, codePoint);
      }
    }
    for (int small = 'a'; small <= 'z'; small++) {
      if (has(small)) {
        explicit.put(weights(small, depth), small);
      }
    }
    return explicit;
  }

  /**
   * Whether MySQL's table has the page of a code point, with the weights of all of it. Hangul
   * syllables have none there, because they are decomposed.
   */
  boolean hasPage(int codePoint) {
    boolean hangul = codePoint >= FIRST_HANGUL && codePoint <= LAST_HANGUL;
    return pages[codePoint / PAGE] != null && !hangul;
  }

  private boolean has(int codePoint) {
    return codePoint < CODE_POINTS && kinds[codePoint] != NONE && !isSurrogate(codePoint);
  }

  private static int ofImplicit(int first, int second) {
    return ((first & 0x3F) << 15) | (second & 0x7FFF);
  }

  /**
   * Returns the units of a code point.
   *
   * @param level from 0
   * @throws IllegalArgumentException if the character set does not have the code point
   */
  char[] units(int codePoint, int level) {
    byte kind = kinds[codePoint];
    if (kind == EXPLICIT) {
      return pages[codePoint / PAGE][codePoint % PAGE * levels + level];
    }
    if (level > 0) {
      return level == 1 ? COMMON_SECONDARY : COMMON_TERTIARY;
    }
    return switch (kind) {
      case IMPLICIT -> implicit(codePoint, 0xFBC0);
      case RARE_IDEOGRAPH -> implicit(codePoint, 0xFB80);
      case IDEOGRAPH -> implicit(codePoint, 0xFB40);
      case ITSELF -> new char[] {(char) codePoint};
      case REPLACED -> new char[] {0xFFFD};
      default ->
          throw new IllegalArgumentException(
              "the character U+%04X is not of the column's character set".formatted(codePoint));
    };
  }

  /** The formula of Unicode Technical Standard 10, section 10.1.3, and of its earlier versions. */
  static char[] implicit(int codePoint, int base) {
    return new char[] {(char) (base + (codePoint >> 15)), (char) ((codePoint & 0x7FFF) | 0x8000)};
  }
}
