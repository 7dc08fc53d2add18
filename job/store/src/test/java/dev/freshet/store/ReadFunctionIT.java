package dev.freshet.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.view.Column;
import dev.freshet.view.KeyGroups;
import dev.freshet.view.Source;
import dev.freshet.view.TestSize;
import dev.freshet.view.Version;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.JdbcValues;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A view's function decides, and answers, as the reader does. */
class ReadFunctionIT {
  private static final Path SQL = Path.of("../../sql").toAbsolutePath().normalize();
  private static final int GROUPS = 64;

  private static final String EVERY_TYPE =
      """
      CREATE TABLE items (id BIGINT PRIMARY KEY, small SMALLINT NOT NULL,
        big BIGINT UNSIGNED NOT NULL, price DECIMAL(20,6) NOT NULL,
        word VARCHAR(20) COLLATE utf8mb4_0900_bin NOT NULL, code VARBINARY(20) NOT NULL,
        born DATE NOT NULL, sent DATETIME(6) NOT NULL, seen TIMESTAMP(6) NOT NULL,
        KEY (small, big, price, word, code, born, sent, seen))
      """;

  private static final String EVERY_KEY =
      """
      CREATE MATERIALIZED TABLE v
        (PRIMARY KEY (small, big, price, word, code, born, sent, seen, id) NOT ENFORCED)
      PARTITIONED BY (small, big, price, word, code, born, sent, seen)
      FRESHNESS = INTERVAL '5' SECOND
      AS SELECT id, small, big, price, word, code, born, sent, seen FROM items
      """;

  private final long seed = TestSize.seed();
  private final Random random = new Random(seed);

  static Stream<Path> sampleViews() throws Exception {
    try (Stream<Path> files = Files.list(SQL.resolve("views"))) {
      return files.sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("sampleViews")
  void theFunctionOfASampleViewAnswersOrRefusesAsTheReader(Path file) throws Exception {
    String name = "read_" + file.getFileName().toString().replace(".sql", "");
    try (Source source = Source.create(name)) {
      for (String script : List.of("inbox", "photos", "sakila")) {
        source.execute(Files.readString(SQL.resolve("source/" + script + ".sql")));
      }
      ViewPlan plan = source.plan(Files.readString(file));
      try (Projection projection = projection(plan, name)) {
        List<Object[]> entries =
            IntStream.range(0, 40).mapToObj(id -> entry(plan, 1 + id % 2, id)).toList();
        projection.upsert(entries);
        projection.connection().setAutoCommit(false);
        Object[] key = key(plan, entries.get(0));
        Map<String, ReadFunction.Refusal> refusals = scenarios(plan, key);
        for (Map.Entry<String, ReadFunction.Refusal> scenario : refusals.entrySet()) {
          projection.execute("UPDATE freshet.progress SET as_of = clock_timestamp()");
          for (String statement : scenario.getKey().split(";", -1)) {
            projection.execute(statement);
          }
          Outcome reader = read(projection, plan, key);
          // Ends the transaction if it is refused.
          Outcome function = call(projection, plan, key);
          assertThat(function.refusal())
              .as(scenario.getKey())
              .isEqualTo(Optional.ofNullable(scenario.getValue()));
          if (scenario.getValue() != ReadFunction.Refusal.SUPERSEDED) {
            assertSame(reader, function);
          }
          projection.connection().rollback();
        }
      }
    }
  }

  /** What happens to the store, and what the function has to say; null if it answers. */
  private static Map<String, ReadFunction.Refusal> scenarios(ViewPlan plan, Object[] key) {
    String view = "'{" + plan.view() + "}'";
    Map<String, ReadFunction.Refusal> scenarios = new LinkedHashMap<>();
    scenarios.put("SELECT 1", null);
    scenarios.put("UPDATE freshet.progress SET version = 141837107954001", null);
    scenarios.put(
        "UPDATE freshet.progress SET version = (5::bigint << 56) + (1234567::bigint << 32)", null);
    scenarios.put(
        "UPDATE freshet.progress SET rebuilding = '{other}', rebuild_reason = 'rebuilding'", null);
    scenarios.put(
        "UPDATE freshet.progress SET invalid = '{other}', reasons = '{schema-changed}'", null);
    scenarios.put(
        "UPDATE freshet.progress SET as_of = clock_timestamp() + interval '1 minute'", null);
    scenarios.put(
        "UPDATE freshet.progress SET as_of = clock_timestamp() - interval '5.1 s'",
        ReadFunction.Refusal.STALE);
    scenarios.put("UPDATE freshet.progress SET as_of = NULL", ReadFunction.Refusal.STALE);
    scenarios.put("UPDATE freshet.progress SET handed_over = false", ReadFunction.Refusal.BUILDING);
    scenarios.put("DELETE FROM freshet.progress", ReadFunction.Refusal.BUILDING);
    scenarios.put(
        "UPDATE freshet.progress SET rebuilding = "
            + view
            + ", rebuild_reason = 'store-lost', as_of = NULL",
        ReadFunction.Refusal.BUILDING);
    scenarios.put(
        "UPDATE freshet.progress SET invalid = "
            + view
            + ", reasons = '{schema-changed}', as_of = NULL",
        ReadFunction.Refusal.INVALID);
    scenarios.put("UPDATE freshet.progress SET invalid = " + view, ReadFunction.Refusal.INVALID);
    String header =
        "INSERT INTO "
            + new KeysTable(plan, "freshet", 1).table()
            + " VALUES ("
            + Stream.of(key).map(value -> "'" + value + "'").collect(Collectors.joining(", "));
    scenarios.put(header + ", 'unreadable-value', 7, 5)", ReadFunction.Refusal.INVALID);
    String onRead = "UPDATE freshet.progress SET on_read = " + view;
    scenarios.put(onRead, ReadFunction.Refusal.ABSENT);
    scenarios.put(onRead + ";" + header + ", NULL, 7, 5)", null);
    scenarios.put("UPDATE freshet.catalogue SET active = false", ReadFunction.Refusal.SUPERSEDED);
    scenarios.put("UPDATE freshet.catalogue SET generation = 2", ReadFunction.Refusal.SUPERSEDED);
    return scenarios;
  }

  /** What the reader decides, and would serve. */
  private static Outcome read(Projection projection, ViewPlan plan, Object[] key)
      throws SQLException {
    PageQuery query = new PageQuery(plan, "freshet", 1, List.of(), Optional.empty(), false, false);
    int group = KeyGroups.of(plan.viewKeyOf(key), GROUPS);
    PageQuery.Page page;
    try (PreparedStatement statement = projection.connection().prepareStatement(query.sql())) {
      query.bind(
          statement,
          1,
          new PageQuery.Request(
              List.of(key), List.of(), Optional.empty(), 1000, Projection.JOB, group, 0));
      try (ResultSet rows = statement.executeQuery()) {
        page = query.read(rows);
      }
    }
    Servability servability =
        Servability.of(
            page.progress(),
            page.invalid().map(FallbackReason::of),
            page.absent(),
            plan.freshness(),
            Instant.now());
    if (servability instanceof Servability.NotServed notServed) {
      return new Outcome(
          Optional.of(
              notServed.reason().equals(FallbackReason.STALE)
                  ? ReadFunction.Refusal.STALE
                  : ReadFunction.Refusal.valueOf(notServed.state().orElseThrow().name())),
          notServed.reason().wireName(),
          List.of());
    }
    Servability.Served served = (Servability.Served) servability;
    return new Outcome(
        Optional.empty(),
        "",
        page.entries().stream()
            .map(
                entry ->
                    Version.print(served.version())
                        + " "
                        + served.asOf()
                        + " VALID "
                        + Arrays.deepToString(Arrays.copyOf(entry, plan.shown().size())))
            .toList());
  }

  private static void assertSame(Outcome reader, Outcome function) {
    assertThat(function.refusal()).isEqualTo(reader.refusal());
    assertThat(function.rows()).isEqualTo(reader.rows());
    if (reader.refusal().filter(why -> why != ReadFunction.Refusal.STALE).isPresent()
        && reader.refusal().get() != ReadFunction.Refusal.ABSENT) {
      assertThat(function.message()).contains("(" + reader.message() + ")");
    }
  }

  /**
   * What a read resulted in.
   *
   * @param message why the answer was refused
   * @param rows version, time, state and values of each row
   */
  private record Outcome(
      Optional<ReadFunction.Refusal> refusal, String message, List<String> rows) {}

  @Test
  void theFunctionFindsTheRangeOfEveryKey() throws Exception {
    try (Source source = Source.create("read_types")) {
      source.execute(EVERY_TYPE);
      ViewPlan plan = source.plan(EVERY_KEY);
      List<Object[]> entries = new ArrayList<>();
      for (long id = 0; id < 300; id++) {
        entries.add(
            new Object[] {
              id,
              (long) random.nextInt(-32768, 32768),
              new BigDecimal(pick("0", "7", "100", "18446744073709551615", "9223372036854775808")),
              new BigDecimal(
                      pick("0", "-1", "-128", "127", "128", "1.5", "-0.000001", "1200", "-32768"))
                  .setScale(6),
              pick("", "ann", "Ann", "ann ", "ä😀", "it's"),
              pick("", "\u0000a", "abc").getBytes(StandardCharsets.UTF_8),
              random.nextLong(-719162, 2932897),
              random.nextLong(-62_135_596_800_000_000L, 253_402_300_799_999_999L),
              random.nextLong(0, 2_147_483_647_000_000L)
            });
      }
      try (Projection projection = projection(plan, "read_types")) {
        projection.upsert(entries);
        projection.execute("DELETE FROM freshet.progress");
        projection.execute(
            "INSERT INTO freshet.progress (job, first_group, last_group, version, gtid_set, as_of,"
                + " handed_over, token) SELECT 'test', g, g, g, '', now() + interval '1 hour',"
                + " true, 1 FROM generate_series(0, 63) g");
        for (Object[] entry : entries) {
          Object[] key = key(plan, entry);
          int group = KeyGroups.of(plan.viewKeyOf(key), GROUPS);
          Outcome outcome = call(projection, plan, key);
          assertThat(outcome.message()).isEmpty();
          assertThat(outcome.rows())
              .as("%s, seed %d", Arrays.deepToString(key), seed)
              .singleElement()
              .asString()
              .startsWith(Version.print(group) + " ")
              .endsWith(Arrays.deepToString(entry));
        }
      }
    }
  }

  @Test
  void columnsKeepTheirNamesAndTheAnswersOwnNamesStepAside() throws Exception {
    try (Source source = Source.create("read_names")) {
      source.execute(
          """
          CREATE TABLE orders (id BIGINT PRIMARY KEY, state BIGINT NOT NULL, version INT,
            max_age INT, job INT, `own?` INT, reading INT, key_group INT, KEY (state))
          """);
      ViewPlan plan =
          source.plan(
              """
              CREATE MATERIALIZED TABLE v (PRIMARY KEY (state, id) NOT ENFORCED)
              PARTITIONED BY (state) FRESHNESS = INTERVAL '5' SECOND
              AS SELECT state, id, version, max_age, job, `own?`, reading, key_group FROM orders
              ORDER BY id DESC
              """);
      try (Projection projection = projection(plan, "read_names")) {
        projection.upsert(List.<Object[]>of(new Object[] {3L, 1L, 11L, 12L, 13L, 14L, 15L, 16L}));
        projection.execute("UPDATE freshet.progress SET as_of = now() + interval '1 hour'");
        try (PreparedStatement statement =
                projection
                    .connection()
                    .prepareStatement(
                        "SELECT _version, as_of, _state, state, id, version, max_age, job,"
                            + " \"own?\", reading, key_group"
                            + " FROM freshet.v_read(state => 3, _max_age => '1 s')");
            ResultSet row = statement.executeQuery()) {
          assertThat(row.next()).isTrue();
          assertThat(row.getString(1)).isEqualTo("binlog.000000:7");
          assertThat(row.getString(3)).isEqualTo("VALID");
          assertThat(List.of(row.getLong(4), row.getLong(6), row.getLong(7), row.getLong(11)))
              .containsExactly(3L, 11L, 12L, 16L);
          assertThat(row.next()).isFalse();
        }
      }
    }
  }

  @Test
  void aCallerMayAskForAFresherAnswerAndNotForAnOlderOne() throws Exception {
    try (Source source = Source.create("read_age")) {
      source.execute("CREATE TABLE notes (id BIGINT PRIMARY KEY, owner BIGINT NOT NULL)");
      ViewPlan plan =
          source.plan(
              """
              CREATE MATERIALIZED TABLE v (PRIMARY KEY (owner, id) NOT ENFORCED)
              PARTITIONED BY (owner) FRESHNESS = INTERVAL '1' HOUR
              AS SELECT owner, id FROM notes
              """);
      try (Projection projection = projection(plan, "read_age")) {
        projection.execute("UPDATE freshet.progress SET as_of = now() - interval '1 minute'");
        String read = "SELECT * FROM freshet.v_read";

        assertThat(state(projection, read + "(1)")).isEmpty();
        assertThat(state(projection, read + "(1, '1 hour')")).isEmpty();
        assertThat(state(projection, read + "(1, '59 s')")).contains("ZF001");
        assertThat(state(projection, read + "(1, '-1 s')")).contains("ZF001");
        assertThat(state(projection, read + "(1, '1 hour 1 s')")).contains("22023");
        assertThat(state(projection, read + "(1, NULL)")).contains("22004");
        assertThat(state(projection, read + "(NULL)")).contains("22004");
      }
    }
  }

  /** A search path, an operator or a table of the caller must not get in between. */
  @Test
  void aCallersObjectsAndSettingsChangeNothing() throws Exception {
    try (Source source = Source.create("read_pinned")) {
      source.execute(
          "CREATE TABLE notes (id BIGINT PRIMARY KEY,"
              + " owner VARCHAR(9) COLLATE utf8mb4_0900_bin NOT NULL, KEY (owner))");
      ViewPlan plan =
          source.plan(
              """
              CREATE MATERIALIZED TABLE v (PRIMARY KEY (owner, id) NOT ENFORCED)
              PARTITIONED BY (owner) FRESHNESS = INTERVAL '1' HOUR
              AS SELECT owner, id FROM notes
              """);
      try (Projection projection = projection(plan, "read_pinned")) {
        projection.upsert(List.of(new Object[] {"ann", 1L}, new Object[] {"bob", 2L}));
        projection.execute("CREATE SCHEMA evil");
        projection.execute(
            "CREATE FUNCTION evil.clock_timestamp() RETURNS timestamptz LANGUAGE sql"
                + " AS 'SELECT NULL::timestamptz'");
        projection.execute(
            "CREATE FUNCTION evil.always(text, text) RETURNS boolean LANGUAGE sql"
                + " AS 'SELECT true'");
        projection.execute(
            "CREATE OPERATOR evil.= (FUNCTION = evil.always, LEFTARG = text, RIGHTARG = text)");
        projection.execute("SET search_path = evil, pg_catalog");
        projection.execute("SET standard_conforming_strings = off");
        projection.execute("SET IntervalStyle = 'sql_standard'");

        assertThat(call(projection, plan, new Object[] {"ann"}).rows()).hasSize(1);
        assertThat(
                state(
                    projection, "SELECT * FROM freshet.v_read('x'' OR true --' COLLATE \"POSIX\")"))
            .isEmpty();
        assertThat(call(projection, plan, new Object[] {"' OR ''='"}).rows()).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "VARCHAR(20) COLLATE utf8mb4_0900_ai_ci",
        "ENUM('a', 'b') COLLATE utf8mb4_0900_bin",
        "YEAR",
        "TIME"
      })
  void aKeyOfManySpellingsHasNoFunction(String type) throws Exception {
    try (Source source =
        Source.create("read_none_" + type.replaceAll("\\W.*", "").toLowerCase(Locale.ROOT))) {
      source.execute(
          "CREATE TABLE notes (id BIGINT PRIMARY KEY, owner " + type + " NOT NULL, KEY (owner))");
      ViewPlan plan =
          source.plan(
              """
              CREATE MATERIALIZED TABLE v (PRIMARY KEY (owner, id) NOT ENFORCED)
              PARTITIONED BY (owner) FRESHNESS = INTERVAL '5' SECOND
              AS SELECT owner, id FROM notes
              """);

      assertThat(ReadFunction.create(plan, "freshet", 1)).isEmpty();
    }
  }

  @Test
  void nobodyElseMayExecuteAFunction() throws Exception {
    try (Source source = Source.create("read_rights")) {
      source.execute("CREATE TABLE notes (id BIGINT PRIMARY KEY, owner BIGINT NOT NULL)");
      ViewPlan plan =
          source.plan(
              """
              CREATE MATERIALIZED TABLE v (PRIMARY KEY (owner, id) NOT ENFORCED)
              PARTITIONED BY (owner) FRESHNESS = INTERVAL '5' SECOND
              AS SELECT owner, id FROM notes
              """);
      try (Projection projection = projection(plan, "read_rights");
          PreparedStatement statement =
              projection
                  .connection()
                  .prepareStatement(
                      "SELECT proname FROM pg_proc, aclexplode(proacl) WHERE grantee = 0"
                          + " AND pronamespace = 'freshet'::regnamespace"
                          + " UNION ALL SELECT 'definer ' || proname FROM pg_proc"
                          + " WHERE pronamespace = 'freshet'::regnamespace"
                          + " AND (prosecdef OR proacl IS NULL)");
          ResultSet rows = statement.executeQuery()) {
        assertThat(rows.next()).isFalse();
      }
    }
  }

  private static Projection projection(ViewPlan plan, String database) throws SQLException {
    Projection projection = new Projection(plan, database);
    new CatalogueTable("freshet")
        .insert(
            projection.connection(),
            new CatalogueTable.Entry(plan.view(), 1, "", "", GROUPS, Projection.JOB));
    List<String> statements = ReadFunction.create(plan, "freshet", 1);
    assertThat(statements).isNotEmpty();
    // A job that starts again replaces the function.
    for (String sql : Collections.nCopies(2, statements).stream().flatMap(List::stream).toList()) {
      projection.execute(sql);
    }
    return projection;
  }

  private static Outcome call(Projection projection, ViewPlan plan, Object[] key)
      throws SQLException {
    Connection connection = projection.connection();
    String sql =
        "SELECT * FROM freshet."
            + plan.view()
            + "_read("
            + String.join(", ", Collections.nCopies(key.length, "?"))
            + ")";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < key.length; i++) {
        Column column = plan.keyColumnList().get(i);
        JdbcValues.POSTGRES.bind(statement, i + 1, column.type(), key[i]);
      }
      List<String> rows = new ArrayList<>();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          rows.add(
              row.getString(1)
                  + " "
                  + row.getObject(2, OffsetDateTime.class).toInstant()
                  + " "
                  + row.getString(3)
                  + " "
                  + Arrays.deepToString(entry(plan, row)));
        }
      }
      return new Outcome(Optional.empty(), "", rows);
    } catch (SQLException e) {
      for (ReadFunction.Refusal refusal : ReadFunction.Refusal.values()) {
        if (refusal.sqlState().equals(e.getSQLState())) {
          return new Outcome(Optional.of(refusal), e.getMessage(), List.of());
        }
      }
      throw e;
    }
  }

  private static Object[] entry(ViewPlan plan, ResultSet row) throws SQLException {
    Object[] entry = new Object[plan.shown().size()];
    for (int i = 0; i < entry.length; i++) {
      Column column = plan.outputs().get(i).column();
      entry[i] = JdbcValues.POSTGRES.read(row, row.findColumn(column.name()), column);
    }
    return entry;
  }

  /** An entry of a key, with values that depend on its number alone. */
  private static Object[] entry(ViewPlan plan, int key, long id) {
    Object[] entry = new Object[plan.outputs().size()];
    for (int i = 0; i < entry.length; i++) {
      Column column = plan.outputs().get(i).column();
      boolean isKey = plan.key().contains(i);
      boolean isEntryKey = plan.entryKey().contains(i);
      long number = isKey ? key : isEntryKey ? id : id % 7;
      entry[i] =
          column.nullable() && number == 3 && !isKey && !isEntryKey
              ? null
              : switch (column.type()) {
                case STRING -> "text " + number;
                case DECIMAL -> new BigDecimal(number).setScale(2);
                case DATE, DATETIME, TIME, TIMESTAMP, INTEGER -> number;
                case DOUBLE -> (double) number;
                case BYTES -> new byte[] {(byte) number};
              };
    }
    return entry;
  }

  private static Object[] key(ViewPlan plan, Object[] entry) {
    return plan.key().stream().map(output -> entry[output]).toArray();
  }

  /** The SQLSTATE of a statement's error; empty if there is none. */
  private static Optional<String> state(Projection projection, String sql) {
    try {
      projection.execute(sql);
      return Optional.empty();
    } catch (SQLException e) {
      return Optional.of(String.valueOf(e.getSQLState()));
    }
  }

  private String pick(String... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
