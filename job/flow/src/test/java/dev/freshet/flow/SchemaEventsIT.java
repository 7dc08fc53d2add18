package dev.freshet.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.capture.source.SourceFault;
import dev.freshet.servers.LocalServers;
import dev.freshet.servers.MySqlAccount;
import dev.freshet.servers.MySqlServer;
import dev.freshet.view.source.BinlogEnd;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests the effect of binlog events other than row events on views. The job follows each event, or
 * makes the views over the table INVALID from the event's position on, with a message; then it
 * continues. Only a binlog that was deleted ends the job.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SchemaEventsIT {
  private static final String NEW_ROW = "INSERT INTO %s (id, owner, name) VALUES (9, 2, 'new')";
  private static final String SOUND = "VALID";

  /**
   * The test cases. Each has a table and a view over it, statements on the table, and the outcome
   * for the view: {@link SchemaEventsIT#SOUND} or a part of the message.
   */
  private enum Case {
    UNUSED_ADDED(SOUND, "ALTER TABLE %1$s ADD COLUMN more INT", NEW_ROW),
    UNUSED_ADDED_FIRST(
        SOUND,
        "ALTER TABLE %1$s ADD COLUMN more INT NOT NULL DEFAULT 3 FIRST, ALGORITHM=INSTANT",
        NEW_ROW,
        "ALTER TABLE %1$s ADD COLUMN again VARCHAR(9) AFTER owner, ALGORITHM=INSTANT",
        "UPDATE %1$s SET name = 'altered' WHERE id = 1"),
    UNUSED_DROPPED(SOUND, "ALTER TABLE %1$s DROP COLUMN spare", NEW_ROW),
    UNUSED_RENAMED(
        SOUND, "ALTER TABLE %1$s RENAME COLUMN spare TO rest, ADD INDEX (name)", NEW_ROW),
    UNUSED_RETYPED(SOUND, "ALTER TABLE %1$s MODIFY spare TEXT", NEW_ROW),
    VARCHAR_WIDENED(
        SOUND,
        "ALTER TABLE %1$s MODIFY name VARCHAR(200)",
        "INSERT INTO %1$s (id, owner, name) VALUES (9, 2, REPEAT('n', 200))"),
    USED_DROPPED("dropped column 'name'", "ALTER TABLE %1$s DROP COLUMN name"),
    USED_RENAMED(
        "renamed column 'name'",
        "ALTER TABLE %1$s RENAME COLUMN name TO title",
        "INSERT INTO %1$s (id, owner, title) VALUES (9, 2, 'new')"),
    USED_RETYPED(
        "changed column 'name'",
        "ALTER TABLE %1$s MODIFY name VARBINARY(20)",
        "UPDATE %1$s SET name = X'00FF'"),
    KEY_CHANGED(
        "changed its primary key",
        "ALTER TABLE %1$s DROP PRIMARY KEY, ADD PRIMARY KEY (owner, id)",
        NEW_ROW),
    CASCADED(
        "for which MySQL logs no row events",
        "CREATE TABLE parent (id BIGINT PRIMARY KEY)",
        "INSERT INTO parent SELECT DISTINCT owner FROM %1$s",
        "ALTER TABLE %1$s ADD FOREIGN KEY (owner) REFERENCES parent (id) ON DELETE CASCADE",
        "DELETE FROM parent"),
    TRUNCATED("without row events", "TRUNCATE TABLE %1$s", NEW_ROW),
    RENAMED("without row events", "RENAME TABLE %1$s TO %1$s_old"),
    DROPPED("without row events", "DROP TABLE %1$s"),
    RECREATED(
        "without row events",
        "DROP TABLE %1$s",
        "CREATE TABLE %1$s (name INT, owner VARCHAR(9), id BIGINT PRIMARY KEY)",
        "INSERT INTO %1$s VALUES (1, 'two', 3)"),
    SWAPPED(
        "without row events",
        "CREATE TABLE _%1$s_gho LIKE %1$s",
        "ALTER TABLE _%1$s_gho ADD COLUMN more INT AFTER id, DROP COLUMN name",
        "INSERT INTO _%1$s_gho (id, owner) SELECT id, owner FROM %1$s",
        "RENAME TABLE %1$s TO _%1$s_del, _%1$s_gho TO %1$s",
        "INSERT INTO %1$s (id, owner) VALUES (9, 2)",
        "DROP TABLE _%1$s_del"),
    SWAPPED_FOR_AN_OLD_ONE(
        "without row events",
        "RENAME TABLE %1$s TO _%1$s_del, old_one TO %1$s",
        "INSERT INTO %1$s (id, owner) VALUES (9, 2)"),
    XA(
        "the XA transaction at ",
        "XA START 'x'",
        NEW_ROW,
        "XA END 'x'",
        "XA PREPARE 'x'",
        "XA ROLLBACK 'x'"),
    AS_STATEMENT(
        "instead of the rows that it wrote",
        "SET SESSION binlog_format = STATEMENT",
        NEW_ROW,
        "SET SESSION binlog_format = ROW");

    private final String outcome;

    /** The statements, separated by line breaks. */
    private final String statements;

    Case(String outcome, String... statements) {
      this.outcome = outcome;
      this.statements = String.join("\n", statements);
    }

    String table() {
      return "t_" + name().toLowerCase(Locale.ROOT);
    }

    String view() {
      return "v_" + table();
    }

    boolean isSound() {
      return outcome.equals(SOUND);
    }
  }

  @TempDir Path folder;
  private MiniFlink flink;
  private MySqlServer mysql;

  @BeforeAll
  void start() throws Exception {
    flink = new MiniFlink(2);
    mysql = LocalServers.newMySql();
  }

  @AfterAll
  void end() {
    flink.close();
    mysql.kill();
  }

  @Test
  void everyEventIsFollowedOrTheEndOfItsViewsAlone() throws Exception {
    List<String> views = new ArrayList<>();
    try (JobUnderTest job = new JobUnderTest("events_" + System.nanoTime(), mysql);
        Statement source = job.source().createStatement()) {
      for (Case each : Case.values()) {
        createTable(source, each.table());
        views.add(view(each.view(), each.table()));
      }
      source.execute(
          "CREATE TABLE old_one (more INT, id BIGINT PRIMARY KEY, owner BIGINT NOT NULL)");
      createTable(source, "bystander");
      views.add(view("v_bystander", "bystander"));
      job.start(folder, views, 1, 1000);
      job.awaitProgress();
      Map<String, String> lost = new TreeMap<>();
      for (Case each : Case.values()) {
        long begin = System.nanoTime();
        long before = job.progress().version();
        for (String statement : each.statements.lines().toList()) {
          source.execute(statement.formatted(each.table()));
        }
        source.execute("UPDATE bystander SET name = '" + System.nanoTime() + "' WHERE id = 2");
        job.awaitProgress();
        String message = "right";
        if (!each.isSound()) {
          message = fault(job, each.view());
          lost.put(
              each.view(),
              each == Case.XA || each == Case.AS_STATEMENT ? "untold-write" : "schema-changed");
          assertThat(message)
              .as(each.name())
              .contains("Source table " + job.name() + "." + each.table() + ": ")
              .contains(each.outcome, "freshet cancel, then freshet submit");
          assertThat(
                  stored(job, "SELECT version FROM %s.faults WHERE view = '" + each.view() + "'"))
              .singleElement()
              .satisfies(
                  version ->
                      assertThat(Long.parseLong(version))
                          .isGreaterThan(before)
                          .isLessThanOrEqualTo(job.progress().version()));
        }
        System.out.printf(
            "%s: %s (%d ms)%n", each, message, (System.nanoTime() - begin) / 1_000_000);
        assertThat(invalid(job)).as(each.name()).isEqualTo(lost);
      }
      assertAnswers(job, lost);
    }
  }

  @Test
  void anEmptiedTableIsLostAcrossRestoresUntilTheJobIsSubmittedAnew() throws Exception {
    try (JobUnderTest job = new JobUnderTest("anew_" + System.nanoTime(), mysql);
        Statement source = job.source().createStatement()) {
      createTable(source, "emptied");
      List<String> views = List.of(view("v_emptied", "emptied"));
      job.start(folder, views, 1, 1000);
      job.awaitProgress();
      source.execute("TRUNCATE TABLE emptied");
      source.execute(NEW_ROW.formatted("emptied"));
      job.awaitProgress();
      assertThat(invalid(job)).containsOnlyKeys("v_emptied");

      String savepoint = job.stop(folder);
      source.execute("UPDATE emptied SET name = 'more'");
      job.resume(savepoint);
      job.awaitProgress();
      assertThat(invalid(job)).as("after a restore").containsOnlyKeys("v_emptied");
      assertThat(fault(job, "v_emptied")).contains("'TRUNCATE TABLE emptied' at binlog.");

      job.cancel();
      job.start(folder, views, 1, 1000);
      job.awaitProgress();
      source.execute("UPDATE emptied SET name = 'again'");
      job.awaitProgress();
      assertThat(invalid(job)).isEmpty();
      assertThat(stored(job, "SELECT count(*) FROM %s.faults")).containsExactly("0");
      assertAnswer(job, "v_emptied", "emptied");
    }
  }

  @Test
  void binlogsThatAreFlushedUnderWritesAreFollowed() throws Exception {
    try (JobUnderTest job = new JobUnderTest("rotation_" + System.nanoTime(), mysql);
        Statement source = job.source().createStatement()) {
      createTable(source, "rotated");
      job.start(folder, List.of(view("v_rotated", "rotated")), 1, 1000);
      job.awaitProgress();
      long begin = System.nanoTime();
      int rotations = 20;
      for (int i = 0; i < rotations; i++) {
        for (int row = 0; row < 20; row++) {
          source.execute(
              "REPLACE INTO rotated VALUES (" + row + ", " + i % 3 + ", '" + i + "', 0)");
        }
        source.execute("START TRANSACTION");
        source.execute("UPDATE rotated SET name = CONCAT(name, '!')");
        try (Connection other = mysql.connect(MySqlAccount.ROOT, job.name());
            Statement flush = other.createStatement()) {
          flush.execute("FLUSH BINARY LOGS");
        }
        source.execute("COMMIT");
      }
      job.awaitProgress();
      assertThat(invalid(job)).isEmpty();
      assertAnswer(job, "v_rotated", "rotated");
      System.out.printf(
          "binlog rotated %d times: right (%d ms)%n",
          rotations, (System.nanoTime() - begin) / 1_000_000);
    }
  }

  @Test
  void aPurgedBinlogEndsTheJobOnceAndClearly() throws Exception {
    try (JobUnderTest job = new JobUnderTest("purged_" + System.nanoTime(), mysql).withRestarts(3);
        Statement source = job.source().createStatement()) {
      createTable(source, "purged");
      job.start(folder, List.of(view("v_purged", "purged")), 1, 1000);
      job.awaitProgress();
      awaitConfirmed(job);
      String savepoint = job.stop(folder);
      String asOf = asOf(job);
      source.execute(NEW_ROW.formatted("purged"));
      source.execute("FLUSH BINARY LOGS");
      source.execute("PURGE BINARY LOGS TO '" + file(source) + "'");
      long begin = System.nanoTime();
      job.resume(savepoint);
      assertEnds(job, "the server has purged transactions that the job has not read: ", begin);
      assertThat(asOf(job)).as("nothing new is vouched for").isLessThanOrEqualTo(asOf);
    }
  }

  private static void awaitConfirmed(JobUnderTest job) throws Exception {
    Instant deadline = Instant.now().plusSeconds(30);
    while (asOf(job) == null) {
      assertThat(Instant.now()).as("a time is confirmed").isBefore(deadline);
    }
  }

  @Test
  void aBinlogThatIsResetEndsTheJobOnceAndClearly() throws Exception {
    MySqlServer own = LocalServers.newMySql();
    try (JobUnderTest job = new JobUnderTest("reset_" + System.nanoTime(), own).withRestarts(3);
        Statement source = job.source().createStatement()) {
      createTable(source, "forgotten");
      job.start(folder, List.of(view("v_forgotten", "forgotten")), 1, 1000);
      job.awaitProgress();
      awaitConfirmed(job);
      Instant reset = Instant.now();
      long begin = System.nanoTime();
      resetBinlog(source);
      source.execute(NEW_ROW.formatted("forgotten"));
      Instant written = Instant.now();
      assertEnds(job, "its binlog was reset, or it is another server", begin);
      assertThat(Instant.parse(asOf(job)))
          .as("nothing after the reset is vouched for")
          .isBefore(written)
          .isAfter(reset.minus(Duration.ofMinutes(1)));
    } finally {
      own.kill();
    }
  }

  private static void assertEnds(JobUnderTest job, String said, long begin) throws Exception {
    Throwable failure = job.awaitFailure();
    System.out.printf(
        "job ends: %s (%d ms)%n", failure.getMessage(), (System.nanoTime() - begin) / 1_000_000);
    assertThat(failure)
        .isInstanceOf(SourceFault.class)
        .hasMessageContaining(said)
        .hasMessageContaining("submit");
  }

  /** Resets the binlog. MySQL 8.2 renamed the statement. */
  private static void resetBinlog(Statement source) throws SQLException {
    source.execute(
        BinlogEnd.isRenamed(source.getConnection().getMetaData())
            ? "RESET BINARY LOGS AND GTIDS"
            : "RESET MASTER");
  }

  private static void createTable(Statement source, String table) throws SQLException {
    source.execute(
        "CREATE TABLE "
            + table
            + " (id BIGINT PRIMARY KEY, owner BIGINT NOT NULL, name VARCHAR(20), spare INT)");
    source.execute(
        "INSERT INTO " + table + " VALUES (1, 1, 'a', 1), (2, 1, 'b', 2), (3, 2, 'c', 3)");
  }

  private static String view(String name, String table) {
    return """
    CREATE MATERIALIZED TABLE %s (PRIMARY KEY (owner, id) NOT ENFORCED)
    PARTITIONED BY (owner) WITH ('populate' = 'eager') FRESHNESS = INTERVAL '5' SECOND
    AS SELECT t.owner, t.id, t.name FROM %s t ORDER BY id
    """
        .formatted(name, table);
  }

  private static void assertAnswers(JobUnderTest job, Map<String, String> lost) throws Exception {
    assertAnswer(job, "v_bystander", "bystander");
    for (Case each : Case.values()) {
      if (!lost.containsKey(each.view())) {
        assertAnswer(job, each.view(), each.table());
      }
    }
  }

  private static void assertAnswer(JobUnderTest job, String view, String table) throws Exception {
    String sql = "SELECT CONCAT(owner, ' ', id, ' ', name) FROM %s ORDER BY owner, id";
    try (Statement source = job.source().createStatement();
        Statement store = job.store().createStatement()) {
      assertThat(column(store, sql.formatted(job.name() + "." + view)))
          .as(view)
          .isEqualTo(column(source, sql.formatted(table)));
    }
  }

  /** Returns the reason of each view that is INVALID as a whole, as readers see it, by view. */
  private static Map<String, String> invalid(JobUnderTest job) throws SQLException {
    Map<String, String> invalid = new TreeMap<>();
    String sql =
        "SELECT p.invalid[i], p.reasons[i] FROM %s.progress p, generate_subscripts(p.invalid, 1) i";
    try (Statement store = job.store().createStatement();
        ResultSet rows = store.executeQuery(sql.formatted(job.name()))) {
      while (rows.next()) {
        invalid.put(rows.getString(1), rows.getString(2));
      }
    }
    return invalid;
  }

  private static String fault(JobUnderTest job, String view) throws SQLException {
    return String.join(
        "", stored(job, "SELECT message FROM %s.faults WHERE view = '" + view + "'"));
  }

  private static String asOf(JobUnderTest job) throws SQLException {
    return stored(
            job,
            "SELECT to_char(max(as_of) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MSZ')"
                + " FROM %s.progress")
        .get(0);
  }

  private static String file(Statement source) throws SQLException {
    return BinlogEnd.ask(source).file();
  }

  private static List<String> stored(JobUnderTest job, String sql) throws SQLException {
    try (Statement store = job.store().createStatement()) {
      return column(store, sql.formatted(job.name()));
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
