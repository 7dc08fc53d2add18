package dev.freshet.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.view.Rows;
import dev.freshet.view.Source;
import dev.freshet.view.TestSize;
import dev.freshet.view.ValueType;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.form.TextForm;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.MysqlQueries;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of MySQL and pages of the store are the same pages. */
class PagesIT {
  private static final int LIMIT = 7;
  private static final int GROUP = 5;

  private static final String TABLE =
      """
      CREATE TABLE items (id BIGINT NOT NULL, part INT NOT NULL, hidden TINYINT(1) NOT NULL,
        owner VARCHAR(20) COLLATE utf8mb4_0900_bin NOT NULL, place BIGINT UNSIGNED NOT NULL,
        moved DATETIME(6) NOT NULL, word VARCHAR(20) COLLATE utf8mb4_0900_bin NOT NULL,
        price DECIMAL(6,2) NOT NULL, note TEXT, PRIMARY KEY (part, id))
      """;

  private static final String NULLS =
      """
      CREATE TABLE marks (id BIGINT PRIMARY KEY, owner VARCHAR(20) COLLATE utf8mb4_0900_bin NULL,
        seen DATE NULL, word VARCHAR(20) COLLATE utf8mb4_0900_bin NULL, rank_ DECIMAL(6,2) NULL,
        title VARCHAR(40) NULL, accented VARCHAR(40) COLLATE utf8mb4_0900_as_cs NOT NULL,
        KEY (owner))
      """;

  private static final String VIEW =
      """
      CREATE MATERIALIZED TABLE v (PRIMARY KEY (owner, place, id, part) NOT ENFORCED)
      PARTITIONED BY (owner, place) FRESHNESS = INTERVAL '5' SECOND
      AS SELECT id, part, owner, place, moved, word, price, note FROM items i WHERE hidden = 0
      ORDER BY moved DESC, word, price DESC, id DESC
      """;

  private final long seed = TestSize.seed();
  private final Random random = new Random(seed);

  @Test
  void mysqlAndTheStoreReturnTheSamePages() throws Exception {
    try (Source source = Source.create("pages")) {
      source.execute(TABLE);
      for (int id = 0; id < 400; id++) {
        source.execute(
            "INSERT INTO items VALUES (%d, %d, %d, %s, %s, %s, %s, %s, NULL)"
                .formatted(
                    id,
                    random.nextInt(2),
                    random.nextInt(5) / 4,
                    pick("'ann'", "'ann '", "'Ann'"),
                    pick("1", "18446744073709551615"),
                    pick("'2024-03-31 02:30:00'", "'2024-03-31 02:30:00.000001'"),
                    pick("'a'", "'A'", "'a '", "'\uFFFD'", "'😀'", "''"),
                    pick("0", "-1.5", "1.25")));
      }
      ViewPlan plan = source.plan(VIEW);
      List<Object[]> everything = everything(source, plan);
      try (Projection projection = new Projection(plan, "pages")) {
        projection.upsert(everything);
        int answers = 0;
        for (String owner : List.of("ann", "ann ", "Ann", "bob")) {
          for (String place : List.of("1", "18446744073709551615")) {
            Object[] key = {owner, TextForm.parse(plan.keyColumnList().get(1), place)};
            answers += samePages(source, projection, plan, key);
          }
        }
        assertThat(answers).as("rows of all keys, seed %d", seed).isEqualTo(everything.size());
      }
    }
  }

  /** NULL is less than every value, in each direction and at each place of the order. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "seen, word, id",
        "seen DESC, word, id",
        "seen, word DESC",
        "seen DESC, word DESC, rank_ DESC",
        "id DESC, seen",
        "rank_, seen DESC, word",
        "title, id DESC",
        "title DESC, word",
        "seen, accented DESC, title",
        "seen IS NULL DESC, IFNULL(rank_, 0) DESC, word"
      })
  void mysqlAndTheStoreReturnTheSamePagesOfNullsAndTexts(String order) throws Exception {
    try (Source source = Source.create(database("nulls", order))) {
      source.execute(NULLS);
      insertMarks(source);
      ViewPlan plan =
          source.plan(
              """
              CREATE MATERIALIZED TABLE v (PRIMARY KEY (owner, id) NOT ENFORCED)
              PARTITIONED BY (owner) FRESHNESS = INTERVAL '5' SECOND
              AS SELECT owner, id, seen, word, rank_, title, accented FROM marks ORDER BY\s"""
                  + order);
      try (Projection projection = new Projection(plan, database("nulls", order))) {
        List<Object[]> everything = everything(source, plan);
        projection.upsert(everything);
        int answers = 0;
        for (String owner : List.of("ann", "bob")) {
          answers += samePages(source, projection, plan, new Object[] {owner});
        }
        assertThat(answers)
            .as("rows whose key is not NULL, seed %d", seed)
            .isEqualTo(everything.size());
      }
    }
  }

  private void insertMarks(Source source) throws Exception {
    List<String> marks = new ArrayList<>();
    for (int id = 0; id < 200; id++) {
      marks.add(
          "(%d, %s, %s, %s, %s, %s, %s)"
              .formatted(
                  id,
                  pick("'ann'", "NULL", "'bob'"),
                  pick("NULL", "'2024-03-31'", "'2024-04-01'", "'2025-01-01'"),
                  pick("NULL", "'a'", "'b'", "''"),
                  pick("NULL", "-1", "0", "7.5"),
                  pick("NULL", "'Ana'", "'ANA'", "'ána'", "'anb'", "'a na'", "'Ａna'", "'😀'", "''"),
                  pick("'Ana'", "'ANA'", "'ána'", "'Ána'", "'anb'", "' ana'", "'œ'", "'oe'")));
    }
    source.execute("INSERT INTO marks VALUES " + String.join(", ", marks));
  }

  /** Spaces at the end, and characters below a space, where the collation pads. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "general",
        "general DESC, bin",
        "bin DESC, code DESC",
        "swedish, code",
        "fixed DESC, general",
        "owner DESC, bin",
        "note, general",
        "CONCAT(code, note) DESC, swedish"
      })
  void mysqlAndTheStoreReturnTheSamePagesOfPaddedTexts(String order) throws Exception {
    try (Source source = Source.create(database("padded", order))) {
      source.execute(
          """
          CREATE TABLE words (code VARCHAR(12) COLLATE utf8mb4_unicode_ci PRIMARY KEY,
            owner VARCHAR(20) COLLATE utf8mb4_0900_ai_ci NOT NULL,
            general VARCHAR(40) COLLATE utf8mb4_general_ci NULL,
            bin VARCHAR(40) COLLATE utf8mb4_bin NULL,
            swedish VARCHAR(40) CHARACTER SET latin1 COLLATE latin1_swedish_ci NOT NULL,
            fixed CHAR(10) COLLATE utf8mb4_unicode_520_ci NULL,
            note TEXT COLLATE utf8mb4_unicode_ci NULL, KEY (owner))
          """);
      List<String> words = new ArrayList<>();
      for (int id = 0; id < 200; id++) {
        words.add(
            "(%s, %s, %s, %s, %s, %s, CONCAT(REPEAT('x', 510 * %d), %s))"
                .formatted(
                    pick("'c%d'", "'C%d'", "'ç%d '").formatted(id),
                    pick("'Ann'", "'ANN'", "'ánn'", "'bob'", "'BOB'"),
                    padded(),
                    padded(),
                    pick("'a'", "'A '", "'a\\t'", "'å'", "'Z'", "'ä'", "''", "'\\t'"),
                    pick("NULL", "'a'", "'A'", "'á'", "'b'", "''", "'a b'"),
                    random.nextInt(2),
                    padded()));
      }
      source.execute("INSERT INTO words VALUES " + String.join(", ", words));
      ViewPlan plan =
          source.plan(
              """
              CREATE MATERIALIZED TABLE v (PRIMARY KEY (owner, code) NOT ENFORCED)
              PARTITIONED BY (owner) FRESHNESS = INTERVAL '5' SECOND
              AS SELECT owner, code, general, bin, swedish, fixed FROM words ORDER BY\s"""
                  + order);
      try (Projection projection = new Projection(plan, database("padded", order))) {
        List<Object[]> everything = everything(source, plan);
        projection.upsert(everything);
        int answers = 0;
        for (String owner : List.of("ann", "bob")) {
          answers += samePages(source, projection, plan, new Object[] {owner});
        }
        assertThat(answers).as("rows, seed %d", seed).isEqualTo(everything.size());
      }
    }
  }

  /** Compares with the author's own query, in which the values stand for the parameters. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          seen >= ? AND seen < ?      | seen DESC, word
          seen > ?                    | owner, seen, id
          seen BETWEEN ? AND ?        | seen, id DESC
          ? >= word                   | word DESC, seen
          ? < rank_ AND (rank_ <= ?)  | rank_, id
          title >= ? AND title <= ?   | title DESC, id
          title > ? AND title < ?     | title, seen
          accented BETWEEN ? AND ?    | accented, id
          id > ? AND id <= ?          | id
          """)
  void mysqlAndTheStoreReturnTheSamePagesOfARange(String bounds, String order) throws Exception {
    try (Source source = Source.create(database("bounds", bounds + order))) {
      source.execute(NULLS);
      insertMarks(source);
      String select = "SELECT owner, id, seen, word, rank_, title, accented FROM marks WHERE ";
      ViewPlan plan =
          source.plan(
              """
              CREATE MATERIALIZED TABLE v (PRIMARY KEY (owner, id) NOT ENFORCED)
              PARTITIONED BY (owner) FRESHNESS = INTERVAL '5' SECOND
              AS %s %s AND id <> 7 ORDER BY %s"""
                  .formatted(select, bounds, order));
      try (Projection projection = new Projection(plan, database("bounds", bounds + order))) {
        List<Object[]> everything = everything(source, plan);
        projection.upsert(everything);
        int answers = 0;
        for (int round = 0; round < 12; round++) {
          Object[] key = {round % 2 == 0 ? "ann" : "bob"};
          List<Optional<Object>> values = new ArrayList<>();
          for (ViewPlan.Bound bound : plan.bounds()) {
            List<Object> known =
                everything.stream()
                    .map(row -> row[bound.output()])
                    .filter(Objects::nonNull)
                    .toList();
            values.add(Optional.of(known.get(random.nextInt(known.size()))));
          }
          String truth = select + bounds + " AND id <> 7 AND owner = ? ORDER BY " + order + ", id";
          List<Object[]> expected = inTheAuthorsWords(source, plan, truth, key, values);
          answers += samePages(source, projection, plan, key, values, expected);
        }
        assertThat(answers).as("rows of all ranges, seed %d", seed).isPositive();
        assertThat(samePages(source, projection, plan, new Object[] {"ann"})).isPositive();
      }
    }
  }

  private static List<Object[]> inTheAuthorsWords(
      Source source, ViewPlan plan, String sql, Object[] key, List<Optional<Object>> values)
      throws Exception {
    try (PreparedStatement statement = source.connection().prepareStatement(sql)) {
      int index = bindBounds(statement, 1, plan, values);
      bindKey(JdbcValues.MYSQL, statement, index, plan, key);
      return Rows.of(JdbcValues.MYSQL, statement, Rows.outputs(plan), 1);
    }
  }

  /** CHAR of collations that do not pad: MySQL sorts by an index with spaces at the end. */
  @ParameterizedTest
  @ValueSource(strings = {"folded, id DESC", "folded DESC, exact", "exact DESC, folded", "exact"})
  void mysqlAndTheStoreReturnTheSamePagesOfChars(String order) throws Exception {
    try (Source source = Source.create(database("chars", order))) {
      source.execute(
          """
          CREATE TABLE codes (id BIGINT PRIMARY KEY, owner INT NOT NULL,
            folded CHAR(6) COLLATE utf8mb4_0900_ai_ci NULL,
            exact CHAR(6) COLLATE utf8mb4_0900_bin NOT NULL,
            KEY by_folded (owner, folded), KEY by_exact (owner, exact))
          """);
      List<String> codes = new ArrayList<>();
      for (int id = 0; id < 300; id++) {
        codes.add("(%d, %d, %s, %s)".formatted(id, id % 2, code(), code()));
      }
      source.execute("INSERT INTO codes VALUES " + String.join(", ", codes));
      String select = "SELECT owner, id, folded, exact FROM codes";
      ViewPlan plan =
          source.plan(
              """
              CREATE MATERIALIZED TABLE v (PRIMARY KEY (owner, id) NOT ENFORCED)
              PARTITIONED BY (owner) FRESHNESS = INTERVAL '5' SECOND
              AS %s ORDER BY %s"""
                  .formatted(select, order));
      try (Projection projection = new Projection(plan, database("chars", order))) {
        projection.upsert(everything(source, plan));
        for (long owner : new long[] {0, 1}) {
          Object[] key = {owner};
          List<Object[]> answer = answer(source, plan, key);
          for (String hint :
              List.of(
                  "IGNORE INDEX (by_folded, by_exact)",
                  "FORCE INDEX (by_folded)",
                  "FORCE INDEX (by_exact)")) {
            String sql = select + " " + hint + " WHERE owner = ? ORDER BY " + order + ", id";
            assertThat(printed(inTheAuthorsWords(source, plan, sql, key, List.of())))
                .as("%s, seed %d", sql, seed)
                .isEqualTo(printed(answer));
          }
          assertThat(samePages(source, projection, plan, key)).isEqualTo(150);
        }
      }
    }
  }

  private String code() {
    StringBuilder code = new StringBuilder();
    for (int i = random.nextInt(5); i > 0; i--) {
      code.append(pick("a", "A", "b", " ", "-", "~", "!", "é", "中", "😀", "0", "_"));
    }
    return "'" + code + "'";
  }

  private String padded() {
    return pick(
        "NULL", "'a'", "'A'", "'a '", "'a  '", "'a\\t'", "'a \\t'", "'a b'", "'a  b'", "''", "' '",
        "'\\t'", "'á'", "'b'", "'ab'", "'😀'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"seen, id", "seen DESC, id", "title DESC, id"})
  void aPageOfALargeKeyWithNullsReadsOnlyTheRowsItReturns(String order) throws Exception {
    try (Source source = Source.create(database("large_nulls", order))) {
      source.execute(NULLS);
      source.execute("SET SESSION cte_max_recursion_depth = 10000");
      source.execute(
          """
          INSERT INTO marks WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n
            WHERE i < 4999) SELECT i, 'ann', IF(i %% 2, NULL, '2024-03-31' + INTERVAL i DAY), 'a', 1,
            CONCAT('T', i %% 700), 'x' FROM n
          """
              .formatted());
      ViewPlan plan =
          source.plan(
              """
              CREATE MATERIALIZED TABLE v (PRIMARY KEY (owner, id) NOT ENFORCED)
              PARTITIONED BY (owner) FRESHNESS = INTERVAL '5' SECOND
              AS SELECT owner, id, seen, word, rank_, title, accented FROM marks ORDER BY\s"""
                  + order);
      List<Object[]> answer = answer(source, plan, new Object[] {"ann"});
      try (Projection projection = new Projection(plan, database("large_nulls", order))) {
        projection.upsert(answer);
        projection.execute("ANALYZE " + projection.tables().table());
        for (int place : List.of(10, 2_400, 2_499, 2_500, 2_600, 4_900)) {
          assertThat(rowsRead(projection, plan, new Object[] {"ann"}, answer.get(place)))
              .as("after row %d", place)
              .isLessThanOrEqualTo(PageQuery.TOTAL_CAP);
        }
      }
    }
  }

  /**
   * Nobody may count on statistics: they are of an average key, and of a moment before this one
   * grew. What is read is counted here, not guessed from times.
   */
  @Test
  void aPageOfALargeKeyReadsOnlyTheRowsItReturns() throws Exception {
    int size = 5_000;
    try (Source source = Source.create("large_pages")) {
      source.execute(TABLE);
      source.execute(
          """
          INSERT INTO items WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n
            WHERE i < 999) SELECT a.i, b.i, 0, 'ann', 1, '2024-03-31' + INTERVAL (a.i * 7919 %% 613)
            SECOND, 'a', a.i %% 3, NULL FROM n a JOIN n b ON b.i < %d
          """
              .formatted(size / 1000));
      ViewPlan plan = source.plan(VIEW);
      List<Object[]> everything = everything(source, plan);
      Object[] key = {"ann", TextForm.parse(plan.keyColumnList().get(1), "1")};
      List<Object[]> answer = answer(source, plan, key);
      assertThat(answer).hasSize(size);
      try (Projection projection = new Projection(plan, "large_pages")) {
        projection.execute(
            "ALTER TABLE " + projection.tables().table() + " SET (autovacuum_enabled = off)");
        projection.upsert(everything.subList(0, 10));
        projection.execute("ANALYZE " + projection.tables().table());
        projection.upsert(everything);
        for (Object[] cursor : Arrays.asList(null, answer.get(0), answer.get(4_000))) {
          assertThat(rowsRead(projection, plan, key, cursor))
              .as("after %s, seed %d", Arrays.toString(cursor), seed)
              .isLessThanOrEqualTo(PageQuery.TOTAL_CAP);
        }
      }
    }
  }

  /** By the step of the statement that read most, with those it read in vain. */
  private static int rowsRead(Projection projection, ViewPlan plan, Object[] key, Object[] cursor)
      throws Exception {
    PageQuery query =
        new PageQuery(plan, "freshet", 1, List.of(), after(plan, cursor), true, false);
    String sql = "EXPLAIN (ANALYZE, FORMAT JSON) " + query.sql();
    try (PreparedStatement statement = projection.connection().prepareStatement(sql)) {
      query.bind(statement, 1, request(plan, key, List.of(), cursor, GROUP, PageSize.SMALL));
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return Pattern.compile("\"(Actual Rows|Rows Removed by [^\"]*)\": (\\d+)")
            .matcher(row.getString(1))
            .results()
            .mapToInt(found -> Integer.parseInt(found.group(2)))
            .max()
            .orElseThrow();
      }
    }
  }

  private int samePages(Source source, Projection projection, ViewPlan plan, Object[] key)
      throws Exception {
    List<Optional<Object>> unbounded = Collections.nCopies(plan.bounds().size(), Optional.empty());
    return samePages(source, projection, plan, key, unbounded, answer(source, plan, key));
  }

  private int samePages(
      Source source,
      Projection projection,
      ViewPlan plan,
      Object[] key,
      List<Optional<Object>> bounds,
      List<Object[]> answer)
      throws Exception {
    MysqlQueries queries = new MysqlQueries(plan, Duration.ofSeconds(10));
    for (int cap : List.of(1001, 3)) {
      String total = queries.total(cap, given(bounds));
      assertThat(total(source, plan, total, key, bounds)).isEqualTo(Math.min(cap, answer.size()));
    }
    assertThat(total(source, plan, queries.total(given(bounds)), key, bounds))
        .isEqualTo(answer.size());

    Object[] cursor = null;
    int turned = 0;
    while (true) {
      List<Object[]> expected = answer.subList(turned, Math.min(answer.size(), turned + LIMIT));
      assertThat(printed(mysqlPage(source, plan, queries, key, bounds, cursor)))
          .as("seed %d", seed)
          .isEqualTo(printed(expected));
      for (boolean bounded : isBounded(plan) ? Set.of(false, true) : Set.of(false)) {
        assertThat(
                printed(storePage(projection, plan, key, bounds, cursor, answer.size(), bounded)))
            .as("seed %d, bounded %s", seed, bounded)
            .isEqualTo(printed(expected));
      }
      turned += expected.size();
      if (expected.isEmpty()) {
        return answer.size();
      }
      cursor = expected.get(expected.size() - 1);
    }
  }

  private static List<Object[]> everything(Source source, ViewPlan plan) throws Exception {
    String sql = new MysqlQueries(plan, Duration.ofSeconds(10)).everything();
    try (PreparedStatement statement = source.connection().prepareStatement(sql)) {
      return Rows.of(JdbcValues.MYSQL, statement, Rows.outputs(plan), 1);
    }
  }

  private static List<Object[]> answer(Source source, ViewPlan plan, Object[] key)
      throws Exception {
    String sql = new MysqlQueries(plan, Duration.ofSeconds(10)).answer();
    try (PreparedStatement statement = source.connection().prepareStatement(sql)) {
      bindKey(JdbcValues.MYSQL, statement, 1, plan, key);
      return Rows.of(JdbcValues.MYSQL, statement, Rows.outputs(plan), 1);
    }
  }

  private static List<Object[]> mysqlPage(
      Source source,
      ViewPlan plan,
      MysqlQueries queries,
      Object[] key,
      List<Optional<Object>> bounds,
      Object[] cursor)
      throws Exception {
    String sql = queries.page(given(bounds), after(plan, cursor));
    try (PreparedStatement statement = source.connection().prepareStatement(sql)) {
      int index = bindKey(JdbcValues.MYSQL, statement, 1, plan, key);
      index = bindBounds(statement, index, plan, bounds);
      index = bindCursor(queries, statement, index, plan, cursor);
      statement.setInt(index, LIMIT);
      return Rows.of(JdbcValues.MYSQL, statement, Rows.outputs(plan), 1);
    }
  }

  private static List<Object[]> storePage(
      Projection projection,
      ViewPlan plan,
      Object[] key,
      List<Optional<Object>> bounds,
      Object[] cursor,
      int total,
      boolean bounded)
      throws Exception {
    PageQuery query =
        new PageQuery(plan, "freshet", 1, given(bounds), after(plan, cursor), bounded, bounded);
    try (PreparedStatement statement = projection.connection().prepareStatement(query.sql())) {
      query.bind(statement, 1, request(plan, key, bounds, cursor, 64, PageSize.SMALL));
      try (ResultSet rows = statement.executeQuery()) {
        assertThat(query.read(rows).progress()).as("no progress for that key group").isEmpty();
      }
      query.bind(statement, 1, request(plan, key, bounds, cursor, GROUP, PageSize.SMALL));
      try (ResultSet rows = statement.executeQuery()) {
        PageQuery.Page page = query.read(rows);
        assertThat(page.progress()).as("progress comes also without rows").isPresent();
        assertThat(page.progress().get().version()).isEqualTo(7);
        assertThat(page.progress().get().isServed()).isTrue();
        assertThat(page.total()).isEqualTo(total);
        assertThat(page.excess()).isEmpty();
        if (bounded && !page.entries().isEmpty()) {
          leavesOutWhatIsTooLarge(query, statement, request(plan, key, bounds, cursor, GROUP, -1));
        }
        return page.entries();
      }
    }
  }

  private static void leavesOutWhatIsTooLarge(
      PageQuery query, PreparedStatement statement, PageQuery.Request request) throws Exception {
    query.bind(statement, 1, request);
    try (ResultSet rows = statement.executeQuery()) {
      PageQuery.Page page = query.read(rows);
      assertThat(page.entries()).isEmpty();
      assertThat(page.excess()).isPresent();
      assertThat(page.progress()).isPresent();
    }
  }

  /** Whether the view has a column whose size can be bounded. */
  private static boolean isBounded(ViewPlan plan) {
    return PageSize.of(plan).isBounded(Integer.MAX_VALUE);
  }

  private static PageQuery.Request request(
      ViewPlan plan,
      Object[] key,
      List<Optional<Object>> bounds,
      Object[] cursor,
      int group,
      long bound) {
    return new PageQuery.Request(
        List.of(key), bounds, after(plan, cursor), LIMIT, Projection.JOB, group, bound);
  }

  private static Optional<List<Object>> after(ViewPlan plan, Object[] cursor) {
    return Optional.ofNullable(cursor)
        .map(
            entry ->
                plan.order().stream()
                    .map(part -> entry[part.output()])
                    .collect(Collectors.toList()));
  }

  private static List<Boolean> given(List<Optional<Object>> bounds) {
    return bounds.stream().map(Optional::isPresent).toList();
  }

  private static int total(
      Source source, ViewPlan plan, String sql, Object[] key, List<Optional<Object>> bounds)
      throws Exception {
    try (PreparedStatement statement = source.connection().prepareStatement(sql)) {
      bindBounds(statement, bindKey(JdbcValues.MYSQL, statement, 1, plan, key), plan, bounds);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }

  private static int bindKey(
      JdbcValues database, PreparedStatement statement, int first, ViewPlan plan, Object[] key)
      throws Exception {
    for (int i = 0; i < key.length; i++) {
      database.bind(statement, first + i, plan.keyColumnList().get(i).type(), key[i]);
    }
    return first + key.length;
  }

  private static int bindBounds(
      PreparedStatement statement, int first, ViewPlan plan, List<Optional<Object>> bounds)
      throws Exception {
    int index = first;
    for (int i = 0; i < bounds.size(); i++) {
      if (bounds.get(i).isPresent()) {
        ValueType type = plan.outputs().get(plan.bounds().get(i).output()).column().type();
        JdbcValues.MYSQL.bind(statement, index++, type, bounds.get(i).get());
      }
    }
    return index;
  }

  private static int bindCursor(
      MysqlQueries queries, PreparedStatement statement, int first, ViewPlan plan, Object[] cursor)
      throws Exception {
    int index = first;
    if (cursor != null) {
      for (int position : queries.cursorPositions(after(plan, cursor).orElseThrow())) {
        int place = plan.order().get(position).output();
        ValueType type = plan.outputs().get(place).column().type();
        JdbcValues.MYSQL.bind(statement, index++, type, cursor[place]);
      }
    }
    return index;
  }

  private static String database(String name, String order) {
    return name + "_" + order.replaceAll("\\W+", "_").toLowerCase(Locale.ROOT);
  }

  private String pick(String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private static List<String> printed(List<Object[]> rows) {
    return rows.stream().map(Arrays::deepToString).toList();
  }
}
