package dev.freshet.flow.capture;

import static dev.freshet.flow.capture.SamplePlan.optional;
import static dev.freshet.flow.capture.SamplePlan.required;
import static dev.freshet.view.TestSize.FULL;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.ViewFault;
import dev.freshet.view.CanonicalTime;
import dev.freshet.view.Column;
import dev.freshet.view.TestSize;
import dev.freshet.view.ValueType;
import dev.freshet.view.Values;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every MySQL type comes out in its canonical form, the same from the snapshot and the binlog. */
class ColumnTypesIT {
  private static final String ZONE = "+05:30";

  /** A column: its MySQL type, a literal, and what it must be read as. */
  private record Case(String mysqlType, ValueType type, String literal, Object value) {}

  private static final List<Case> CASES =
      List.of(
          new Case("tinyint", ValueType.INTEGER, "-128", -128L),
          new Case("tinyint(1)", ValueType.INTEGER, "1", 1L),
          new Case("tinyint(1)", ValueType.INTEGER, "7", 7L),
          new Case("tinyint unsigned", ValueType.INTEGER, "255", 255L),
          new Case("smallint", ValueType.INTEGER, "-32768", -32768L),
          new Case("smallint unsigned", ValueType.INTEGER, "65535", 65535L),
          new Case("mediumint", ValueType.INTEGER, "-8388608", -8388608L),
          new Case("mediumint unsigned", ValueType.INTEGER, "16777215", 16777215L),
          new Case("int", ValueType.INTEGER, "-2147483648", -2147483648L),
          new Case("int unsigned", ValueType.INTEGER, "4294967295", 4294967295L),
          new Case("bigint", ValueType.INTEGER, "-9223372036854775808", Long.MIN_VALUE),
          new Case("year", ValueType.INTEGER, "2155", 2155L),
          new Case("year", ValueType.INTEGER, "1901", 1901L),
          new Case(
              "bigint unsigned",
              ValueType.DECIMAL,
              "18446744073709551615",
              new BigDecimal("18446744073709551615")),
          new Case("bigint unsigned", ValueType.DECIMAL, "3", new BigDecimal("3")),
          new Case("decimal(10,3)", ValueType.DECIMAL, "-1.5", new BigDecimal("-1.500")),
          new Case(
              "decimal(65,30)",
              ValueType.DECIMAL,
              "12345678901234567890123456789012345.000000000000000000000000000001",
              new BigDecimal("12345678901234567890123456789012345.000000000000000000000000000001")),
          new Case("decimal(5,0)", ValueType.DECIMAL, "42", new BigDecimal("42")),
          new Case("double", ValueType.DOUBLE, "-1.5e300", -1.5e300),
          new Case("double", ValueType.DOUBLE, "0.1", 0.1),
          new Case("float", ValueType.DOUBLE, "1.1", 1.1),
          new Case("char(5)", ValueType.STRING, "'ab  '", "ab"),
          new Case("varchar(20)", ValueType.STRING, "'ab  '", "ab  "),
          new Case("varchar(20)", ValueType.STRING, "'wink 😉 é'", "wink 😉 é"),
          new Case("varchar(20) character set latin1", ValueType.STRING, "'é'", "é"),
          new Case("varchar(20)", ValueType.STRING, "''", ""),
          new Case("longtext", ValueType.STRING, "REPEAT('😉', 20000)", "😉".repeat(20000)),
          new Case("enum('a','b,c')", ValueType.STRING, "'b,c'", "b,c"),
          new Case("set('a','b','c')", ValueType.STRING, "'c,a'", "a,c"),
          new Case(
              "json",
              ValueType.STRING,
              "'{\"b\":[1,2.5,null,true,\"x: y, z\"],\"a\":{}}'",
              "{\"a\": {}, \"b\": [1, 2.5, null, true, \"x: y, z\"]}"),
          new Case("binary(4)", ValueType.BYTES, "'ab'", new byte[] {'a', 'b', 0, 0}),
          new Case("binary(3)", ValueType.BYTES, "x'010000'", new byte[] {1, 0, 0}),
          new Case("varbinary(10)", ValueType.BYTES, "x'00ff00'", new byte[] {0, -1, 0}),
          new Case("blob", ValueType.BYTES, "'blob'", "blob".getBytes(UTF_8)),
          new Case("bit(1)", ValueType.BYTES, "b'1'", new byte[] {1}),
          new Case("bit(12)", ValueType.BYTES, "b'101000000001'", new byte[] {10, 1}),
          new Case("bit(64)", ValueType.BYTES, "b'1'", new byte[] {0, 0, 0, 0, 0, 0, 0, 1}),
          new Case("date", ValueType.DATE, "'1000-01-01'", LocalDate.of(1000, 1, 1).toEpochDay()),
          new Case("date", ValueType.DATE, "'0012-03-04'", LocalDate.of(12, 3, 4).toEpochDay()),
          new Case("date", ValueType.DATE, "'9999-12-31'", LocalDate.of(9999, 12, 31).toEpochDay()),
          new Case("time", ValueType.TIME, "'-838:59:59'", CanonicalTime.timeMicros("-838:59:59")),
          new Case(
              "time(6)",
              ValueType.TIME,
              "'23:59:59.000001'",
              CanonicalTime.timeMicros("23:59:59.000001")),
          dateTime("datetime", "2026-03-29 02:30:00"),
          dateTime("datetime(3)", "2026-03-29 02:30:00.123"),
          dateTime("datetime(6)", "1969-12-31 23:59:59.999999"),
          dateTime("datetime(6)", "1000-01-01 00:00:00.000001"),
          dateTime("datetime(6)", "9999-12-31 23:59:59.999999"),
          timestamp("timestamp", "2026-03-29 02:30:00", "2026-03-28T21:00:00Z"),
          timestamp("timestamp(3)", "2026-03-29 02:30:00.5", "2026-03-28T21:00:00.500Z"),
          timestamp("timestamp(6)", "1970-01-01 05:30:01.000001", "1970-01-01T00:00:01.000001Z"));

  private static final int DOCUMENTS = FULL ? 50_000 : 1_500;

  private SourceDatabase source;

  private static Case dateTime(String mysqlType, String text) {
    long micros = CanonicalTime.micros(LocalDateTime.parse(text.replace(' ', 'T')));
    return new Case(mysqlType, ValueType.DATETIME, "'" + text + "'", micros);
  }

  private static Case timestamp(String mysqlType, String text, String utc) {
    long micros = CanonicalTime.micros(Instant.parse(utc));
    return new Case(mysqlType, ValueType.TIMESTAMP, "'" + text + "'", micros);
  }

  @BeforeEach
  void connect() throws Exception {
    source = new SourceDatabase();
    source.execute("SET GLOBAL time_zone = '" + ZONE + "'");
    source.execute("SET time_zone = '" + ZONE + "'");
  }

  @AfterEach
  void close() throws Exception {
    source.execute("SET GLOBAL time_zone = 'SYSTEM'");
    source.close();
  }

  @Test
  void snapshotAndBinlogAgreeWithMysql() throws Exception {
    List<Column> columns = new ArrayList<>();
    List<String> definitions = new ArrayList<>();
    List<String> literals = new ArrayList<>();
    List<Object> expected = new ArrayList<>();
    columns.add(required("id", ValueType.INTEGER, "bigint"));
    expected.add(null);
    for (int i = 0; i < CASES.size(); i++) {
      Case each = CASES.get(i);
      columns.add(optional("c" + i, each.type(), each.mysqlType()));
      definitions.add("c" + i + " " + each.mysqlType() + " NULL DEFAULT NULL");
      literals.add(each.literal());
      expected.add(each.value());
    }
    source.execute(
        "CREATE TABLE types (id BIGINT PRIMARY KEY, "
            + String.join(", ", definitions)
            + ") DEFAULT CHARSET utf8mb4");
    String values = String.join(", ", literals) + ")";
    source.execute("INSERT INTO types VALUES (1, " + values);
    source.execute("INSERT INTO types (id) VALUES (2)");
    JobPlan plan = SamplePlan.of(source.name(), "types", columns.toArray(Column[]::new));
    List<String> differences = new ArrayList<>();
    try (LogProbe log = LogProbe.start(plan, source.options())) {
      log.awaitWatermark(1);
      source.execute("INSERT INTO types VALUES (3, " + values);
      source.execute("INSERT INTO types (id) VALUES (4)");
      source.execute("UPDATE types SET c0 = 5 WHERE id = 4");
      log.awaitWatermark(source.position());
      List<Event> events = log.events();
      assertThat(events).hasSize(5);
      for (Event event : events) {
        Object[] row = ((Event.RowChange) event).row();
        long id = (Long) row[0];
        Object[] wanted = id % 2 == 1 ? expected.toArray() : new Object[row.length];
        wanted[0] = id;
        if (row[1] != null && row[1].equals(5L)) {
          wanted[1] = 5L;
        }
        for (int i = 0; i < row.length; i++) {
          if (!Values.sameRow(new Object[] {row[i]}, new Object[] {wanted[i]})) {
            differences.add(
                (i == 0 ? "id" : CASES.get(i - 1).mysqlType())
                    + " of row "
                    + id
                    + ": "
                    + Arrays.deepToString(new Object[] {row[i]})
                    + ", not "
                    + Arrays.deepToString(new Object[] {wanted[i]}));
          }
        }
      }
    }
    assertThat(differences).isEmpty();
  }

  @Test
  void jsonIsSpelledAsMysqlSpellsIt() throws Exception {
    long seed = TestSize.seed();
    RandomJson json = new RandomJson(new Random(seed));
    source.execute("CREATE TABLE docs (id BIGINT PRIMARY KEY, doc JSON)");
    JobPlan plan =
        SamplePlan.of(
            source.name(),
            "docs",
            required("id", ValueType.INTEGER, "bigint"),
            optional("doc", ValueType.STRING, "json"));
    int snapshot = 200;
    for (int id = 0; id < snapshot; id++) {
      source.execute("INSERT INTO docs VALUES (" + id + ", " + json.document(3) + ")");
    }
    Map<Long, String> read = new HashMap<>();
    try (LogProbe log = LogProbe.start(plan, source.options())) {
      log.awaitWatermark(1);
      for (int id = snapshot; id < DOCUMENTS; id++) {
        String document = id % 100 == 0 ? json.large() : json.document(3);
        source.execute("INSERT INTO docs VALUES (" + id + ", " + document + ")");
      }
      log.awaitWatermark(source.position());
      for (Event event : log.events()) {
        Object[] row = ((Event.RowChange) event).row();
        read.put((Long) row[0], (String) row[1]);
      }
    }
    try (Statement statement = source.connection().createStatement();
        ResultSet rows = statement.executeQuery("SELECT id, CAST(doc AS CHAR) FROM docs")) {
      while (rows.next()) {
        assertThat(read.get(rows.getLong(1))).as("seed %d", seed).isEqualTo(rows.getString(2));
      }
    }
    assertThat(read).hasSize(DOCUMENTS);
  }

  @Test
  void aColumnDefaultIsNotTakenForNull() throws Exception {
    source.execute(
        "CREATE TABLE defaults (id BIGINT PRIMARY KEY, n BIGINT DEFAULT 5, t VARCHAR(9) DEFAULT 'x')");
    source.execute("INSERT INTO defaults VALUES (1, NULL, NULL)");
    JobPlan plan =
        SamplePlan.of(
            source.name(),
            "defaults",
            required("id", ValueType.INTEGER, "bigint"),
            optional("n", ValueType.INTEGER, "bigint"),
            optional("t", ValueType.STRING, "varchar(9)"));
    try (LogProbe log = LogProbe.start(plan, source.options())) {
      log.awaitWatermark(1);
      source.execute("INSERT INTO defaults VALUES (2, NULL, NULL)");
      log.awaitWatermark(source.position());
      for (Event event : log.events()) {
        Object[] row = ((Event.RowChange) event).row();
        assertThat(row).containsExactly(row[0], null, null);
      }
    }
  }

  @Test
  void anAlteredTableIsReadOnUntilAColumnInUseIsRetyped() throws Exception {
    source.execute("CREATE TABLE altered (id BIGINT PRIMARY KEY, name VARCHAR(9), other INT)");
    JobPlan plan =
        SamplePlan.of(
            source.name(),
            "altered",
            required("id", ValueType.INTEGER, "bigint"),
            optional("name", ValueType.STRING, "varchar(9)"));
    try (LogProbe log = LogProbe.start(plan, source.options())) {
      log.awaitWatermark(1);
      source.execute("ALTER TABLE altered ADD COLUMN first INT FIRST, DROP COLUMN other");
      source.execute("INSERT INTO altered VALUES (0, 1, 'one')");
      log.awaitWatermark(source.position());
      assertThat(((Event.RowChange) log.events().get(0)).row()).containsExactly(1L, "one");
      source.execute("DELETE FROM altered");
      source.execute("ALTER TABLE altered MODIFY name INT");
      long end = source.position();
      source.execute("INSERT INTO altered VALUES (0, 2, 2)");
      ViewFault fault = log.awaitFault();
      log.awaitWatermark(source.position());
      assertThat(fault.version()).isEqualTo(end);
      assertThat(fault.message()).contains(source.name() + ".altered", "changed column 'name'");
    }
  }
}
