package dev.freshet.view.collation;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A collation of MySQL that takes different texts as equal.
 *
 * <p>A text is compared level by level: first by the base letters, then, where the collation has
 * further levels, by accents, then by case. The collations before {@code utf8mb4_0900} pad the
 * shorter text with spaces; those that end in {@code _bin} compare code points. Thread-safe; tables
 * are read when they are first used.
 */
public final class Collation {
  private static final int SPACE = ' ';

  /** No character has more units, or elements. */
  private static final int MOST_UNITS = 18;

  /** More characters than any text has. */
  private static final int NONE = Integer.MAX_VALUE / 2;

  // What follows a space in the sort key of a padded text, see sortKey.
  private static final int THEN_LESS = 0;
  private static final int THEN_NOTHING = 1;
  private static final int THEN_MORE = 2;

  /** How the resources begin whose weights are of Unicode's collation algorithm. */
  private static final String UNICODE = "uca";

  /** The tables that were read, by resource. */
  private static final Map<String, WeightTable> TABLES = new ConcurrentHashMap<>();

  private static final Map<String, Collation> ALL = all();

  /** The resource with the weights; empty if code points are compared. */
  private final String resource;

  private final int tableLevels;
  private final int levels;
  private final boolean padded;

  /** The number of bytes that a unit has in MySQL's WEIGHT_STRING. */
  private final int width;

  private Collation(String resource, int tableLevels, int levels, boolean padded, int width) {
    this.resource = resource;
    this.tableLevels = tableLevels;
    this.levels = levels;
    this.padded = padded;
    this.width = width;
  }

  private static Map<String, Collation> all() {
    Map<String, Collation> all = new HashMap<>();
    all.put("utf8mb4_0900_ai_ci", new Collation("uca900.gz", 3, 1, false, 2));
    all.put("utf8mb4_0900_as_ci", new Collation("uca900.gz", 3, 2, false, 2));
    all.put("utf8mb4_0900_as_cs", new Collation("uca900.gz", 3, 3, false, 2));
    for (String charset : new String[] {"utf8mb4", "utf8mb3", "utf8"}) {
      all.put(charset + "_general_ci", padded("general.gz", 2));
      all.put(charset + "_unicode_ci", padded("uca400.gz", 2));
      all.put(charset + "_unicode_520_ci", padded("uca520.gz", 2));
      all.put(charset + "_bin", padded("", charset.equals("utf8mb4") ? 3 : 2));
    }
    all.put("latin1_swedish_ci", padded("latin1_swedish.gz", 1));
    all.put("latin1_bin", padded("", 1));
    all.put("ascii_general_ci", padded("ascii_general.gz", 1));
    all.put("ascii_bin", padded("", 1));
    return all;
  }

  private static Collation padded(String resource, int width) {
    return new Collation(resource, 1, 1, true, width);
  }

  /** Returns a collation by MySQL's name for it; empty if it is not one of these. */
  public static Optional<Collation> of(String name) {
    return Optional.ofNullable(ALL.get(name));
  }

  /** Whether only base letters count, or code points. */
  public boolean hasOneLevel() {
    return levels == 1;
  }

  /** Whether the shorter of two texts is padded with spaces. */
  public boolean pads() {
    return padded;
  }

  private boolean comparesCodePoints() {
    return resource.isEmpty();
  }

  /**
   * Whether a text sorts alike with and without spaces at its end, by a collation that does not
   * pad. MySQL sorts a CHAR sometimes with them and sometimes without. A text sorts alike if each
   * of its characters weighs more than a space, and none weighs as much as several other
   * characters.
   *
   * @param name the name of a collation that compares by the first level or by code points
   */
  public static boolean isSortedAlikePadded(String name, String text) {
    Optional<Collation> collation = of(name).filter(found -> !found.comparesCodePoints());
    return text.codePoints()
        .allMatch(
            codePoint ->
                codePoint == SPACE
                    || collation
                        .map(found -> found.weighsAsOne(codePoint))
                        .orElse(codePoint > SPACE));
  }

  private boolean weighsAsOne(int codePoint) {
    char[] units = table().units(codePoint, 0);
    return units.length > 0
        && units[0] > space(0)
        && (units.length == 1 || units[0] >= WeightTable.FIRST_IMPLICIT);
  }

  private WeightTable table() {
    return TABLES.computeIfAbsent(resource, name -> WeightTable.read(name, tableLevels));
  }

  private Units units(String text, int level) {
    return new Units(comparesCodePoints() ? null : table(), text, level);
  }

  private int space(int level) {
    return comparesCodePoints() ? SPACE : table().units(SPACE, level)[0];
  }

  /**
   * Whether LIKE takes a character for another, which it compares without those around it.
   *
   * @throws IllegalArgumentException if the character set does not have one of the characters
   */
  public boolean isSameCharacter(int one, int other) {
    if (one == other || comparesCodePoints()) {
      return one == other;
    }
    // LIKE does not compute weights that MySQL's table lacks: it tells apart a compatibility
    // ideograph from the ideograph that it stands for, and the emoji of unicode_ci.
    boolean lookedUp = resource.startsWith(UNICODE);
    if (lookedUp && !(table().hasPage(one) && table().hasPage(other))) {
      return false;
    }
    for (int level = 0; level < levels; level++) {
      if (!Arrays.equals(table().units(one, level), table().units(other, level))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Compares two texts as MySQL does. For {@code latin1_bin}, only whether they are equal.
   *
   * @throws IllegalArgumentException if the character set does not have one of the characters
   */
  public int compare(String a, String b) {
    if (a.equals(b)) {
      return 0;
    }
    for (int level = 0; level < levels; level++) {
      int order = compare(units(a, level), units(b, level), level);
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
    int space = space(level);
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
   * Returns bytes that are ordered as MySQL orders the texts; equal texts have equal bytes.
   *
   * <p>Without padding they are what MySQL's WEIGHT_STRING returns: the text's units, the high byte
   * first, with a zero unit between two levels. With padding, the spaces at the end are left out,
   * and the end is a space with the byte 1. Every other space is followed by the byte 0 or 2,
   * depending on whether the next unit that is no space is less or greater than one, because that
   * unit decides between this text and one that ends there.
   *
   * @throws IllegalArgumentException if the character set does not have one of the characters
   */
  public byte[] sortKey(String text) {
    return padded ? paddedKey(text) : weights(text);
  }

  private byte[] paddedKey(String text) {
    ByteArrayOutputStream key = new ByteArrayOutputStream(16 + text.length() * 4);
    int space = space(0);
    int[] units = withoutPadding(text, space);
    int next = 0;
    for (int i = 0; i < units.length; i++) {
      write(units[i], key);
      if (units[i] == space) {
        next = Math.max(next, i);
        while (units[next] == space) {
          next++;
        }
        key.write(units[next] < space ? THEN_LESS : THEN_MORE);
      }
    }
    write(space, key);
    key.write(THEN_NOTHING);
    return key.toByteArray();
  }

  /** Returns what MySQL's WEIGHT_STRING returns for a text. */
  byte[] weights(String text) {
    return weighed(text, Integer.MAX_VALUE).toByteArray();
  }

  /**
   * Returns what MySQL's WEIGHT_STRING returns for a text, with as many spaces appended as make
   * {@code length} bytes, or cut to these. Of a collation that pads.
   *
   * @throws IllegalArgumentException if the character set does not have one of the characters
   */
  public byte[] weights(String text, int length) {
    ByteArrayOutputStream key = weighed(text, length);
    while (key.size() < length) {
      weigh(space(0), key);
    }
    return Arrays.copyOf(key.toByteArray(), length);
  }

  /** Weighs a text until the key has at least {@code enough} bytes. */
  private ByteArrayOutputStream weighed(String text, int enough) {
    ByteArrayOutputStream key = new ByteArrayOutputStream(16 + text.length() * 4);
    for (int level = 0; level < levels; level++) {
      if (level > 0) {
        weigh(0, key);
      }
      Units units = units(text, level);
      int unit = units.next();
      while (unit != Units.END && key.size() < enough) {
        weigh(unit, key);
        unit = units.next();
      }
    }
    return key;
  }

  /** The weight of a space, with which MySQL pads. Of a collation that pads. */
  public byte[] padding() {
    return weights(" ");
  }

  private void weigh(int unit, ByteArrayOutputStream key) {
    for (int bytes = width - 1; bytes >= 0; bytes--) {
      key.write(unit >> (bytes * Byte.SIZE));
    }
  }

  private void write(int unit, ByteArrayOutputStream key) {
    if (comparesCodePoints()) {
      key.write(unit >> (2 * Byte.SIZE));
    }
    key.write(unit >> Byte.SIZE);
    key.write(unit);
  }

  /**
   * Returns the text that stands for all texts that are equal to a text: it is equal to the text,
   * and the same for all of them.
   *
   * <p>It never changes, because keys in savepoints and in the store contain it. The first level's
   * units determine the text: each unit is that of a character, or two units are those that
   * Unicode's formula gives to a character. Of several levels, the {@linkplain WeightTable#weights
   * elements} do: from the first to the last, the fewest that are those of a character.
   *
   * @throws IllegalArgumentException if the character set does not have one of the characters
   */
  public String canonical(String text) {
    if (levels > 1) {
      return spelled(text, Character.MAX_CODE_POINT, false);
    }
    if (comparesCodePoints()) {
      int length = text.length();
      while (length > 0 && text.charAt(length - 1) == SPACE) {
        length--;
      }
      return text.substring(0, length);
    }
    WeightTable table = table();
    int[] units = withoutPadding(text, padded ? space(0) : Units.END);
    StringBuilder canonical = new StringBuilder(text.length());
    for (int i = 0; i < units.length; i++) {
      int codePoint = table.codePoint(units[i]);
      canonical.appendCodePoint(
          codePoint == WeightTable.NO_CODE_POINT
              ? table.codePoint(units[i], units[++i])
              : codePoint);
    }
    return canonical.toString();
  }

  /**
   * Returns the shortest text that is equal to a text; it may have fewer characters than the {@link
   * #canonical} text, which has {@code ae} for {@code æ}, and the parts of a Korean syllable.
   *
   * @param last the last code point that it may have
   * @return the text itself if there is no equal text of these code points
   * @throws IllegalArgumentException if the character set does not have one of the characters
   */
  public String shortest(String text, int last) {
    return comparesCodePoints() ? canonical(text) : spelled(text, last, true);
  }

  /**
   * Returns a text that is equal to a text: its characters have as few weights as possible, each
   * after the one before it, or it is the shortest.
   */
  private String spelled(String text, int last, boolean shortest) {
    int width = levels == 1 ? 1 : WeightTable.ELEMENT;
    String all = weightsByCharacter(text);
    // For each position, the fewest characters for the weights from there on, and the first of
    // them.
    int[] fewest = new int[all.length() + 1];
    int[] first = new int[all.length()];
    int[] next = new int[all.length()];
    for (int from = all.length() - width; from >= 0; from -= width) {
      fewest[from] = NONE;
      int most = Math.min(all.length(), from + MOST_UNITS * width);
      for (int to = from + width; to <= most && (shortest || fewest[from] == NONE); to += width) {
        int codePoint =
            fewest[to] + 1 < fewest[from]
                ? table().codePoint(all.substring(from, to), levels)
                : WeightTable.NO_CODE_POINT;
        if (codePoint != WeightTable.NO_CODE_POINT && codePoint <= last) {
          fewest[from] = fewest[to] + 1;
          first[from] = codePoint;
          next[from] = to;
        }
      }
    }
    if (fewest[0] == NONE) {
      return text;
    }
    StringBuilder spelled = new StringBuilder();
    for (int at = 0; at < all.length(); at = next[at]) {
      spelled.appendCodePoint(first[at]);
    }
    return spelled.toString();
  }

  /** The {@linkplain WeightTable#weights weights} of a text's characters, one after the other. */
  private String weightsByCharacter(String text) {
    StringBuilder all = new StringBuilder();
    if (levels == 1) {
      for (int unit : withoutPadding(text, padded ? space(0) : Units.END)) {
        all.append((char) unit);
      }
    } else {
      text.codePoints().forEach(each -> all.append(table().weights(each, levels)));
    }
    return all.toString();
  }

  /** The units of a text's first level, up to the last that is not {@code padding}. */
  private int[] withoutPadding(String text, int padding) {
    int[] all = new int[text.length() * 2];
    int size = 0;
    int last = 0;
    Units units = units(text, 0);
    for (int unit = units.next(); unit != Units.END; unit = units.next()) {
      if (size == all.length) {
        all = Arrays.copyOf(all, size * 2);
      }
      all[size++] = unit;
      if (unit != padding) {
        last = size;
      }
    }
    return Arrays.copyOf(all, last);
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

    /**
     * Takes a text.
     *
     * @param table the weights; null if the units are the code points
     */
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
        if (table == null) {
          return codePoint;
        }
        units = table.units(codePoint, level);
        unit = 0;
      }
      return units[unit++];
    }
  }
}
