package dev.freshet.view.collation;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPInputStream;

/**
 * The weights of all code points: for each level, a sequence of 16-bit units, which may be empty.
 *
 * <p>The resource is compressed and has, for each code point in ascending order, a byte such as
 * {@link #IMPLICIT}; after {@link #EXPLICIT} follow, for each level, a byte with the number of
 * units and the units. Immutable.
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

  private final int levels;
  private final byte[] kinds = new byte[CODE_POINTS];

  /** For pages with explicit weights: for each code point and level, its units. */
  private final char[][][] pages = new char[CODE_POINTS / PAGE][][];

  private WeightTable(int levels) {
    this.levels = levels;
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
