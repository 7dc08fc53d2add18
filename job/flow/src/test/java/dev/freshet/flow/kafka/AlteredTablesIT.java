package dev.freshet.flow.kafka;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.flow.JobUnderTest;
import dev.freshet.flow.MiniFlink;
import dev.freshet.flow.capture.RandomDdl;
import dev.freshet.servers.LocalServers;
import dev.freshet.servers.MySqlAccount;
import dev.freshet.view.TestSize;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random statements that change tables, with writes between them, under the whole job at
 * parallelism 2, with a view of all keys and a view populated on read over each table: the reader's
 * answers are MySQL's own after the snapshot, after the statements, and after a crash with
 * statements until the job goes on. Every other job reads MINIMAL metadata.
 *
 * <p>{@code -Dfreshet.seed=N} sets the first seed, {@code -Dfreshet.seeds=N} their number.
 */
class AlteredTablesIT {
  private static final int SEEDS_PER_JOB = 20;
  private static final int RESTARTS = 1;
  private static final int STEPS = 3;
  private static final int CHUNK_SIZE = 1000;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final List<String> COLUMNS = List.of("id", "b", "e", "c", "u");

  @TempDir private Path folder;
  private int statements;
  private int fromProjection;
  private int fromMysql;

  /** One seed: a table, two views over it, and the keys that it ever had. */
  private static final class Altered {
    final long seed;
    final int number;
    final RandomDdl ddl;
    final Set<Long> keys = new TreeSet<>(List.of(-1L));
    final List<String> executed = new ArrayList<>();
    boolean touched;
    int rows = 1;

    Altered(long seed, int number, String database) {
      this.seed = seed;
      this.number = number;
      this.ddl = new RandomDdl(new Random(seed), database, table());
    }

    String table() {
      return "ddl_" + number;
    }

    List<String> views() {
      return List.of(view("all_" + number, "eager"), view("asked_" + number, "on-read"));
    }

    private String view(String name, String populate) {
      return """
          CREATE MATERIALIZED TABLE %s (PRIMARY KEY (a, id) NOT ENFORCED) PARTITIONED BY (a)
          WITH ('populate' = '%s') FRESHNESS = INTERVAL '5' SECOND
          AS SELECT a, id, b, e, c, u FROM %s ORDER BY id
          """
          .formatted(name, populate, table());
    }

    @Override
    public String toString() {
      return "seed " + seed + ": " + String.join(";\n", executed);
    }
  }

  @Test
  void answersAreMysqlsOwn() throws Exception {
    int seeds = Integer.getInteger("freshet.seeds", FULL ? 200 : 2 * SEEDS_PER_JOB);
    long first = TestSize.seed();
    System.out.printf("seeds %d to %d%n", first, first + seeds - 1);
    try (MiniFlink flink = new MiniFlink(2);
        Connection root = LocalServers.mysql().connect(MySqlAccount.ROOT, "");
        Statement global = root.createStatement()) {
      try {
        for (int done = 0; done < seeds; done += SEEDS_PER_JOB) {
          boolean minimal = done / SEEDS_PER_JOB % 2 == 1;
          global.execute("SET GLOBAL binlog_row_metadata = " + (minimal ? "MINIMAL" : "FULL"));
          run(flink, first + done, Math.min(SEEDS_PER_JOB, seeds - done), minimal);
        }
      } finally {
        global.execute("SET GLOBAL binlog_row_metadata = FULL");
      }
    }
    System.out.printf(
        "%d statements; %d answers of the projection and %d of MySQL compared%n",
        statements, fromProjection, fromMysql);
    assertThat(fromProjection).isGreaterThan(seeds * 10);
  }

  private void run(MiniFlink flink, long firstSeed, int count, boolean minimal) throws Exception {
    String name = "altered_" + System.nanoTime();
    String kafka = LocalServers.kafka().bootstrap();
    try (JobUnderTest job = new JobUnderTest(name).withKafka(kafka).withRestarts(RESTARTS);
        Statement source = job.source().createStatement()) {
      // MySQL 8.0.33 dies of some sequences of instant alterations.
      source.execute("SET SESSION old_alter_table = ON");
      List<Altered> all = new ArrayList<>();
      List<String> views = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        Altered altered = new Altered(firstSeed + i, i, name);
        source.execute(altered.ddl.create());
        source.execute("CREATE TABLE " + altered.table() + "_like (u INT, id INT PRIMARY KEY)");
        for (int row = 0; row < 3; row++) {
          execute(source, altered, altered.ddl.write(altered.rows++));
        }
        all.add(altered);
        views.addAll(altered.views());
      }
      job.start(folder, views, 2, CHUNK_SIZE);
      job.awaitProgress();
      try (ReaderUnderTest reader = new ReaderUnderTest(name, kafka)) {
        compare(job, reader, all, minimal);
        steps(source, all);
        compare(job, reader, all, minimal);
        flink.endTaskManager();
        steps(source, all);
        flink.startTaskManager();
        steps(source, all);
        compare(job, reader, all, minimal);
      }
    }
  }

  private void steps(Statement source, List<Altered> all) {
    for (int step = 0; step < STEPS; step++) {
      for (Altered altered : all) {
        RandomDdl.Step next = altered.ddl.next();
        if (execute(source, altered, next.sql())) {
          altered.touched |= next.touches();
        }
        execute(source, altered, altered.ddl.write(altered.rows++));
      }
    }
  }

  /** Whether MySQL took it. */
  private boolean execute(Statement source, Altered altered, String sql) {
    try {
      source.execute(sql);
      altered.executed.add(sql);
      statements++;
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  /** Compares while nothing writes. */
  private void compare(JobUnderTest job, ReaderUnderTest reader, List<Altered> all, boolean minimal)
      throws Exception {
    job.awaitProgress();
    for (Altered altered : all) {
      try (Statement source = job.source().createStatement();
          ResultSet key = source.executeQuery("SELECT a FROM " + altered.table())) {
        while (key.next()) {
          altered.keys.add(key.getLong(1));
        }
      } catch (SQLException e) {
        altered.executed.add("-- " + e.getMessage());
      }
      for (long key : altered.keys) {
        boolean projected = !minimal && !altered.touched;
        compare(job, reader, altered, "all_" + altered.number, key, projected);
        compare(job, reader, altered, "asked_" + altered.number, key, projected);
      }
    }
  }

  private void compare(
      JobUnderTest job,
      ReaderUnderTest reader,
      Altered altered,
      String view,
      long key,
      boolean projected)
      throws Exception {
    Optional<List<List<String>>> expected = expected(job.source(), altered, key);
    long end = System.nanoTime() + PATIENCE.toNanos();
    ReaderUnderTest.Answer answer = reader.insist(view, key);
    check(answer, expected, altered, view, key);
    while (projected && !answer.isValid() && System.nanoTime() < end) {
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      answer = reader.insist(view, key);
      check(answer, expected, altered, view, key);
    }
    assertThat(!projected || answer.isValid())
        .as("%s/%d is untouched: %s%n%s", view, key, answer, altered)
        .isTrue();
    if (answer.isValid()) {
      fromProjection++;
    } else {
      fromMysql++;
    }
  }

  private static void check(
      ReaderUnderTest.Answer answer,
      Optional<List<List<String>>> expected,
      Altered altered,
      String view,
      long key) {
    if (answer.status() != 200 && expected.isEmpty()) {
      return;
    }
    assertThat(answer.status())
        .as("%s/%d: %s%n%s", view, key, answer.json(), altered)
        .isEqualTo(200);
    List<List<String>> items = new ArrayList<>();
    for (JsonNode item : answer.json().path("items")) {
      items.add(
          COLUMNS.stream()
              .map(column -> item.path(column).isNull() ? null : item.path(column).asText())
              .toList());
    }
    assertThat(Optional.of(items))
        .as("%s/%d: %s%n%s", view, key, answer.json(), altered)
        .isEqualTo(expected);
  }

  /** MySQL's answer, or none if it can no longer be asked. */
  private static Optional<List<List<String>>> expected(
      Connection source, Altered altered, long key) {
    String sql =
        "SELECT "
            + String.join(", ", COLUMNS)
            + " FROM "
            + altered.table()
            + " WHERE a = ?"
            + " ORDER BY id";
    try (PreparedStatement statement = source.prepareStatement(sql)) {
      statement.setLong(1, key);
      List<List<String>> rows = new ArrayList<>();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          String[] values = new String[COLUMNS.size()];
          for (int i = 0; i < values.length; i++) {
            values[i] = row.getString(i + 1);
          }
          rows.add(Arrays.asList(values));
        }
      }
      return Optional.of(rows);
    } catch (SQLException e) {
      return Optional.empty();
    }
  }
}
