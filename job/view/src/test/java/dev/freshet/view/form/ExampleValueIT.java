package dev.freshet.view.form;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.view.Column;
import dev.freshet.view.Source;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.MysqlQueries;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every type that a key can have: its example can be asked for, and MySQL is asked by it. */
class ExampleValueIT {
  private static Source source;

  @BeforeAll
  static void connect() throws Exception {
    source = Source.create("examples");
  }

  @AfterAll
  static void close() throws Exception {
    source.close();
  }

  private static ViewPlan plan(String type) throws Exception {
    source.execute("DROP TABLE IF EXISTS things");
    source.execute("CREATE TABLE things (k " + type + " NOT NULL, id INT NOT NULL PRIMARY KEY)");
    return source.plan(
        "CREATE MATERIALIZED TABLE things_by_k (PRIMARY KEY (k, id) NOT ENFORCED)"
            + " PARTITIONED BY (k) FRESHNESS = INTERVAL '5' SECOND AS SELECT t.k, t.id FROM things t");
  }

  private static boolean isFound(ViewPlan plan, Column column, Object key) throws Exception {
    String sql = new MysqlQueries(plan, Duration.ofSeconds(5)).firstPage();
    try (PreparedStatement statement = source.connection().prepareStatement(sql)) {
      JdbcValues.MYSQL.bind(statement, 1, column.type(), key);
      statement.setInt(2, 50);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TINYINT",
        "TINYINT(1)",
        "TINYINT UNSIGNED",
        "SMALLINT UNSIGNED ZEROFILL",
        "MEDIUMINT",
        "INT UNSIGNED",
        "BIGINT",
        "BIGINT UNSIGNED",
        "YEAR",
        "DECIMAL(2,2)",
        "DECIMAL(65,30)",
        "DECIMAL(5,0) UNSIGNED",
        "CHAR(1) COLLATE utf8mb4_0900_bin",
        "VARCHAR(3) COLLATE utf8mb4_0900_bin",
        "VARCHAR(600) COLLATE utf8mb4_0900_bin",
        "BINARY(1)",
        "BINARY(16)",
        "VARBINARY(2)",
        "DATE",
        "DATETIME",
        "DATETIME(6)",
        "TIMESTAMP",
        "TIMESTAMP(3)"
      })
  void isAKeyThatCanBeAskedFor(String type) throws Exception {
    ViewPlan plan = plan(type);
    Column column = plan.keyColumnList().get(0);
    Object example = ExampleValue.of(column);

    assertThat(TextForm.parse(column, TextForm.print(column, example))).isEqualTo(example);
    assertThat(isFound(plan, column, example)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1901, 1970, 2000, 2155})
  void yearsAreFoundByThemselvesAlone(long year) throws Exception {
    ViewPlan plan = plan("YEAR");
    Column column = plan.keyColumnList().get(0);
    source.execute("INSERT INTO things VALUES (" + year + ", 1)");

    assertThat(isFound(plan, column, TextForm.parse(column, Long.toString(year)))).isTrue();
    assertThat(isFound(plan, column, TextForm.parse(column, "1999"))).isFalse();
    assertThat(isFound(plan, column, 0L)).isEqualTo(year == 0);
  }
}
