package dev.freshet.view.declare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.view.Column;
import dev.freshet.view.Key;
import dev.freshet.view.Source;
import dev.freshet.view.ValueType;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * MySQL joins numbers of two types by their values where a view may, whether it hashes them, looks
 * them up in an index that cannot hold them all, or knows one of them before.
 */
class NumberJoinsIT {
  private static final List<String> TYPES =
      List.of(
          "tinyint",
          "int",
          "int unsigned",
          "int(6) unsigned zerofill",
          "bigint",
          "bigint unsigned",
          "decimal(5,2)",
          "decimal(10,0)",
          "decimal(12,2)",
          "decimal(12,4)",
          "decimal(20,2)",
          "decimal(65,30)");

  private static final List<String> NUMBERS =
      List.of(
          "0",
          "-1",
          "127",
          "128",
          "1.5",
          "999999",
          "2147483647",
          "2147483648",
          "4294967295",
          "9999999999",
          "9223372036854775807",
          "18446744073709551615",
          "-9223372036854775808",
          "0.000000000000000000000000000001");

  @Test
  void equalNumbersMeet() throws Exception {
    try (Source source = Source.create("number_joins")) {
      source.execute("SET SESSION sql_mode = ''");
      for (int t = 0; t < TYPES.size(); t++) {
        source.execute(
            ("CREATE TABLE k%1$d (n %2$s NOT NULL PRIMARY KEY);"
                    + " CREATE TABLE r%1$d (id INT NOT NULL PRIMARY KEY, n %2$s NOT NULL)")
                .formatted(t, TYPES.get(t)));
        for (int id = 0; id < NUMBERS.size(); id++) {
          // A number that the type cannot hold becomes the nearest that it can.
          source.execute(
              "INSERT IGNORE INTO k%1$d VALUES (%3$s); INSERT INTO r%1$d VALUES (%2$d, %3$s)"
                  .formatted(t, id, NUMBERS.get(id)));
        }
      }
      List<String> wrong = new ArrayList<>();
      int pairs = 0;
      for (int r = 0; r < TYPES.size(); r++) {
        for (int k = 0; k < TYPES.size(); k++) {
          if (ColumnRules.againstEquating(column(r), column(k)).isEmpty()) {
            pairs++;
            compare(source, r, k, wrong);
          }
        }
      }
      assertThat(wrong).isEmpty();
      assertThat(pairs).as("pairs of types that may be joined").isBetween(90, 120);
    }
  }

  private static void compare(Source source, int r, int k, List<String> wrong) throws SQLException {
    List<BigDecimal> keys = numbers(source, "SELECT n FROM k" + k);
    String join = "n FROM r%d r JOIN k%d k ON k.n = r.n".formatted(r, k);
    List<BigDecimal> all = new ArrayList<>();
    for (int id = 0; id < NUMBERS.size(); id++) {
      BigDecimal number =
          numbers(source, "SELECT n FROM r%d WHERE id = %d".formatted(r, id)).get(0);
      Object value = column(r).canonical(number);
      Object key = column(k).canonical(value);
      List<BigDecimal> expected =
          keys.stream()
              .filter(n -> key != null && Key.of(key).equals(Key.of(column(k).canonical(n))))
              .toList();
      all.addAll(expected);
      check(source, "SELECT k." + join + " WHERE r.id = " + id, expected, wrong);
    }
    all.sort(null);
    check(source, "SELECT k." + join + " ORDER BY k.n", all, wrong);
    check(
        source,
        "SELECT /*+ NO_INDEX(k) NO_INDEX(r) */ k." + join + " WHERE r.id + 0 >= 0 ORDER BY k.n",
        all,
        wrong);
  }

  private static void check(
      Source source, String sql, List<BigDecimal> expected, List<String> wrong)
      throws SQLException {
    List<BigDecimal> actual = numbers(source, sql);
    if (!actual.equals(expected)) {
      wrong.add(sql + ": " + actual + ", not " + expected);
    }
  }

  private static Column column(int type) {
    ValueType of = MysqlTypes.valueType(TYPES.get(type));
    return new Column("n", of, false, TYPES.get(type), "");
  }

  private static List<BigDecimal> numbers(Source source, String sql) throws SQLException {
    List<BigDecimal> numbers = new ArrayList<>();
    try (PreparedStatement statement = source.connection().prepareStatement(sql);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        numbers.add(rows.getBigDecimal(1));
      }
    }
    return numbers;
  }
}
