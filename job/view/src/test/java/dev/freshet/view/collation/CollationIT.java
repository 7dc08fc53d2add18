package dev.freshet.view.collation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.view.Source;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random texts compare as the server compares them. */
class CollationIT {
  private static final int PAIRS =
      "full".equals(System.getProperty("freshet.size")) ? 5_000_000 : 4_000;
  private static final int BATCH = 4_000;

  private final long seed = new Random().nextLong();
  private final RandomTexts texts = new RandomTexts(new Random(seed));

  private record Pair(String left, String right) {}

  @ParameterizedTest
  @MethodSource("dev.freshet.view.collation.CollationTables#collations")
  void textsCompareAsOnTheServer(String name) throws Exception {
    Collation collation = Collation.of(name).orElseThrow();
    String charset = name.substring(0, name.indexOf('_'));
    int equal = 0;
    try (Source source = Source.create("pairs_" + name)) {
      source.execute(
          "CREATE TABLE pairs (id INT PRIMARY KEY, a VARCHAR(40) CHARACTER SET %s COLLATE %s,"
                  .formatted(charset, name)
              + " b VARCHAR(40) CHARACTER SET %s COLLATE %s)".formatted(charset, name));
      for (int done = 0; done < PAIRS; done += BATCH) {
        List<Pair> pairs = pairs(charset);
        source.execute("TRUNCATE pairs");
        source.connection().setAutoCommit(false);
        try (PreparedStatement insert =
            source.connection().prepareStatement("INSERT INTO pairs VALUES (?, ?, ?)")) {
          for (int i = 0; i < pairs.size(); i++) {
            insert.setInt(1, i);
            insert.setString(2, pairs.get(i).left());
            insert.setString(3, pairs.get(i).right());
            insert.addBatch();
          }
          insert.executeBatch();
        }
        source.connection().setAutoCommit(true);
        try (Statement statement = source.connection().createStatement();
            ResultSet rows =
                statement.executeQuery("SELECT id, IF(a = b, 0, IF(a < b, -1, 1)) FROM pairs")) {
          while (rows.next()) {
            Pair pair = pairs.get(rows.getInt(1));
            int order = rows.getInt(2);
            assertThat(Integer.signum(collation.compare(pair.left(), pair.right())))
                .as("'%s' and '%s', seed %d", pair.left(), pair.right(), seed)
                .isEqualTo(order);
            equal += order == 0 ? 1 : 0;
          }
        }
      }
    }
    assertThat(equal).as("pairs of equal texts").isGreaterThan(PAIRS / 50);
    System.out.printf(
        "%s: %,d pairs compare as on the server, %,d of them are equal%n", name, PAIRS, equal);
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
