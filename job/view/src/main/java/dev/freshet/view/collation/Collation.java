package dev.freshet.view.collation;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A collation of MySQL that compares characters by weights.
 *
 * <p>A text is compared level by level: first by the base letters, then, where the collation has
 * further levels, by accents, then by case. The collations before {@code utf8mb4_0900} pad the
 * shorter text with spaces. Thread-safe; tables are read when they are first used.
 */
public final class Collation {
  private static final int SPACE = ' ';

  /** The tables that were read, by resource. */
  private static final Map<String, WeightTable> TABLES = new ConcurrentHashMap<>();

  private static final Map<String, Collation> ALL = all();

  private final String resource;
  private final int tableLevels;
  private final int levels;
  private final boolean padded;

  private Collation(String resource, int tableLevels, int levels, boolean padded) {
    this.resource = resource;
    this.tableLevels = tableLevels;
    this.levels = levels;
    this.padded = padded;
  }

  private static Map<String, Collation> all() {
    Map<String, Collation> all = new HashMap<>();
    all.put("utf8mb4_0900_ai_ci", new Collation("uca900.gz", 3, 1, false));
    all.put("utf8mb4_0900_as_ci", new Collation("uca900.gz", 3, 2, false));
    all.put("utf8mb4_0900_as_cs", new Collation("uca900.gz", 3, 3, false));
    for (String charset : new String[] {"utf8mb4", "utf8mb3", "utf8"}) {
      all.put(charset + "_general_ci", new Collation("general.gz", 1, 1, true));
      all.put(charset + "_unicode_ci", new Collation("uca400.gz", 1, 1, true));
      all.put(charset + "_unicode_520_ci", new Collation("uca520.gz", 1, 1, true));
    }
    all.put("latin1_swedish_ci", new Collation("latin1_swedish.gz", 1, 1, true));
    all.put("ascii_general_ci", new Collation("ascii_general.gz", 1, 1, true));
    return all;
  }

  /** Returns a collation by MySQL's name for it; empty if it is not one of these. */
  public static Optional<Collation> of(String name) {
    return Optional.ofNullable(ALL.get(name));
  }

  /** Whether the shorter of two texts is padded with spaces; then {@link #key} is not ordered. */
  public boolean pads() {
    return padded;
  }

  private WeightTable table() {
    return TABLES.computeIfAbsent(resource, name -> WeightTable.read(name, tableLevels));
  }

  /**
   * Compares two texts as MySQL does.
   *
   * @throws IllegalArgumentException if the character set does not have one of the characters
   */
  public int compare(String a, String b) {
    if (a.equals(b)) {
      return 0;
    }
    WeightTable table = table();
    for (int level = 0; level < levels; level++) {
      int order = compare(new Units(table, a, level), new Units(table, b, level), level);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private int compare(Units a, Units b, int level) {
    int x = a.next();
    int y = b.next();
    while (x == y && x != Units.END) {
      x = a.next();
      y = b.next();
    }
    if (!padded) {
      return Integer.compare(x, y);
    }
    int space = table().units(SPACE, level)[0];
    while (x != Units.END || y != Units.END) {
      int padX = x == Units.END ? space : x;
      int padY = y == Units.END ? space : y;
      if (padX != padY) {
        return Integer.compare(padX, padY);
      }
      x = x == Units.END ? Units.END : a.next();
      y = y == Units.END ? Units.END : b.next();
    }
    return 0;
  }

  /**
   * Returns what MySQL's WEIGHT_STRING returns for a text: its units, the high byte first, with a
   * zero unit between two levels. The keys of a collation that does not pad are ordered like its
   * texts.
   */
  public byte[] key(String text) {
    WeightTable table = table();
    byte[] key = new byte[16 + text.length() * 4];
    int size = 0;
    for (int level = 0; level < levels; level++) {
      Units units = new Units(table, text, level);
      int unit = level == 0 ? units.next() : 0;
      while (unit != Units.END) {
        if (size + 2 > key.length) {
          key = Arrays.copyOf(key, key.length * 2);
        }
        key[size++] = (byte) (unit >> Byte.SIZE);
        key[size++] = (byte) unit;
        unit = units.next();
      }
    }
    return Arrays.copyOf(key, size);
  }

  /** The units of a text on one level, from first to last. */
  private static final class Units {
    private static final int END = -1;
    private static final char[] NOTHING = {};

    private final WeightTable table;
    private final String text;
    private final int level;
    private int at;
    private char[] units = NOTHING;
    private int unit;

    private Units(WeightTable table, String text, int level) {
      this.table = table;
      this.text = text;
      this.level = level;
    }

    private int next() {
      while (unit == units.length) {
        if (at == text.length()) {
          return END;
        }
        int codePoint = text.codePointAt(at);
        at += Character.charCount(codePoint);
        units = table.units(codePoint, level);
        unit = 0;
      }
      return units[unit++];
    }
  }
}
