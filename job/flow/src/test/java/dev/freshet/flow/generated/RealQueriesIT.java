package dev.freshet.flow.generated;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.JobUnderTest;
import dev.freshet.flow.MiniFlink;
import dev.freshet.flow.generated.KeyComparison.Found;
import dev.freshet.view.RealQuery;
import dev.freshet.view.TestSize;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.Declaration;
import dev.freshet.view.declare.ViewException;
import dev.freshet.view.source.PlannedViews;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The queries of real applications that are accepted, over the applications' own tables, all in one
 * job: random transactions over every table, and all keys equal MySQL's answers, in content and
 * order. What is refused is held by {@code dev.freshet.view.RealQueriesIT}.
 *
 * <p>{@code -Dfreshet.seed=N} repeats a run.
 */
class RealQueriesIT {
  private static final int TRANSACTIONS = FULL ? 500 : 60;
  private static final int COMPARISONS = FULL ? 10 : 3;
  private static final int ROWS = 150;
  private static final int CHUNK_SIZE = 50_000;

  /** Flink CDC fails where a table's rows vanish while it is divided into chunks. */
  private static final int RESTARTS = 2;

  private final long seed = TestSize.seed();
  private final List<Subject> subjects = new ArrayList<>();
  private final Map<String, Found> found = new LinkedHashMap<>();

  @TempDir private Path folder;

  /** An accepted query. */
  private record Subject(ViewPlan plan, RealChanges changes, KeyComparison comparison) {}

  @Test
  void everyKeyIsMysqlsAnswer() throws Exception {
    System.out.println("seed " + seed);
    Instant begin = Instant.now();
    try (MiniFlink flink = new MiniFlink(2);
        JobUnderTest job = new JobUnderTest("apps").withRestarts(RESTARTS);
        Connection writer = job.openSource()) {
      List<String> views = create(job, writer);
      assertThat(views).as("accepted queries").hasSizeGreaterThanOrEqualTo(10);
      job.start(folder, views, 2, CHUNK_SIZE);
      for (int i = 0; i < TRANSACTIONS / COMPARISONS; i++) {
        for (Subject subject : subjects) {
          // During the snapshot a deletion that goes through two foreign keys ends a view.
          if (!subject.changes().haveForeignKeys()) {
            subject.changes().transact(writer);
          }
        }
      }
      compare(job, "after the snapshot");
      for (int i = 0; i < COMPARISONS; i++) {
        for (int j = 0; j < TRANSACTIONS / COMPARISONS; j++) {
          for (Subject subject : subjects) {
            subject.changes().transact(writer);
          }
        }
        compare(job, "after transactions");
      }
      report(Duration.between(begin, Instant.now()));
    }
  }

  private void report(Duration time) {
    found.forEach((view, each) -> System.out.println("  " + view + ": " + each));
    Found all = found.values().stream().reduce(Found.NOTHING, Found::plus);
    System.out.printf(
        "seed %d: %d queries, %d transactions, %d statements refused by keys; %s; %d s%n",
        seed,
        subjects.size(),
        subjects.stream().mapToInt(each -> each.changes().transactions()).sum(),
        subjects.stream().mapToInt(each -> each.changes().refused()).sum(),
        all,
        time.toSeconds());
    found.forEach(
        (view, each) -> {
          assertThat(each.rows()).as("rows of " + view).isGreaterThan(3 * COMPARISONS);
          assertThat(each.valid()).as("VALID keys of " + view).isGreaterThan(each.invalid());
        });
    assertThat(all.invalid()).as("INVALID keys").isBetween(1, all.valid() / 4);
  }

  /** Makes the tables of the queries that are accepted, with rows; returns their declarations. */
  private List<String> create(JobUnderTest job, Connection writer) throws Exception {
    List<String> views = new ArrayList<>();
    for (RealQuery query : RealQuery.all()) {
      try (Statement statement = writer.createStatement()) {
        for (String sql : query.statements()) {
          // MyISAM has no transactions; the documentation says that such tables must be converted.
          statement.execute(sql.replace("ENGINE=MyISAM", "ENGINE=InnoDB"));
        }
        statement.execute("SET foreign_key_checks = 1, sql_mode = 'NO_AUTO_VALUE_ON_ZERO'");
      }
      // A job without streams on Kafka has no view that is populated on read.
      String view = query.view().replace("'on-read'", "'eager'");
      for (ViewPlan plan : plans(job, view)) {
        RealTables tables = new RealTables(writer, query.tables(), plan);
        RealChanges changes = new RealChanges(new Random(seed + subjects.size()), tables);
        changes.fill(writer, ROWS);
        subjects.add(
            new Subject(plan, changes, new KeyComparison(plan, job.name(), job.keyGroups())));
        views.add(view);
      }
    }
    return views;
  }

  /** The plan of a view that is accepted. */
  private static List<ViewPlan> plans(JobUnderTest job, String view) throws SQLException {
    try {
      List<Declaration> declared = List.of(Declaration.parse(view));
      return PlannedViews.check(job.source(), job.name(), declared).plans();
    } catch (ViewException e) {
      return List.of();
    }
  }

  /** Compares all keys while nothing writes. */
  private void compare(JobUnderTest job, String when) throws Exception {
    job.awaitProgress();
    List<String> differences = new ArrayList<>();
    for (Subject subject : subjects) {
      List<String> own = new ArrayList<>();
      String view = subject.plan().view();
      Found keys = subject.comparison().compare(job.source(), job.store(), own::add);
      found.merge(view, keys, Found::plus);
      if (!own.isEmpty()) {
        String some = String.join("\n", own.subList(0, Math.min(3, own.size())));
        differences.add("%s: %d keys differ%n%s".formatted(view, own.size(), some));
      }
    }
    assertThat(differences).as("seed %d, %s", seed, when).isEmpty();
  }
}
