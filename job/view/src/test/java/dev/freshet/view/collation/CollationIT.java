package dev.freshet.view.collation;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.freshet.view.Column;
import dev.freshet.view.Source;
import dev.freshet.view.TestSize;
import dev.freshet.view.ValueType;
import dev.freshet.view.sql.JdbcValues;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random texts compare as the server compares them. */
class CollationIT {
  private static final int PAIRS = FULL ? 5_000_000 : 4_000;
  private static final int BATCH = 4_000;

  private static final int ROWS_AT_ONCE = 200;

  /** The lists of texts that are sorted, of 10 texts each. */
  private static final int LISTS = FULL ? 200_000 : 800;

  /** The pairs of characters that LIKE compares; in full, all that one letter stands for. */
  private static final int LIKED = FULL ? Integer.MAX_VALUE : BATCH;

  /** The texts that are sought through an index. */
  private static final int FULL_TEXTS = FULL ? 20_000 : 200;

  private static final int LISTS_AT_ONCE = BATCH * 2 / 10;

  private final long seed = TestSize.seed();
  private final RandomTexts texts = new RandomTexts(new Random(seed));

  private record Pair(String left, String right) {}

  static List<String> collations() {
    List<String> all = new ArrayList<>(CollationTables.collations());
    all.addAll(List.of("utf8mb4_bin", "utf8mb3_bin", "ascii_bin", "latin1_bin"));
    return all;
  }

  @ParameterizedTest
  @MethodSource("collations")
  void textsCompareAsOnTheServer(String name) throws Exception {
    Collation collation = Collation.of(name).orElseThrow();
    String charset = name.substring(0, name.indexOf('_'));
    int equal = 0;
    try (Source source = Source.create("pairs_" + name)) {
      String type = " CHARACTER SET %s COLLATE %s".formatted(charset, name);
      source.execute(
          "CREATE TEMPORARY TABLE pairs (id INT PRIMARY KEY, a VARCHAR(40)%1$s, b VARCHAR(40)%1$s,"
                  .formatted(type)
              + " canonical VARCHAR(400)%s)".formatted(type));
      for (int done = 0; done < PAIRS; done += BATCH) {
        List<Pair> pairs = pairs(charset);
        insert(source, collation, pairs);
        try (Statement statement = source.connection().createStatement();
            ResultSet rows =
                statement.executeQuery(
                    "SELECT id, IF(a = b, 0, IF(a < b, -1, 1)), a = canonical" + " FROM pairs")) {
          while (rows.next()) {
            Pair pair = pairs.get(rows.getInt(1));
            int order = rows.getInt(2);
            List<String> wrong = differences(name, collation, pair, order);
            if (!rows.getBoolean(3)) {
              wrong.add("equality with the canonical text");
            }
            if (!wrong.isEmpty()) {
              fail("'%s' and '%s', seed %d: %s", pair.left(), pair.right(), seed, wrong);
            }
            equal += order == 0 ? 1 : 0;
          }
        }
      }
    }
    assertThat(equal).as("pairs of equal texts").isGreaterThan(PAIRS / 50);
    System.out.printf(
        "%s: %,d pairs compare as on the server, %,d of them are equal%n", name, PAIRS, equal);
  }

  /** Returns what is not as on the server. Millions of pairs need no assertion for each of them. */
  private static List<String> differences(String name, Collation collation, Pair pair, int order) {
    List<String> wrong = new ArrayList<>();
    boolean sorts = !name.equals("latin1_bin");
    int compared = Integer.signum(collation.compare(pair.left(), pair.right()));
    if (sorts ? compared != order : (compared == 0) != (order == 0)) {
      wrong.add("comparison");
    }
    byte[] left = collation.sortKey(pair.left());
    byte[] right = collation.sortKey(pair.right());
    int keys = Integer.signum(Arrays.compareUnsigned(left, right));
    if (sorts ? keys != order : (keys == 0) != (order == 0)) {
      wrong.add("sort keys");
    }
    String canonical = collation.canonical(pair.left());
    if (canonical.equals(collation.canonical(pair.right())) != (order == 0)) {
      wrong.add("canonical texts");
    }
    if (!collation.canonical(canonical).equals(canonical)) {
      wrong.add("canonical text of a canonical text");
    }
    return wrong;
  }

  private static void insert(Source source, Collation collation, List<Pair> pairs)
      throws SQLException {
    List<Object[]> rows = new ArrayList<>();
    for (Pair pair : pairs) {
      rows.add(
          new Object[] {rows.size(), pair.left(), pair.right(), collation.canonical(pair.left())});
    }
    replace(source, "pairs", rows);
  }

  /** Replaces a table's rows by so many that they fill whole statements. */
  private static void replace(Source source, String table, List<Object[]> rows)
      throws SQLException {
    source.execute("TRUNCATE " + table);
    String row = "(?" + ", ?".repeat(rows.get(0).length - 1) + ")";
    String sql =
        "INSERT INTO %s VALUES %s".formatted(table, row + (", " + row).repeat(ROWS_AT_ONCE - 1));
    try (PreparedStatement insert = source.connection().prepareStatement(sql)) {
      for (int done = 0; done < rows.size(); done += ROWS_AT_ONCE) {
        int parameter = 1;
        for (Object[] values : rows.subList(done, done + ROWS_AT_ONCE)) {
          for (Object value : values) {
            insert.setObject(parameter++, value);
          }
        }
        insert.executeUpdate();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("collations")
  void textsSortAsOnTheServer(String name) throws Exception {
    assumeThat(name).isNotEqualTo("latin1_bin");
    Collation collation = Collation.of(name).orElseThrow();
    String charset = name.substring(0, name.indexOf('_'));
    try (Source source = Source.create("sorted_" + name)) {
      source.execute(
          "CREATE TEMPORARY TABLE texts (id INT PRIMARY KEY, list INT, a VARCHAR(40) CHARACTER SET %s"
                  .formatted(charset)
              + " COLLATE %s, KEY (list))".formatted(name));
      for (int done = 0; done < LISTS; done += LISTS_AT_ONCE) {
        List<String> all = new ArrayList<>();
        pairs(charset).forEach(pair -> all.addAll(List.of(pair.left(), pair.right())));
        List<Object[]> inserted = new ArrayList<>();
        for (String text : all) {
          inserted.add(new Object[] {inserted.size(), inserted.size() % LISTS_AT_ONCE, text});
        }
        replace(source, "texts", inserted);
        List<Integer> sorted = new ArrayList<>();
        try (Statement statement = source.connection().createStatement();
            ResultSet rows = statement.executeQuery("SELECT id FROM texts ORDER BY list, a, id")) {
          while (rows.next()) {
            sorted.add(rows.getInt(1));
          }
        }
        List<Integer> expected = new ArrayList<>(sorted);
        expected.sort(
            Comparator.<Integer>comparingInt(i -> i % LISTS_AT_ONCE)
                .thenComparing(i -> collation.sortKey(all.get(i)), Arrays::compareUnsigned)
                .thenComparing(i -> i));
        assertThat(sorted).as("seed %d", seed).isEqualTo(expected);
      }
    }
  }

  /** Each character with others of the same base letter. */
  @ParameterizedTest
  @MethodSource("collations")
  void likeComparesCharactersAsOnTheServer(String name) throws Exception {
    Collation collation = Collation.of(name).orElseThrow();
    String charset = name.substring(0, name.indexOf('_'));
    List<Pair> pairs = ofOneLetter(name, charset);
    int alike = 0;
    try (Source source = Source.create("liked_" + name)) {
      String type = " CHARACTER SET %s COLLATE %s".formatted(charset, name);
      source.execute(
          "CREATE TEMPORARY TABLE pairs (id INT PRIMARY KEY, a VARCHAR(40)%1$s, b VARCHAR(40)%1$s)"
              .formatted(type));
      for (int done = 0; done < pairs.size(); done += BATCH) {
        List<Object[]> inserted = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
          Pair pair = pairs.get((done + i) % pairs.size());
          inserted.add(new Object[] {i, pair.left(), "|" + pair.right()});
        }
        replace(source, "pairs", inserted);
        try (Statement statement = source.connection().createStatement();
            ResultSet rows = statement.executeQuery("SELECT id, a LIKE b ESCAPE '|' FROM pairs")) {
          while (rows.next()) {
            Pair pair = pairs.get((done + rows.getInt(1)) % pairs.size());
            boolean same =
                collation.isSameCharacter(pair.left().codePointAt(0), pair.right().codePointAt(0));
            if (same != rows.getBoolean(2)) {
              fail(
                  "'%s' LIKE '%s' is %s (%x, %x), seed %d",
                  pair.left(),
                  pair.right(),
                  !same,
                  pair.left().codePointAt(0),
                  pair.right().codePointAt(0),
                  seed);
            }
            alike += same ? 1 : 0;
          }
        }
      }
    }
    System.out.printf("%s: LIKE compares %,d pairs, %,d alike%n", name, pairs.size(), alike);
  }

  /** Letters, signs, some ideographs and their compatibility forms, syllables and emoji. */
  private static boolean isOfManyKinds(int codePoint) {
    return codePoint < 0x3400
        || codePoint >> 8 == 0x4D
        || codePoint >> 8 == 0xC0
        || (codePoint >= 0xF900 && codePoint <= 0xFFFF)
        || (codePoint >= 0x1F300 && codePoint <= 0x1F6FF);
  }

  private List<Pair> ofOneLetter(String name, String charset) {
    Collation letters = Collation.of(name.replaceFirst("_as_c[is]$", "_ai_ci")).orElseThrow();
    Map<ByteBuffer, List<String>> byLetter = new HashMap<>();
    for (int codePoint = 1; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
      String character = Character.toString(codePoint);
      if ((FULL || isOfManyKinds(codePoint)) && isOf(charset, character)) {
        byLetter
            .computeIfAbsent(ByteBuffer.wrap(letters.weights(character)), key -> new ArrayList<>())
            .add(character);
      }
    }
    Random random = new Random(seed);
    List<Pair> pairs = new ArrayList<>();
    for (List<String> characters : byLetter.values()) {
      for (int i = 0; i < characters.size(); i++) {
        pairs.add(new Pair(characters.get(i), characters.get(random.nextInt(characters.size()))));
        pairs.add(new Pair(characters.get(i), characters.get(Math.max(i - 1, 0))));
      }
    }
    Collections.shuffle(pairs, random);
    return pairs.subList(0, Math.min(pairs.size(), LIKED));
  }

  /** MySQL finds nothing through an index by a text that is longer than the column. */
  @ParameterizedTest
  @MethodSource("collations")
  void textsThatFillTheirColumnAreFoundThroughItsIndex(String name) throws Exception {
    Collation collation = Collation.of(name).orElseThrow();
    String charset = name.substring(0, name.indexOf('_'));
    Column column = new Column("a", ValueType.STRING, false, "varchar(6)", name);
    Random random = new Random(seed);
    try (Source source = Source.create("found_" + name)) {
      source.execute(
          "CREATE TABLE texts (id INT PRIMARY KEY, a VARCHAR(6) CHARACTER SET %s COLLATE %s, KEY (a))"
              .formatted(charset, name));
      try (PreparedStatement insert =
              source.connection().prepareStatement("INSERT INTO texts VALUES (?, ?)");
          PreparedStatement find =
              source
                  .connection()
                  .prepareStatement(
                      "SELECT COUNT(*) FROM texts FORCE INDEX (a) WHERE a = ? AND id = ?")) {
        for (int id = 0; id < FULL_TEXTS; id++) {
          String text = filling(charset, random);
          insert.setInt(1, id);
          insert.setString(2, text);
          insert.execute();
          JdbcValues.MYSQL.bindKey(find, 1, column, collation.canonical(text));
          find.setInt(2, id);
          try (ResultSet row = find.executeQuery()) {
            row.next();
            assertThat(row.getInt(1)).as("'%s', seed %d", text, seed).isEqualTo(1);
          }
        }
      }
    }
  }

  /** Six characters, of which other texts often have several for one. */
  private static String filling(String charset, Random random) {
    StringBuilder text = new StringBuilder();
    while (text.codePointCount(0, text.length()) < 6) {
      String next =
          switch (random.nextInt(4)) {
            case 0 -> Character.toString(0xAC00 + random.nextInt(11_172));
            case 1 -> Character.toString("æßﬁﷺĳœ㍿①½ŉ".codePointAt(random.nextInt(10)));
            case 2 -> Character.toString(0x21 + random.nextInt(0x1F200));
            default -> Character.toString('a' + random.nextInt(26));
          };
      if (isOf(charset, next)) {
        text.append(next);
      }
    }
    return text.toString();
  }

  private List<Pair> pairs(String charset) {
    List<Pair> pairs = new ArrayList<>();
    while (pairs.size() < BATCH) {
      String left = texts.text();
      Pair pair = new Pair(left, texts.like(left));
      if (isOf(charset, pair.left()) && isOf(charset, pair.right())) {
        pairs.add(pair);
      }
    }
    return pairs;
  }

  private static boolean isOf(String charset, String text) {
    Charset java =
        switch (charset) {
          case "latin1" -> Charset.forName("windows-1252");
          case "ascii" -> StandardCharsets.US_ASCII;
          default -> StandardCharsets.UTF_8;
        };
    return java.newEncoder().canEncode(text)
        && (!charset.equals("utf8mb3")
            || text.chars().noneMatch(c -> Character.isSurrogate((char) c)));
  }
}
