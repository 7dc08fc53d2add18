package dev.freshet.flow;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.freshet.servers.LocalServers;
import dev.freshet.view.gtid.GtidSet;
import dev.freshet.view.source.BinlogEnd;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests features that MySQL 8.0, the embedded MySQL, does not have. To run them with a newer MySQL,
 * start the tests with {@code -Dfreshet.mysql=DIR}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NewerMysqlIT {
  private static final int SECONDS = FULL ? 600 : 12;
  private static final int SAVEPOINTS = FULL ? 10 : 2;
  private static final List<String> TAGS = List.of("payroll", "Import_7", "_");
  private static final int TAGS_SINCE = 803;
  private static final int VECTORS_SINCE = 900;

  @TempDir private Path folder;
  private MiniFlink flink;

  @BeforeAll
  void start() throws Exception {
    flink = new MiniFlink(4);
  }

  @AfterAll
  void stop() {
    flink.close();
  }

  @Test
  void aTaggedTransactionASecondNeverStartsTheJobAgain() throws Exception {
    requireMysql(TAGS_SINCE);
    try (JobUnderTest job = new JobUnderTest("tagged_" + System.nanoTime());
        Statement source = job.source().createStatement()) {
      source.execute(
          "CREATE TABLE notes (id BIGINT PRIMARY KEY, owner BIGINT NOT NULL, name VARCHAR(20))");
      tagged(source, TAGS.get(0), "INSERT INTO notes VALUES (1, 1, 'before')");
      // The job has no restarts, so a failure ends it.
      job.start(folder, List.of(view("notes_of_owner", "notes")), 1, 1000);
      job.awaitProgress();
      long begin = System.nanoTime();
      for (int second = 0; second < SECONDS; second++) {
        if (second % (SECONDS / (SAVEPOINTS + 1)) == 1 && second > 1) {
          String savepoint = job.stop(folder);
          write(source, second);
          job.resume(savepoint);
        }
        write(source, second);
        job.progress();
        long due = begin + TimeUnit.SECONDS.toNanos(second + 1L);
        while (due > System.nanoTime()) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
      }
      job.awaitProgress();
      assertAnswers(job, source);
      GtidSet executed = GtidSet.parse(BinlogEnd.ask(source).gtids());
      assertThat(executed.isTagged()).isTrue();
      try (Statement store = job.store().createStatement()) {
        for (String stored : column(store, progress(job))) {
          assertThat(GtidSet.parse(stored).subtract(executed)).isEqualTo(GtidSet.EMPTY);
          assertThat(executed.subtract(GtidSet.parse(stored))).isEqualTo(GtidSet.EMPTY);
        }
      }
    }
  }

  @Test
  void aVectorThatNoViewUsesIsPassedOver() throws Exception {
    requireMysql(VECTORS_SINCE);
    try (JobUnderTest job = new JobUnderTest("vectors_" + System.nanoTime());
        Statement source = job.source().createStatement()) {
      source.execute(
          "CREATE TABLE notes (id BIGINT PRIMARY KEY, place VECTOR(3), owner BIGINT NOT NULL,"
              + " name VARCHAR(20), spare VECTOR)");
      source.execute(
          "INSERT INTO notes VALUES (1, TO_VECTOR('[1,2,3]'), 1, 'snapshot', NULL),"
              + " (2, NULL, 1, 'none', TO_VECTOR('[4]'))");
      job.start(folder, List.of(view("notes_of_owner", "notes")), 1, 1000);
      job.awaitProgress();
      assertAnswers(job, source);
      source.execute("INSERT INTO notes VALUES (3, TO_VECTOR('[5,6,7]'), 2, 'binlog', NULL)");
      source.execute("UPDATE notes SET spare = TO_VECTOR('[8,9]'), name = 'changed' WHERE id = 1");
      source.execute("UPDATE notes SET place = NULL WHERE id = 3");
      source.execute("DELETE FROM notes WHERE id = 2");
      job.awaitProgress();
      assertAnswers(job, source);
    }
  }

  @Test
  void aVectorThatAViewUsesIsRefusedByName() throws Exception {
    requireMysql(VECTORS_SINCE);
    try (JobUnderTest job = new JobUnderTest("refused_" + System.nanoTime());
        Statement source = job.source().createStatement()) {
      source.execute(
          "CREATE TABLE notes (id BIGINT PRIMARY KEY, owner BIGINT NOT NULL, name VECTOR(3))");
      assertThatThrownBy(() -> job.start(folder, List.of(view("notes_of_owner", "notes")), 1, 1000))
          .hasMessageContaining("'t.name' cannot be shown: columns of type vector(3)")
          .hasMessageContaining("leave it out");
    }
  }

  /** Writes a transaction with a tag and a transaction without a tag; both change the same key. */
  private static void write(Statement source, int second) throws SQLException {
    int id = 10 + second;
    tagged(
        source,
        TAGS.get(second % TAGS.size()),
        "INSERT INTO notes VALUES (%d, %d, 'tagged') ON DUPLICATE KEY UPDATE name = 'again'"
            .formatted(id, second % 5));
    source.execute("UPDATE notes SET name = 'then' WHERE id = " + (id - 1));
  }

  private static void tagged(Statement source, String tag, String sql) throws SQLException {
    source.execute("SET gtid_next = 'AUTOMATIC:" + tag + "'");
    try {
      source.execute(sql);
    } finally {
      source.execute("SET gtid_next = 'AUTOMATIC'");
    }
  }

  private static void requireMysql(int release) throws SQLException {
    String version = LocalServers.mysql().version();
    String[] numbers = version.split("\\.", 3);
    assumeTrue(
        Integer.parseInt(numbers[0]) * 100 + Integer.parseInt(numbers[1]) >= release,
        "MySQL " + version + " does not have it; name another by -Dfreshet.mysql=DIR");
  }

  private static String progress(JobUnderTest job) {
    return "SELECT gtid_set FROM " + job.name() + ".progress WHERE handed_over";
  }

  private static String view(String name, String table) {
    return """
    CREATE MATERIALIZED TABLE %s (PRIMARY KEY (owner, id) NOT ENFORCED)
    PARTITIONED BY (owner) WITH ('populate' = 'eager') FRESHNESS = INTERVAL '5' SECOND
    AS SELECT t.owner, t.id, t.name FROM %s t ORDER BY id
    """
        .formatted(name, table);
  }

  private static void assertAnswers(JobUnderTest job, Statement source) throws SQLException {
    String sql = "SELECT CONCAT(owner, ' ', id, ' ', name) FROM %s ORDER BY owner, id";
    try (Statement store = job.store().createStatement()) {
      assertThat(column(store, sql.formatted(job.name() + ".notes_of_owner")))
          .isEqualTo(column(source, sql.formatted("notes")));
    }
  }

  private static List<String> column(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    }
  }
}
