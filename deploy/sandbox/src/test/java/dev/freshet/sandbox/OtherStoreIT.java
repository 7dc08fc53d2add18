package dev.freshet.sandbox;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.servers.LocalServers;
import dev.freshet.servers.MySqlAccount;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * As {@code deploy/docs/store.md} says: the job moves to another Postgres, and is rebuilt there.
 */
class OtherStoreIT {
  private static final String VIEW = "unread_conversations";
  private static final int CONVERSATIONS = FULL ? 600_000 : 300;
  private static final Duration PATIENCE = Duration.ofSeconds(FULL ? 300 : 60);
  private static final String SOURCE = "moved";

  @TempDir private Path folder;

  @Test
  void aSavepointFillsAnotherPostgres() throws Exception {
    OwnServers servers =
        OwnServers.start(folder, SOURCE, LocalServers.mysql().port(), CONVERSATIONS);
    assertThat(servers.refused("rebuild", "--all")).contains(SOURCE).contains("resume");
    Launcher.Started reader = servers.reader();
    try {
      List<String> snapshot =
          tableReadsDuring(
              () -> {
                servers.done("submit");
                assertRight(servers);
              });
      assertThat(snapshot).as("what a start reads").isNotEmpty();
      assertThat(servers.refused("rebuild", "films")).contains("films").contains(VIEW);
      List<String> read =
          tableReadsDuring(
              () ->
                  underLoad(
                      servers,
                      () ->
                          assertThat(servers.done("rebuild", VIEW))
                              .anyMatch(line -> line.contains("rebuilt " + VIEW))));
      assertThat(read).as("what a rebuild reads from MySQL").isEmpty();
      assertRight(servers);
      servers.done("savepoint", "--stop");
    } finally {
      end(reader);
    }
    servers.moveStore("moved_to");
    execute(servers, "UPDATE conversations SET archived = 1 - archived WHERE id % 3 = 0");
    reader = servers.reader();
    try {
      List<String> read =
          tableReadsDuring(
              () -> {
                servers.done("resume");
                assertRight(servers);
              });
      assertThat(read).as("what a resume into an empty store reads from MySQL").isEmpty();
      List<String> verified = servers.done("verify", VIEW, "--all");
      assertThat(verified).anyMatch(line -> line.contains("mismatched 0"));

      String savepoint = last(servers.done("savepoint", "--stop"));
      List<String> resumed = servers.done("resume", "--from=" + savepoint, "--rebuild");
      assertThat(resumed).anyMatch(line -> line.contains("rebuilt from state"));
      execute(servers, "UPDATE users SET name = CONCAT(name, ' B')");
      assertRight(servers);
      servers.done("cancel");
    } finally {
      end(reader);
    }
  }

  private interface Work {
    void run() throws Exception;
  }

  /** The job's queries of rows in MySQL while the work runs, as MySQL logs them. */
  private static List<String> tableReadsDuring(Work work) throws Exception {
    try (Connection root = LocalServers.mysql().connect(MySqlAccount.ROOT, "mysql");
        Statement log = root.createStatement()) {
      log.execute("TRUNCATE TABLE general_log");
      log.execute("SET GLOBAL log_output = 'TABLE'");
      log.execute("SET GLOBAL general_log = ON");
      long began = System.nanoTime();
      try {
        work.run();
      } finally {
        log.execute("SET GLOBAL general_log = OFF");
      }
      System.out.printf("took %d ms%n", (System.nanoTime() - began) / 1_000_000);
      return tableReads(log);
    }
  }

  private static List<String> tableReads(Statement log) throws SQLException {
    List<String> reads = new ArrayList<>();
    try (ResultSet row =
        log.executeQuery(
            "SELECT CONVERT(argument USING utf8mb4) AS statement FROM general_log"
                + " WHERE user_host LIKE '"
                + SOURCE
                + "\\_job[%' AND command_type IN ('Query', 'Execute')"
                + " HAVING statement LIKE 'SELECT%FROM%'"
                + " AND LOWER(statement) NOT LIKE '%information\\_schema%'"
                // Checks the account's rights, and reads no row.
                + " AND statement NOT LIKE 'SELECT 1 FROM %LIMIT 0'")) {
      while (row.next()) {
        reads.add(row.getString(1));
      }
    }
    return reads;
  }

  /** While 100 transactions a second are written. */
  private static void underLoad(OwnServers servers, Work work) throws Exception {
    ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor();
    AtomicInteger written = new AtomicInteger();
    try (Connection mysql = servers.application();
        Statement statement = mysql.createStatement()) {
      var writing =
          writer.scheduleAtFixedRate(
              () -> {
                try {
                  statement.execute(
                      "UPDATE conversations SET archived = 1 - archived WHERE id = "
                          + (1 + written.getAndIncrement() % CONVERSATIONS));
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              },
              0,
              10,
              TimeUnit.MILLISECONDS);
      work.run();
      assertThat(writing.isDone()).as("a write failed").isFalse();
      writer.shutdown();
      assertThat(writer.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
      System.out.printf("%,d transactions meanwhile%n", written.get());
    } finally {
      writer.shutdownNow();
    }
  }

  private static void end(Launcher.Started reader) throws InterruptedException {
    reader.process().destroy();
    assertThat(reader.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
  }

  /**
   * Waits until all answers are right. Begins when a key is served, because MySQL's own answers of
   * all keys take too long. MySQL has no more writes, so a key that was right once stays right.
   */
  private static void assertRight(OwnServers servers) {
    assertThat(Launcher.await(PATIENCE, servers::serves)).as("a key is served").isTrue();
    Map<String, String> left = new LinkedHashMap<>();
    Predicate<String> asked = key -> left.isEmpty() || left.containsKey(key);
    assertThat(
            Launcher.await(
                PATIENCE,
                () -> {
                  Map<String, String> now = servers.differences(asked);
                  left.clear();
                  left.putAll(now);
                  return left.isEmpty();
                }))
        .as(
            "answers are right; not so are %d: %s",
            left.size(), left.entrySet().stream().limit(1).toList())
        .isTrue();
  }

  private static void execute(OwnServers servers, String sql) throws Exception {
    try (Connection mysql = servers.application();
        Statement statement = mysql.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String last(List<String> lines) {
    return lines.get(lines.size() - 1);
  }
}
