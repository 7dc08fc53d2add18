package dev.freshet.flow.generated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.JobUnderTest;
import dev.freshet.flow.MiniFlink;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A key that Postgres cannot name, a NUL or a date in no calendar in it, costs itself: all others
 * are VALID and right, from the snapshot and from the binlog.
 */
class OddKeysIT {
  private static final List<String> VIEWS =
      List.of(
          """
          CREATE MATERIALIZED TABLE by_word (PRIMARY KEY (word, id) NOT ENFORCED)
          PARTITIONED BY (word) FRESHNESS = INTERVAL '1' SECOND
          AS SELECT i.word, i.id, d.name FROM items i LEFT JOIN days d ON d.on_day = i.on_day
          """,
          """
          CREATE MATERIALIZED TABLE by_day (PRIMARY KEY (on_day, id) NOT ENFORCED)
          PARTITIONED BY (on_day) FRESHNESS = INTERVAL '1' SECOND
          AS SELECT i.on_day, i.id FROM items i
          """);

  private static MiniFlink flink;

  @TempDir private Path folder;

  @BeforeAll
  static void start() throws Exception {
    flink = new MiniFlink(1);
  }

  @AfterAll
  static void stop() {
    flink.close();
  }

  @Test
  void eachCostsItself() throws Exception {
    try (JobUnderTest job = new JobUnderTest("odd_keys");
        Statement statement = job.source().createStatement()) {
      statement.execute("SET sql_mode = ''");
      statement.execute("CREATE TABLE days (on_day DATE PRIMARY KEY, name VARCHAR(20))");
      statement.execute(
          "CREATE TABLE items (id BIGINT PRIMARY KEY,"
              + " word VARCHAR(20) COLLATE utf8mb4_0900_bin NOT NULL, on_day DATE NOT NULL)");
      statement.execute("INSERT INTO days VALUES ('2026-01-01', 'new year'), ('0000-00-00', 'no')");
      insert(statement, 0);
      job.start(folder, VIEWS, 1, 2);
      job.awaitProgress();
      assertHolds(
          job,
          List.of("sound|1|new year"),
          List.of("no day|unreadable-value"),
          List.of("2026-01-01|1", "2026-01-01|2"));

      insert(statement, 10);
      job.awaitProgress();
      assertHolds(
          job,
          List.of("sound|1|new year", "sound|11|new year"),
          List.of("no day|unreadable-value"),
          List.of("2026-01-01|1", "2026-01-01|11", "2026-01-01|12", "2026-01-01|2"));

      statement.execute("UPDATE items SET on_day = '2026-01-01' WHERE id IN (3, 13)");
      statement.execute("UPDATE items SET word = 'mended' WHERE id = 2");
      statement.execute("DELETE FROM items WHERE id = 12");
      job.awaitProgress();
      assertHolds(
          job,
          List.of(
              "mended|2|new year",
              "no day|13|new year",
              "no day|3|new year",
              "sound|1|new year",
              "sound|11|new year"),
          List.of(),
          List.of(
              "2026-01-01|1", "2026-01-01|11", "2026-01-01|13", "2026-01-01|2", "2026-01-01|3"));
    }
  }

  private static void insert(Statement statement, int first) throws SQLException {
    statement.execute(
        ("INSERT INTO items VALUES (%d, 'sound', '2026-01-01'), (%d, x'610062', '2026-01-01'),"
                + " (%d, 'no day', '0000-00-00')")
            .formatted(first + 1, first + 2, first + 3));
  }

  private static void assertHolds(
      JobUnderTest job, List<String> byWord, List<String> invalid, List<String> byDay)
      throws SQLException {
    String schema = job.name();
    assertThat(
            column(
                job.store(),
                "SELECT word || '|' || id || '|' || coalesce(name, '') FROM "
                    + schema
                    + ".by_word"))
        .containsExactlyInAnyOrderElementsOf(byWord);
    assertThat(column(job.store(), "SELECT on_day || '|' || id FROM " + schema + ".by_day"))
        .containsExactlyInAnyOrderElementsOf(byDay);
    assertThat(
            column(job.store(), "SELECT word || '|' || reason FROM " + schema + ".by_word_g1_keys"))
        .isEqualTo(invalid);
    assertThat(
            column(
                job.store(), "SELECT on_day || '|' || reason FROM " + schema + ".by_day_g1_keys"))
        .isEmpty();
    assertThat(column(job.store(), "SELECT unnest(invalid) FROM " + schema + ".progress"))
        .isEmpty();
  }

  private static List<String> column(Connection connection, String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        rows.add(result.getString(1));
      }
    }
    return rows;
  }
}
