package dev.freshet.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.view.Column;
import dev.freshet.view.Rows;
import dev.freshet.view.Source;
import dev.freshet.view.ValueType;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.MysqlQueries;
import dev.freshet.view.sql.PlanCheck;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.SQLDataException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;

/** Values of every kind from MySQL into canonical form, into Postgres and back. */
class JdbcValuesIT {
  private static final String TABLE =
      """
      CREATE TABLE kinds (id INT NOT NULL PRIMARY KEY, k INT NOT NULL, flag TINYINT(1),
        tiny_u TINYINT UNSIGNED, medium MEDIUMINT, int_u INT UNSIGNED, big BIGINT,
        big_u BIGINT UNSIGNED, made YEAR, price DECIMAL(10,2), huge DECIMAL(65,30), ratio FLOAT,
        rate DOUBLE, letters CHAR(5), words VARCHAR(50), body MEDIUMTEXT,
        colour ENUM('red','blue'), tags SET('a','b'), raw4 BINARY(4), octets VARBINARY(10),
        image BLOB, bits BIT(12), born DATE, since TIME(6), lasted TIME, seen DATETIME,
        seen6 DATETIME(6), made_at TIMESTAMP(6) NULL)
      """;

  private static final String ROWS =
      """
      INSERT INTO kinds VALUES
      (1, 1, 2, 255, -8388608, 4294967295, -9223372036854775808, 18446744073709551615, 2155,
       -1.50, 12345678901234567890123456789012345.123456789012345678901234567891, 16777217,
       0.1, 'a', 'ä😀 ', 'line
      two', 'blue', 'a,b', X'61', X'6100', X'00FF', b'101010101010', '1000-01-01',
       '-00:00:00.000001', '838:59:59', '1000-01-01', '2024-03-31 02:30:00.000001',
       '1970-01-01 00:00:01'),
      (2, 1, 0, 0, 8388607, 0, 9223372036854775807, 0, 0, 0, 0, -0.1, -1.7976931348623157e308,
       '', '', '', 'red', '', X'FFFFFFFF', X'', X'', b'0', '9999-12-31', '-838:59:59',
       '-838:59:59', '9999-12-31 23:59:59', '9999-12-31 23:59:59.999999',
       '2038-01-19 03:14:07.999999'),
      (3, 2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
      (4, 2, 1, 1, 1, 1, 1, 1, 2026, 0.01, 0.000000000000000000000000000001, 1.5, 1e-300, 'bcdef',
       'it''s', ' ', 'red', 'b', X'00000001', X'00', X'7F', b'1', '1969-12-31', '23:59:59.5',
       '-00:00:01', '1969-12-31 23:59:59', '2026-03-08 02:30:00', '2026-03-08 02:30:00')
      """;

  private static final String VIEW =
      """
      CREATE MATERIALIZED TABLE v (PRIMARY KEY (k, id) NOT ENFORCED) PARTITIONED BY (k)
      FRESHNESS = INTERVAL '5' SECOND
      AS SELECT k, id, flag, tiny_u, medium, int_u, big, big_u, made, price, huge, rate,
        letters, words, body, colour, tags, raw4, octets, image, bits, born, seen,
        seen6, made_at FROM kinds
      """;

  @Test
  void textHasMysqlsMeaning() throws Exception {
    try (Source source = Source.create("jdbc_text")) {
      source.execute(
          "CREATE TABLE texts (id INT NOT NULL PRIMARY KEY, latin VARCHAR(9) CHARACTER SET latin1,"
              + " ukrainian VARCHAR(9) CHARACTER SET koi8u)");
      source.execute("INSERT INTO texts VALUES (1, X'818D8F909DE9', X'A6')");
      ViewPlan plan =
          source.plan(
              "CREATE MATERIALIZED TABLE v (PRIMARY KEY (id) NOT ENFORCED) PARTITIONED BY (id)"
                  + " FRESHNESS = INTERVAL '5' SECOND AS SELECT id, latin, ukrainian FROM texts");
      assertThat(mysql(source, plan).get(0))
          .containsExactly(1L, "\u0081\u008D\u008F\u0090\u009Dé", "і");
    }
  }

  @Test
  void roundTripsEveryKind() throws Exception {
    TimeZone before = TimeZone.getDefault();
    // A zone where 2026-03-08 02:30 does not exist: nothing may depend on it.
    TimeZone.setDefault(TimeZone.getTimeZone("America/New_York"));
    try (Source source = Source.create("jdbc_values")) {
      source.execute(TABLE);
      source.execute(ROWS);
      ViewPlan plan = source.plan(VIEW);
      assertThat(PlanCheck.problems(source.connection(), plan)).isEmpty();
      List<Object[]> rows = mysql(source, plan);

      byte[] raw = {0x61, 0, 0, 0};
      assertThat(rows.get(0))
          .containsExactly(
              1L,
              1L,
              2L,
              255L,
              -8388608L,
              4294967295L,
              Long.MIN_VALUE,
              new BigDecimal("18446744073709551615"),
              2155L,
              new BigDecimal("-1.50"),
              new BigDecimal("12345678901234567890123456789012345.123456789012345678901234567891"),
              0.1,
              "a",
              "ä😀 ",
              "line\ntwo",
              "blue",
              "a,b",
              raw,
              new byte[] {0x61, 0},
              new byte[] {0, -1},
              new byte[] {0xA, (byte) 0xAA},
              -354285L,
              -30610224000000000L,
              1711852200000001L,
              1000000L);
      assertThat(rows.get(2)).containsOnly(2L, 3L, null);
      assertThat(rows.get(3)[23]).isEqualTo(rows.get(3)[24]).isEqualTo(1772937000000000L);

      try (Projection projection = new Projection(plan, "jdbc_values")) {
        projection.upsert(rows);
        assertThat(printed(projection.everything("k, id"))).isEqualTo(printed(rows));
        projection.upsert(rows);
        assertThat(projection.delete(rows.get(3))).isEqualTo(1);
        assertThat(printed(projection.everything("k, id"))).isEqualTo(printed(rows.subList(0, 3)));
      }
      assertEachFindsItsRow(source, plan, rows);
    } finally {
      TimeZone.setDefault(before);
    }
  }

  /** What is read and bound again is the same value to MySQL. */
  private static void assertEachFindsItsRow(Source source, ViewPlan plan, List<Object[]> rows)
      throws Exception {
    List<Column> columns = Rows.outputs(plan);
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      if (column.mysqlType().startsWith("bit")) {
        continue; // Compared as a number; a view cannot compare it.
      }
      String sql = "SELECT COUNT(*) FROM kinds WHERE id = ? AND `" + column.name() + "` = ?";
      try (PreparedStatement statement = source.connection().prepareStatement(sql)) {
        for (Object[] row : rows) {
          if (row[i] != null) {
            JdbcValues.MYSQL.bind(statement, 1, ValueType.INTEGER, row[1]);
            JdbcValues.MYSQL.bind(statement, 2, column.type(), row[i]);
            Column count = new Column("n", ValueType.INTEGER, false, "bigint", "");
            assertThat(Rows.of(JdbcValues.MYSQL, statement, List.of(count), 1).get(0))
                .as("%s = %s", column.name(), row[i])
                .containsExactly(1L);
          }
        }
      }
    }
  }

  @Test
  void namesDatesThatNoCalendarHas() throws Exception {
    try (Source source = Source.create("zero_dates")) {
      source.execute(
          "CREATE TABLE kinds (id INT NOT NULL PRIMARY KEY, k INT NOT NULL, born DATE, seen"
              + " DATETIME)");
      source.execute("SET sql_mode = ''");
      source.execute(
          "INSERT INTO kinds VALUES (1, 1, '0000-00-00', NULL), (2, 2, '2024-00-10', NULL),"
              + " (3, 3, NULL, '0000-00-00'), (4, 4, NULL, '2024-01-00 10:00:00'),"
              + " (5, 5, '0000-01-01', NULL)");
      for (int k = 1; k <= 5; k++) {
        int id = k;
        String name = k == 3 || k == 4 ? "seen (datetime)" : "born (date)";
        assertThatThrownBy(() -> row(source, id))
            .isInstanceOf(SQLDataException.class)
            .hasMessage(
                "column "
                    + name
                    + " holds a date that is in no calendar, such as 0000-00-00; correct the row in"
                    + " MySQL");
      }
    }
  }

  private static List<Object[]> row(Source source, int k) throws Exception {
    ViewPlan plan =
        source.plan(
            """
            CREATE MATERIALIZED TABLE v (PRIMARY KEY (k, id) NOT ENFORCED) PARTITIONED BY (k)
            FRESHNESS = INTERVAL '5' SECOND AS SELECT k, id, born, seen FROM kinds
            """);
    String sql = new MysqlQueries(plan, Duration.ofSeconds(1)).answer();
    try (PreparedStatement statement = source.connection().prepareStatement(sql)) {
      statement.setInt(1, k);
      return Rows.of(JdbcValues.MYSQL, statement, Rows.outputs(plan), 1);
    }
  }

  private static List<Object[]> mysql(Source source, ViewPlan plan) throws Exception {
    String sql = new MysqlQueries(plan, Duration.ZERO).everything();
    try (PreparedStatement statement = source.connection().prepareStatement(sql)) {
      return Rows.of(JdbcValues.MYSQL, statement, Rows.outputs(plan), 1);
    }
  }

  private static List<String> printed(List<Object[]> rows) {
    return rows.stream().map(Arrays::deepToString).toList();
  }
}
