package dev.freshet.flow.generated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.JobUnderTest;
import dev.freshet.flow.MiniFlink;
import dev.freshet.view.TestSize;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.Declaration;
import dev.freshet.view.source.PlannedViews;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * ENUM and SET as key, in joins, in conditions and in ORDER BY: all keys equal MySQL's answers,
 * from the snapshot and the binlog, with values that are no member; a member that is added later
 * costs the keys that have it.
 *
 * <p>{@code -Dfreshet.seed=N} repeats a run.
 */
class MembersIT {
  private static final List<String> COLLATIONS =
      List.of(
          "utf8mb4_0900_ai_ci",
          "utf8mb4_general_ci",
          "latin1_swedish_ci",
          "utf8mb4_0900_bin",
          "utf8mb4_bin");

  private static final String[] MEMBERS = {"'Open'", "'2x'", "'b'", "'2'", "'ß'", "'nosuch'", "7"};
  private static final int ROWS = 60;

  /** Primary keys, which begin with the key, and queries. */
  private static final List<String> VIEWS =
      List.of(
          "e, id / e, id, f FROM $t ORDER BY f DESC",
          "f, id / f, id, e FROM $t ORDER BY e, id DESC",
          "s, id / s, id, FIND_IN_SET('b', s) AS b FROM $t WHERE s <> '2x,b' OR e IN ('b', '')"
              + " ORDER BY FIND_IN_SET('2', s), s",
          "f, id / f, id, d.s FROM $t t JOIN $t_by_e d ON d.e = t.e WHERE t.e <> f ORDER BY d.s DESC",
          "e, id / t.e, id, d.s = t.s AS x FROM $t t LEFT JOIN $t_by_e d ON d.e = t.e ORDER BY t.s",
          "f, id / f, id, n FROM $t t JOIN $t_by_s m ON m.s = t.s AND m.e = t.f ORDER BY m.s",
          "s, id / t.s, id, n FROM $t t LEFT JOIN $t_by_s m ON m.s = t.s AND m.e = 'b'",
          "e, s / e, s, n FROM $t_by_s",
          "n, s, e / n, s, e FROM $t_by_s");

  private final long seed = TestSize.seed();
  private final Random random = new Random(seed);

  @TempDir private Path folder;

  @Test
  void keysAndOrderAreMysqls() throws Exception {
    try (MiniFlink flink = new MiniFlink(1);
        JobUnderTest job = new JobUnderTest("members");
        Statement source = job.source().createStatement()) {
      source.execute("SET sql_mode = ''");
      for (String collation : COLLATIONS) {
        for (String table : tables(collation)) {
          source.execute(table);
        }
        insert(source, collation, 0);
      }
      List<String> views = COLLATIONS.stream().flatMap(MembersIT::views).toList();
      List<ViewPlan> plans = plans(job, views);
      job.start(folder, views, 1, ROWS);
      assertThat(compare(job, plans).invalid()).isZero();

      for (String collation : COLLATIONS) {
        insert(source, collation, ROWS);
        source.execute(
            "UPDATE " + collation + " SET e = e + 1, f = 'Open', s = s ^ 5 WHERE id % 7 = 0");
        source.execute("UPDATE " + collation + "_by_e SET s = s ^ 3 WHERE e < 'c'");
        source.execute("DELETE FROM " + collation + " WHERE id % 11 = 0");
      }
      assertThat(compare(job, plans).invalid()).isZero();

      String grown = COLLATIONS.get(0);
      source.execute(
          "ALTER TABLE %s MODIFY f ENUM('Open','2x','b','2','ß','Late') COLLATE %1$s NOT NULL"
              .formatted(grown));
      source.execute("UPDATE " + grown + " SET f = 'Late' WHERE e = 'b' LIMIT 1");
      job.awaitProgress();
      List<String> differences = new ArrayList<>();
      KeyComparison sorted = new KeyComparison(plans.get(0), job.name(), job.keyGroups());
      sorted.compare(job.source(), job.store(), differences::add);
      assertThat(differences).hasSize(1);
      assertThat(differences.get(0)).contains(", b]: ").contains("is INVALID");
    }
  }

  private static List<String> tables(String collation) {
    String of =
        "('Open','2x','b','2','ß') CHARACTER SET %s COLLATE %s"
            .formatted(collation.substring(0, collation.indexOf('_')), collation);
    return List.of(
        "CREATE TABLE %s (id INT PRIMARY KEY, e ENUM%s, f ENUM%2$s NOT NULL, s SET%2$s, KEY (e), KEY (f), KEY (s))"
            .formatted(collation, of),
        "CREATE TABLE %s_by_e (e ENUM%s PRIMARY KEY, s SET%2$s NOT NULL)".formatted(collation, of),
        "CREATE TABLE %s_by_s (s SET%s, e ENUM%2$s, n INT, PRIMARY KEY (s, e))"
            .formatted(collation, of));
  }

  private static Stream<String> views(String table) {
    return VIEWS.stream()
        .map(
            view -> {
              String[] parts = view.replace("$t", table).split(" / ", 2);
              return "CREATE MATERIALIZED TABLE %s_%d (PRIMARY KEY (%s) NOT ENFORCED) PARTITIONED BY (%s) FRESHNESS = INTERVAL '1' SECOND AS SELECT %s"
                  .formatted(
                      table,
                      VIEWS.indexOf(view),
                      parts[0],
                      parts[0].substring(0, parts[0].indexOf(',')),
                      parts[1]);
            });
  }

  private void insert(Statement source, String table, int first) throws SQLException {
    for (int id = first + 1; id <= first + ROWS; id++) {
      source.execute(
          "INSERT INTO %s VALUES (%d, %s, %s, %s)"
              .formatted(table, id, maybe(member()), member(), maybe(set())));
      source.execute("REPLACE INTO %s_by_e VALUES (%s, %s)".formatted(table, member(), set()));
      source.execute(
          "REPLACE INTO %s_by_s VALUES (%s, %s, %d)"
              .formatted(table, set(), member(), random.nextInt(5)));
    }
  }

  private String maybe(String value) {
    return random.nextInt(9) == 0 ? "NULL" : value;
  }

  /** One or two members, which are the more often those that another row has. */
  private String set() {
    return random.nextInt(9) == 0
        ? String.valueOf(random.nextInt(40))
        : "CONCAT_WS(',', %s, %s)".formatted(member(), random.nextBoolean() ? "NULL" : member());
  }

  private String member() {
    return MEMBERS[random.nextInt(MEMBERS.length)];
  }

  private static List<ViewPlan> plans(JobUnderTest job, List<String> views) throws SQLException {
    List<Declaration> declared = views.stream().map(Declaration::parse).toList();
    return PlannedViews.check(job.source(), job.name(), declared).plans();
  }

  private KeyComparison.Found compare(JobUnderTest job, List<ViewPlan> plans) throws Exception {
    job.awaitProgress();
    List<String> differences = new ArrayList<>();
    KeyComparison.Found all = KeyComparison.Found.NOTHING;
    for (ViewPlan plan : plans) {
      KeyComparison keys = new KeyComparison(plan, job.name(), job.keyGroups());
      all = all.plus(keys.compare(job.source(), job.store(), differences::add));
    }
    assertThat(differences).as("seed %d", seed).isEmpty();
    assertThat(all.rows()).as("rows compared").isGreaterThan(COLLATIONS.size() * ROWS);
    return all;
  }
}
