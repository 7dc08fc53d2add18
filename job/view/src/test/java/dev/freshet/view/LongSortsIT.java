package dev.freshet.view;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.view.collation.Collation;
import dev.freshet.view.collation.RandomTexts;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.MysqlQueries;
import dev.freshet.view.sql.PlanCheck;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random long texts and byte strings, many of which differ near or beyond what MySQL sorts by where
 * the collation pads: the author's own ORDER BY, the fallback's pages and the plan's expressions
 * have one order.
 */
class LongSortsIT {
  private static final int ROUNDS = FULL ? 100 : 1;
  private static final int KEYS = 25;
  private static final int ROWS = 16;
  private static final int PAGE = 5;

  /** Characters of a column whose collation does not pad; they are sorted in full. */
  private static final int MOST = 530;

  private final long seed = TestSize.seed();
  private final Random random = new Random(seed);
  private final RandomTexts texts = new RandomTexts(random);
  private boolean pads;

  /** How the texts of a key begin. */
  private String begin = "";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "utf8mb4_0900_bin",
        "utf8mb4_0900_ai_ci",
        "utf8mb4_0900_as_ci",
        "utf8mb4_0900_as_cs",
        "utf8mb4_general_ci",
        "utf8mb4_unicode_ci",
        "utf8mb4_unicode_520_ci",
        "utf8mb4_bin",
        "utf8mb3_general_ci",
        "utf8mb3_unicode_ci",
        "utf8mb3_bin",
        "latin1_swedish_ci",
        "ascii_general_ci",
        "ascii_bin",
        "binary"
      })
  void mysqlAndThePlanSortLongValuesAlike(String collation) throws Exception {
    String charset = collation.replaceFirst("_.*", "");
    String type = "CHARACTER SET %s COLLATE %s".formatted(charset, collation);
    pads = Collation.of(collation).filter(Collation::pads).isPresent();
    int ties = 0;
    try (Source source = Source.create("long_" + collation)) {
      source.execute(
          "CREATE TABLE texts (id INT PRIMARY KEY, k INT NOT NULL, a %1$s %2$s, b VARCHAR(100) %2$s"
                  .formatted(pads ? "TEXT" : "VARCHAR(" + MOST + ")", type)
              + " NOT NULL, KEY (k))");
      for (int round = 0; round < ROUNDS; round++) {
        fill(source, charset);
        for (String order : new String[] {"a", "a DESC, b", "CONCAT(b, t.a)", "IF(k > 3, a, b)"}) {
          ties += compare(source, order);
        }
      }
    }
    assertThat(ties).as("values that sort alike, seed %d", seed).isPositive();
  }

  private int compare(Source source, String order) throws SQLException {
    String described = "ORDER BY %s, seed %d".formatted(order, seed);
    ViewPlan plan =
        source.plan(
            "CREATE MATERIALIZED TABLE v (PRIMARY KEY (k, id) NOT ENFORCED) PARTITIONED BY (k)"
                + " FRESHNESS = INTERVAL '5' SECOND AS SELECT k, id FROM texts t ORDER BY "
                + order);
    assertThat(PlanCheck.problems(source.connection(), plan)).as(described).isEmpty();
    assertThat(plan.shown()).hasSize(2);
    Catalogue catalogue =
        source.catalogue(
            "CREATE MATERIALIZED TABLE v (PRIMARY KEY (k) NOT ENFORCED) PARTITIONED BY (k) FRESHNESS = INTERVAL '5' SECOND AS SELECT k FROM texts");
    Map<String, List<Object[]>> tables =
        Map.of("texts", Rows.of(source, catalogue.tables().get(0)));
    List<Object[]> entries = new QueryModel(plan, catalogue, tables).everything();
    MysqlQueries queries = new MysqlQueries(plan, Duration.ZERO);
    int from = 0;
    for (int key = 0; key < KEYS; key++) {
      List<Object[]> expected = entries.subList(from, from + ROWS);
      from += ROWS;
      List<Integer> ids = expected.stream().map(entry -> ((Long) entry[1]).intValue()).toList();
      assertThat(byTheAuthor(source, order, key)).as(described).isEqualTo(ids);
      assertThat(pages(source, plan, queries, key).toArray(Object[][]::new))
          .as(described)
          .isDeepEqualTo(expected.toArray(Object[][]::new));
    }
    return entries.size() - distinct(plan, entries);
  }

  private static int distinct(ViewPlan plan, List<Object[]> entries) {
    Set<List<Object>> sorts = new HashSet<>();
    for (Object[] entry : entries) {
      List<Object> sort = new ArrayList<>();
      sort.add(entry[0]);
      for (int i = plan.shown().size(); i < entry.length; i++) {
        sort.add(
            entry[i] instanceof byte[] bytes
                ? List.of(new String(bytes, StandardCharsets.ISO_8859_1))
                : entry[i]);
      }
      sorts.add(sort);
    }
    return sorts.size();
  }

  /** The author's own ORDER BY, completed by the primary key. */
  private static List<Integer> byTheAuthor(Source source, String order, int key)
      throws SQLException {
    List<Integer> ids = new ArrayList<>();
    try (Statement statement = source.connection().createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT id FROM texts t WHERE k = %d ORDER BY %s, id".formatted(key, order))) {
      while (rows.next()) {
        ids.add(rows.getInt(1));
      }
    }
    return ids;
  }

  /** A key's entries, page by page. */
  private static List<Object[]> pages(Source source, ViewPlan plan, MysqlQueries queries, int key)
      throws SQLException {
    List<Object[]> all = new ArrayList<>();
    Optional<List<Object>> after = Optional.empty();
    List<Object[]> page;
    do {
      try (PreparedStatement statement =
          source.connection().prepareStatement(queries.page(List.of(), after))) {
        int parameter = 1;
        statement.setInt(parameter++, key);
        for (int position : after.map(queries::cursorPositions).orElse(List.of())) {
          int output = plan.order().get(position).output();
          JdbcValues.MYSQL.bind(
              statement,
              parameter++,
              plan.outputs().get(output).column().type(),
              after.orElseThrow().get(position));
        }
        statement.setInt(parameter, PAGE);
        page = Rows.of(JdbcValues.MYSQL, statement, Rows.outputs(plan), 1);
      }
      all.addAll(page);
      if (!page.isEmpty()) {
        Object[] last = page.get(page.size() - 1);
        List<Object> values = new ArrayList<>();
        plan.order().forEach(part -> values.add(last[part.output()]));
        after = Optional.of(Collections.unmodifiableList(values));
      }
    } while (page.size() == PAGE);
    return all;
  }

  private void fill(Source source, String charset) throws SQLException {
    source.execute("TRUNCATE texts");
    source.connection().setAutoCommit(false);
    try (PreparedStatement insert =
        source.connection().prepareStatement("INSERT INTO texts VALUES (?, ?, ?, ?)")) {
      for (int id = 0; id < KEYS * ROWS; id++) {
        if (id % ROWS == 0) {
          begin = random.nextInt(4) == 0 ? "" : beginning(charset);
        }
        insert.setInt(1, id);
        insert.setInt(2, id / ROWS);
        String text = begin + (random.nextBoolean() ? tail(charset) : "a" + tail(charset));
        insert.setObject(3, random.nextInt(8) == 0 ? null : value(charset, text));
        insert.setObject(4, value(charset, tail(charset)));
        insert.addBatch();
      }
      insert.executeBatch();
    }
    source.connection().setAutoCommit(true);
  }

  /** As long as what MySQL sorts by, in one of the widths that characters have in sort keys. */
  private String beginning(String charset) {
    String part = random.nextBoolean() ? "x" : tail(charset) + "x";
    int length = List.of(341, 512, 1024).get(random.nextInt(3)) - 4 + random.nextInt(8);
    String text = part.repeat(length / part.codePointCount(0, part.length()) + 1);
    return text.substring(0, text.offsetByCodePoints(0, length));
  }

  private String tail(String charset) {
    while (true) {
      String text = texts.text();
      String tail = random.nextBoolean() ? text : texts.like(text);
      if (isOf(charset, tail)) {
        return tail;
      }
    }
  }

  /** A text or byte string, cut to its column's length. */
  private Object value(String charset, String text) {
    if (charset.equals("binary")) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return Arrays.copyOf(bytes, Math.min(bytes.length, MOST));
    }
    boolean fits = pads || text.codePointCount(0, text.length()) <= MOST;
    return fits ? text : text.substring(0, text.offsetByCodePoints(0, MOST));
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
