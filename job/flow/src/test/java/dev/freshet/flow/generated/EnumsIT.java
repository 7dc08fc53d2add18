package dev.freshet.flow.generated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.JobUnderTest;
import dev.freshet.flow.MiniFlink;
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
 * An ENUM as key and in ORDER BY: all keys equal MySQL's answers, from the snapshot and the binlog,
 * with values that are no member; a member that is added later costs the keys that have it.
 *
 * <p>{@code -Dfreshet.seed=N} repeats a run.
 */
class EnumsIT {
  private static final List<String> COLLATIONS =
      List.of("utf8mb4_0900_ai_ci", "utf8mb4_general_ci", "latin1_swedish_ci", "utf8mb4_0900_bin");

  private static final String[] MEMBERS = {"'Open'", "'2x'", "'b'", "'2'", "'ß'", "'nosuch'", "7"};
  private static final int ROWS = 60;

  private final long seed = Long.getLong("freshet.seed", new Random().nextInt(1_000_000_000));
  private final Random random = new Random(seed);

  @TempDir private Path folder;

  @Test
  void keysAndOrderAreMysqls() throws Exception {
    try (MiniFlink flink = new MiniFlink(1);
        JobUnderTest job = new JobUnderTest("enums");
        Statement source = job.source().createStatement()) {
      source.execute("SET sql_mode = ''");
      for (String collation : COLLATIONS) {
        source.execute(table(collation));
        insert(source, collation, 0);
      }
      List<String> views = COLLATIONS.stream().flatMap(EnumsIT::views).toList();
      List<ViewPlan> plans = plans(job, views);
      job.start(folder, views, 1, ROWS);
      assertThat(compare(job, plans).invalid()).isZero();

      for (String collation : COLLATIONS) {
        insert(source, collation, ROWS);
        source.execute("UPDATE " + collation + " SET e = e + 1, f = 'Open' WHERE id % 7 = 0");
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

  private static String table(String collation) {
    String type =
        "ENUM('Open','2x','b','2','ß') CHARACTER SET %s COLLATE %s"
            .formatted(collation.substring(0, collation.indexOf('_')), collation);
    return "CREATE TABLE %s (id INT PRIMARY KEY, e %s, f %s NOT NULL, KEY (e), KEY (f))"
        .formatted(collation, type, type);
  }

  /** A view by one ENUM that is sorted by the other, which may be NULL in the second view. */
  private static Stream<String> views(String table) {
    return Stream.of(view(table, "e", "f", "f DESC"), view(table, "f", "e", "e, id DESC"));
  }

  private static String view(String table, String key, String shown, String order) {
    return "CREATE MATERIALIZED TABLE %s_%s (PRIMARY KEY (%2$s, id) NOT ENFORCED) PARTITIONED BY (%2$s) FRESHNESS = INTERVAL '1' SECOND AS SELECT %2$s, id, %s FROM %1$s ORDER BY %s"
        .formatted(table, key, shown, order);
  }

  private void insert(Statement source, String table, int first) throws SQLException {
    for (int id = first + 1; id <= first + ROWS; id++) {
      source.execute(
          "INSERT INTO %s VALUES (%d, %s, %s)"
              .formatted(table, id, random.nextInt(9) == 0 ? "NULL" : member(), member()));
    }
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
