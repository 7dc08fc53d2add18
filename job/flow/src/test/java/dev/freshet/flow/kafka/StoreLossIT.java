package dev.freshet.flow.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.flow.JobUnderTest;
import dev.freshet.flow.MiniFlink;
import dev.freshet.servers.LocalServers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A store that lost commits: no answer is wrong, and all of it is rebuilt from the job's state,
 * without a question to MySQL.
 */
class StoreLossIT {
  private static final int OWNERS = 20;
  private static final int ROWS = 2_000;

  /** Keys that somebody asked for, of the view that is populated on read. */
  private static final int ASKED = 5;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static MiniFlink flink;

  @TempDir private Path folder;
  private JobUnderTest job;
  private Statement source;
  private Statement store;
  private ReaderUnderTest reader;
  private int changes;

  @BeforeAll
  static void startFlink() throws Exception {
    flink = new MiniFlink(2);
  }

  @AfterAll
  static void stopFlink() throws Exception {
    flink.close();
  }

  @BeforeEach
  void start() throws Exception {
    String kafka = LocalServers.kafka().bootstrap();
    job =
        new JobUnderTest("lost_" + System.nanoTime())
            .withKafka(kafka)
            .withRestarts(Integer.MAX_VALUE);
    source = job.source().createStatement();
    store = job.store().createStatement();
    source.execute("CREATE TABLE users (id BIGINT PRIMARY KEY, name VARCHAR(99))");
    source.execute("INSERT INTO users VALUES (0, 'Ada'), (1, 'Bob')");
    source.execute(
        "CREATE TABLE notes (id BIGINT PRIMARY KEY, owner BIGINT NOT NULL, author BIGINT NOT NULL,"
            + " text VARCHAR(99), KEY (owner))");
    for (int row = 0; row < ROWS; row++) {
      source.addBatch(
          "INSERT INTO notes VALUES (%d, %d, %d, 'at first')"
              .formatted(row, row % OWNERS, row % 2));
    }
    source.executeBatch();
    job.start(folder, List.of(view("all_notes", "eager"), view("asked_notes", "on-read")), 2, 1000);
    job.awaitProgress();
    reader = new ReaderUnderTest(job.name(), kafka);
    for (long owner = 0; owner < ASKED; owner++) {
      awaitValid("asked_notes", owner);
    }
  }

  private static String view(String name, String populate) {
    return """
        CREATE MATERIALIZED TABLE %s (PRIMARY KEY (owner, id) NOT ENFORCED) PARTITIONED BY (owner)
        WITH ('populate' = '%s') FRESHNESS = INTERVAL '5' SECOND
        AS SELECT n.owner, n.id, n.text, u.name FROM notes n JOIN users u ON u.id = n.author
        ORDER BY id
        """
        .formatted(name, populate);
  }

  @AfterEach
  void stop() throws Exception {
    if (reader != null) {
      reader.close();
    }
    job.close();
  }

  @Test
  void goesBackWhileTheJobRuns() throws Exception {
    save();
    change(100);
    job.awaitProgress();
    compareAll();
    goBack();
    change(50);
    everythingIsRightAndRebuilt();
  }

  @Test
  void goesBackWhileTheJobIsStopped() throws Exception {
    save();
    change(100);
    job.awaitProgress();
    String savepoint = job.stop(folder);
    goBack();
    change(50);
    job.resume(savepoint);
    everythingIsRightAndRebuilt();
  }

  @Test
  void losesItsSchemaWhileTheJobIsStopped() throws Exception {
    change(100);
    job.awaitProgress();
    String savepoint = job.stop(folder);
    store.execute("DROP SCHEMA " + job.name() + " CASCADE");
    change(50);
    job.resume(savepoint);
    everythingIsRightAndRebuilt();
  }

  @Test
  void losesItsSchemaWhileTheJobRuns() throws Exception {
    change(100);
    job.awaitProgress();
    store.execute("DROP SCHEMA " + job.name() + " CASCADE");
    change(50);
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (number("SELECT count(*) FROM pg_tables WHERE schemaname = '" + job.name() + "'") < 9) {
      assertThat(System.nanoTime()).as("made again in time").isLessThan(end);
      compareAll();
    }
    everythingIsRightAndRebuilt();
  }

  @Test
  void aRebuildThatIsAskedForMendsWhatIsWrong() throws Exception {
    store.execute("DELETE FROM " + job.name() + ".all_notes_g1 WHERE id % 3 = 0");
    store.execute("UPDATE " + job.name() + ".all_notes_g1 SET text = 'wrong' WHERE id % 3 = 1");
    store.execute(
        "INSERT INTO %s.rebuilds (job, view, reason) VALUES ('%s', 'all_notes', 'rebuilding')"
            .formatted(job.name(), job.name()));
    change(50);
    awaitDone();
    job.awaitProgress();
    compareAll();
  }

  /** As a backup would be restored: all tables, in one transaction. */
  private void save() throws SQLException {
    store.execute("CREATE SCHEMA " + saved());
    for (String table : tables()) {
      store.execute(
          "CREATE TABLE %s.%s AS SELECT * FROM %s.%s".formatted(saved(), table, job.name(), table));
    }
  }

  private void goBack() throws SQLException {
    Connection connection = job.store();
    connection.setAutoCommit(false);
    for (String table : tables()) {
      store.execute("LOCK TABLE %s.%s IN EXCLUSIVE MODE".formatted(job.name(), table));
    }
    for (String table : tables()) {
      store.execute("DELETE FROM %s.%s".formatted(job.name(), table));
      store.execute(
          "INSERT INTO %s.%s SELECT * FROM %s.%s".formatted(job.name(), table, saved(), table));
    }
    connection.commit();
    connection.setAutoCommit(true);
  }

  private String saved() {
    return "saved_" + job.name();
  }

  private List<String> tables() throws SQLException {
    List<String> tables = new ArrayList<>();
    try (ResultSet row =
        store.executeQuery(
            "SELECT tablename FROM pg_tables WHERE schemaname = '" + job.name() + "' ORDER BY 1")) {
      while (row.next()) {
        tables.add(row.getString(1));
      }
    }
    return tables;
  }

  /** Rows come, go, move and change, each in a transaction of its own. */
  private void change(int count) throws SQLException {
    for (int i = 0; i < count; i++) {
      int row = changes * 7919 % ROWS;
      source.execute(
          switch (changes++ % 4) {
            case 0 -> "UPDATE notes SET text = 'change %d' WHERE id = %d".formatted(changes, row);
            case 1 -> "DELETE FROM notes WHERE id = " + row;
            case 2 ->
                "INSERT INTO notes VALUES (%d, %d, 0, 'new')"
                    .formatted(ROWS + changes, changes % OWNERS);
            default -> "UPDATE notes SET owner = %d WHERE id = %d".formatted(changes % OWNERS, row);
          });
    }
  }

  private void everythingIsRightAndRebuilt() throws Exception {
    long began = System.nanoTime();
    job.awaitProgress();
    compareAll();
    awaitRebuilt();
    System.out.printf("served again after %d ms%n", (System.nanoTime() - began) / 1_000_000);
    change(20);
    job.awaitProgress();
    for (long owner = 0; owner < OWNERS; owner++) {
      awaitValid("all_notes", owner);
    }
    assertThat(number("SELECT count(*) FROM " + job.name() + ".asked_notes_g1_keys"))
        .as("keys that are populated")
        .isEqualTo(ASKED);
    for (long owner = 0; owner < ASKED; owner++) {
      awaitValid("asked_notes", owner);
    }
    assertThat(number("SELECT count(*) FROM " + job.name() + ".all_notes_g1"))
        .isEqualTo(count("SELECT count(*) FROM notes"));
    assertThat(number("SELECT count(*) FROM " + job.name() + ".asked_notes_g1"))
        .isEqualTo(count("SELECT count(*) FROM notes WHERE owner < " + ASKED));
  }

  private void awaitRebuilt() throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (isRebuilding()) {
      assertThat(System.nanoTime()).as("rebuilt in time").isLessThan(end);
      compareAll();
    }
  }

  private void awaitDone() throws SQLException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (isRebuilding()) {
      assertThat(System.nanoTime()).as("rebuilt in time").isLessThan(end);
      LockSupport.parkNanos(50_000_000);
    }
  }

  private boolean isRebuilding() throws SQLException {
    return number("SELECT count(*) FROM " + job.name() + ".rebuilds") > 0;
  }

  private long number(String sql) throws SQLException {
    try (ResultSet row = store.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  private long count(String sql) throws SQLException {
    try (ResultSet row = source.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Every answer is MySQL's own, wherever it comes from; nothing is written meanwhile. */
  private void compareAll() throws Exception {
    for (long owner = 0; owner < OWNERS; owner++) {
      compare("all_notes", owner);
      if (owner < ASKED) {
        compare("asked_notes", owner);
      }
    }
  }

  private void awaitValid(String view, long owner) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!compare(view, owner).isValid()) {
      assertThat(System.nanoTime()).as("%s/%d is valid in time", view, owner).isLessThan(end);
      LockSupport.parkNanos(20_000_000);
    }
  }

  private ReaderUnderTest.Answer compare(String view, long owner) throws Exception {
    List<String> expected = new ArrayList<>();
    try (ResultSet row =
        source.executeQuery(
            "SELECT n.id, n.text, u.name FROM notes n JOIN users u ON u.id = n.author WHERE"
                + " n.owner = "
                + owner
                + " ORDER BY n.id LIMIT 50")) {
      while (row.next()) {
        expected.add(row.getString(1) + " " + row.getString(2) + " " + row.getString(3));
      }
    }
    ReaderUnderTest.Answer answer = reader.insist(view, owner);
    assertThat(answer.status()).as("%s", answer.json()).isEqualTo(200);
    List<String> items = new ArrayList<>();
    for (JsonNode item : answer.json().path("items")) {
      items.add(
          item.path("id").asText()
              + " "
              + item.path("text").asText()
              + " "
              + item.path("name").asText());
    }
    assertThat(items).as("%s/%d: %s", view, owner, answer.json()).isEqualTo(expected);
    return answer;
  }
}
