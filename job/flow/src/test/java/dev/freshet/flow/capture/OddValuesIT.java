package dev.freshet.flow.capture;

import static dev.freshet.flow.capture.SamplePlan.optional;
import static dev.freshet.flow.capture.SamplePlan.required;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.Event;
import dev.freshet.view.CanonicalTime;
import dev.freshet.view.Column;
import dev.freshet.view.ImpossibleDate;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import dev.freshet.view.ValueType;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What MySQL holds and others do not costs its own row, from the snapshot and from the binlog. */
class OddValuesIT {
  private static final Column ID = required("id", ValueType.INTEGER, "bigint");

  /** A column, a value that is right, and some that are in no calendar, as MySQL writes them. */
  private record Dates(String mysqlType, ValueType type, String good, List<String> bad) {}

  private static final List<Dates> DATES =
      List.of(
          new Dates(
              "date",
              ValueType.DATE,
              "2026-01-31",
              List.of("0000-00-00", "2024-00-10", "2024-02-00", "2023-02-29", "0000-01-01")),
          new Dates(
              "datetime",
              ValueType.DATETIME,
              "2026-03-29 02:30:00",
              List.of("0000-00-00 00:00:00", "2024-00-10 23:59:59", "2023-02-30 12:00:00")),
          new Dates(
              "datetime(3)",
              ValueType.DATETIME,
              "0001-01-01 00:00:00.001",
              List.of("0000-00-00 00:00:00.000", "9999-00-00 01:02:03.456")),
          new Dates(
              "datetime(6)",
              ValueType.DATETIME,
              "9999-12-31 23:59:59.999999",
              List.of("0000-00-00 00:00:00.000000", "2024-10-00 23:59:59.000001")),
          new Dates(
              "timestamp",
              ValueType.TIMESTAMP,
              "1970-01-01 00:00:01",
              List.of("0000-00-00 00:00:00")),
          new Dates(
              "timestamp(6)",
              ValueType.TIMESTAMP,
              "2038-01-19 03:14:07.999999",
              List.of("0000-00-00 00:00:00.000000")));

  private SourceDatabase source;

  @BeforeEach
  void connect() throws Exception {
    source = new SourceDatabase();
    source.execute("SET sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+00:00'");
  }

  @AfterEach
  void close() throws Exception {
    source.close();
  }

  @Test
  void aDateInNoCalendarIsNeitherNullNorAnother() throws Exception {
    List<Column> columns = new ArrayList<>(List.of(ID));
    List<String> definitions = new ArrayList<>();
    List<String> good = new ArrayList<>();
    for (Dates each : DATES) {
      for (boolean nullable : new boolean[] {false, true}) {
        String name = "c" + columns.size();
        columns.add(new Column(name, each.type(), nullable, each.mysqlType(), ""));
        definitions.add(name + " " + each.mysqlType() + (nullable ? " NULL" : " NOT NULL"));
        good.add("'" + each.good() + "'");
      }
    }
    source.execute(
        "CREATE TABLE dates (id BIGINT PRIMARY KEY, " + String.join(", ", definitions) + ")");
    List<List<String>> rows = new ArrayList<>(List.of(good));
    List<String> bad = new ArrayList<>();
    bad.add(null);
    for (int i = 0; i < good.size(); i++) {
      for (String value : DATES.get(i / 2).bad()) {
        List<String> row = new ArrayList<>(good);
        row.set(i, "'" + value + "'");
        rows.add(row);
        bad.add(columns.get(i + 1).name() + " (" + DATES.get(i / 2).mysqlType() + "): " + value);
      }
    }
    insert("dates", 0, rows);
    JobPlan plan = SamplePlan.of(source.name(), "dates", columns.toArray(Column[]::new));
    try (LogProbe log = LogProbe.start(plan, source.options())) {
      log.awaitWatermark(1);
      insert("dates", 1000, rows);
      source.execute("UPDATE dates SET c1 = '2026-02-01' WHERE id = 1001");
      log.awaitWatermark(source.position());

      List<Event.RowChange> changes = changes(log);
      assertThat(changes).hasSize(2 * rows.size() + 1);
      Map<Long, Event.RowChange> byId =
          changes.stream()
              .limit(2L * rows.size())
              .collect(Collectors.toMap(change -> (Long) change.row()[0], change -> change));
      for (long phase : new long[] {0, 1000}) {
        assertThat(byId.get(phase).poison()).isNull();
        assertThat(byId.get(phase).row()).hasSize(columns.size()).doesNotContainNull();
        assertThat(byId.get(phase).row()[1]).isEqualTo(LocalDate.of(2026, 1, 31).toEpochDay());
        assertThat(byId.get(phase).row()[3])
            .isEqualTo(CanonicalTime.micros(LocalDateTime.parse("2026-03-29T02:30:00")));
        for (int i = 1; i < rows.size(); i++) {
          Event.RowChange change = byId.get(phase + i);
          assertThat(change.poison()).as(bad.get(i)).isNotNull();
          assertThat(change.poison().reason()).isEqualTo(Reason.UNREADABLE);
          assertThat(change.poison().placed()).isTrue();
          assertThat(change.poison().message()).contains(bad.get(i));
        }
      }
      Event.RowChange corrected = changes.get(changes.size() - 1);
      assertThat(corrected.poison()).isNull();
      assertThat(corrected.row()[1]).isEqualTo(LocalDate.of(2026, 2, 1).toEpochDay());
    }
  }

  @Test
  void aDateInNoCalendarTellsARowFromOthers() throws Exception {
    source.execute("CREATE TABLE days (day DATE PRIMARY KEY, name VARCHAR(20))");
    source.execute(
        "INSERT INTO days VALUES ('0000-00-00', 'a'), ('2024-00-10', 'b'), ('2024-01-10', 'c')");
    JobPlan plan =
        SamplePlan.of(
            source.name(),
            "days",
            required("day", ValueType.DATE, "date"),
            optional("name", ValueType.STRING, "varchar(20)"));
    Key zero = Key.of(0L, ImpossibleDate.dateOrStandIn(0, 0, 0).toEpochDay());
    Key noMonth = Key.of(0L, ImpossibleDate.dateOrStandIn(2024, 0, 10).toEpochDay());
    try (LogProbe log = LogProbe.start(plan, source.options())) {
      log.awaitWatermark(1);
      source.execute("UPDATE days SET name = 'z' WHERE name = 'a'");
      source.execute("UPDATE days SET day = '2024-01-11' WHERE name = 'b'");
      source.execute("DELETE FROM days WHERE name = 'z'");
      log.awaitWatermark(source.position());

      List<Event.RowChange> changes = changes(log);
      assertThat(changes.stream().map(Event.RowChange::key))
          .containsExactly(
              zero,
              noMonth,
              Key.of(0L, LocalDate.of(2024, 1, 10).toEpochDay()),
              zero,
              noMonth,
              Key.of(0L, LocalDate.of(2024, 1, 11).toEpochDay()),
              zero);
      assertThat(changes.stream().map(change -> change.poison() != null))
          .containsExactly(true, true, false, true, false, false, false);
      assertThat(changes.stream().map(change -> change.row() == null))
          .containsExactly(false, false, false, false, true, false, true);
    }
  }

  @Test
  void aNulInAKeyHidesNothing() throws Exception {
    source.execute(
        "CREATE TABLE names (name VARCHAR(20) COLLATE utf8mb4_0900_bin PRIMARY KEY, n INT)");
    source.execute("INSERT INTO names VALUES (x'610062', 1), ('ab', 2)");
    JobPlan plan =
        SamplePlan.of(
            source.name(),
            "names",
            required("name", ValueType.STRING, "varchar(20)"),
            optional("n", ValueType.INTEGER, "int"));
    try (LogProbe log = LogProbe.start(plan, source.options())) {
      log.awaitWatermark(1);
      source.execute("UPDATE names SET n = 3 WHERE n = 1");
      source.execute("DELETE FROM names WHERE n = 3");
      log.awaitWatermark(source.position());

      List<Event.RowChange> changes = changes(log);
      assertThat(changes.stream().map(Event.RowChange::key).distinct())
          .containsExactlyInAnyOrder(Key.of(0L, "a\0b"), Key.of(0L, "ab"));
      for (Event.RowChange change : changes) {
        if (change.row() != null && change.key().equals(Key.of(0L, "a\0b"))) {
          assertThat(change.poison().reason()).isEqualTo(Reason.UNSTORABLE);
          assertThat(change.poison().placed()).isTrue();
        } else {
          assertThat(change.poison()).isNull();
        }
      }
      assertThat(changes).hasSize(4);
    }
  }

  @Test
  void theYearZeroIsZero() throws Exception {
    source.execute("CREATE TABLE years (id BIGINT PRIMARY KEY, y YEAR NOT NULL)");
    source.execute("INSERT INTO years VALUES (1, 0), (2, 2000), (3, 1901)");
    JobPlan plan =
        SamplePlan.of(source.name(), "years", ID, required("y", ValueType.INTEGER, "year"));
    try (LogProbe log = LogProbe.start(plan, source.options())) {
      log.awaitWatermark(1);
      source.execute("INSERT INTO years VALUES (11, 0), (12, 2000), (13, 1901)");
      log.awaitWatermark(source.position());
      assertThat(changes(log).stream().map(change -> change.row()[1]))
          .containsExactly(0L, 2000L, 1901L, 0L, 2000L, 1901L);
    }
  }

  /** A character set, bytes that Java reads as MySQL does, and others. */
  private record Text(String collation, String sound, String read, String odd) {}

  @Test
  void textThatJavaReadsOtherwiseIsNotTaken() throws Exception {
    List<Text> texts =
        List.of(
            new Text("latin1_bin", "61e9", "aé", "818d8f909d"),
            new Text("latin2_bin", "61e9", "aé", null),
            new Text("cp1250_bin", "61e9", "aé", "81"),
            new Text("koi8u_bin", "61c9", "aи", "a6"),
            new Text("gbk_bin", "61c4e3", "a你", "a140"),
            new Text("sjis_bin", "6182a0", "aあ", "815c"),
            new Text("big5_bin", "61a741", "a你", "a2cc"),
            new Text("utf16le_bin", "61003dd809de", "a😉", null),
            new Text("utf8mb3_bin", "61efbfbd", "a\uFFFD", null));
    List<Column> columns = new ArrayList<>(List.of(ID));
    List<String> definitions = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Text each : texts) {
      String name = "t" + columns.size();
      names.add(name);
      columns.add(new Column(name, ValueType.STRING, true, "varchar(20)", each.collation()));
      definitions.add(name + " VARCHAR(20) COLLATE " + each.collation());
    }
    source.execute(
        "CREATE TABLE texts (id BIGINT PRIMARY KEY, " + String.join(", ", definitions) + ")");
    insertTexts(0, texts, names);
    JobPlan plan = SamplePlan.of(source.name(), "texts", columns.toArray(Column[]::new));
    try (LogProbe log = LogProbe.start(plan, source.options())) {
      log.awaitWatermark(1);
      insertTexts(100, texts, names);
      log.awaitWatermark(source.position());

      for (Event.RowChange change : changes(log)) {
        int place = (int) ((Long) change.row()[0] % 10);
        boolean fromBinlog = (Long) change.row()[0] >= 100;
        boolean isOdd = (Long) change.row()[0] % 100 >= 10;
        Text text = texts.get(place);
        if (!isOdd) {
          assertThat(change.poison()).as(text.collation()).isNull();
          assertThat(change.row()[place + 1]).isEqualTo(text.read());
        } else if (fromBinlog) {
          assertThat(change.poison()).as(text.collation()).isNotNull();
          assertThat(change.poison().reason()).isEqualTo(Reason.UNREADABLE);
        } else if (change.poison() == null) {
          assertThat(change.row()[place + 1]).isEqualTo(shown(names.get(place), 10 + place));
        }
      }
      assertThat(changes(log)).hasSize(30);
    }
  }

  private void insertTexts(int first, List<Text> texts, List<String> names) throws Exception {
    for (int i = 0; i < texts.size(); i++) {
      String into = "INSERT INTO texts (id, " + names.get(i) + ") VALUES (";
      source.execute(into + (first + i) + ", x'" + texts.get(i).sound() + "')");
      if (texts.get(i).odd() != null) {
        source.execute(into + (first + 10 + i) + ", x'" + texts.get(i).odd() + "')");
      }
    }
  }

  private String shown(String column, long id) throws Exception {
    try (Statement statement = source.connection().createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT CAST(CONVERT("
                    + column
                    + " USING utf8mb4) AS BINARY) FROM texts WHERE id = "
                    + id)) {
      row.next();
      return new String(row.getBytes(1), StandardCharsets.UTF_8);
    }
  }

  /** Rows numbered from a first id, one transaction. */
  private void insert(String table, long first, List<List<String>> rows) throws Exception {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      values.add("(" + (first + i) + ", " + String.join(", ", rows.get(i)) + ")");
    }
    source.execute("INSERT INTO " + table + " VALUES " + String.join(", ", values));
  }

  private static List<Event.RowChange> changes(LogProbe log) {
    return log.events().stream().map(event -> (Event.RowChange) event).toList();
  }
}
