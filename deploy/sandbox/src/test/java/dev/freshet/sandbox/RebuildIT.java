package dev.freshet.sandbox;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.check.Check;
import dev.freshet.check.CheckPlan;
import dev.freshet.check.CheckReport;
import dev.freshet.cli.Endpoints;
import dev.freshet.view.TestSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All views are rebuilt from state while transactions are written and every answer is compared; and
 * again, with processes killed while it goes on.
 */
@Tag(SharedSystem.TAG)
class RebuildIT {
  private static final List<String> VICTIMS =
      FULL
          ? List.of("FLINK_TASKMANAGER", "POSTGRES", "FLINK_JOBMANAGER", "KAFKA", "MYSQL")
          : List.of("FLINK_TASKMANAGER");
  private static final Duration PATIENCE = Duration.ofMinutes(FULL ? 6 : 3);

  @TempDir private Path folder;

  @Test
  void noAnswerIsWrongWhileViewsAreRebuilt() throws Exception {
    if (!FULL) {
      rebuild(SharedSystem.launcher());
      return;
    }
    Launcher launcher = new Launcher("rebuild");
    try {
      Launcher.Result up =
          launcher.run(
              "up",
              "--sample=none",
              "--source-sql=" + manyKeys(),
              launcher.inboxAlone(),
              "--taskmanager-memory=7000");
      assertThat(up.code()).as("%s", up.output()).isZero();
      rebuild(launcher);
    } finally {
      launcher.run("down");
    }
  }

  /**
   * Writes the script of 600,000 conversations over 18,000 keys of one size. The sample's few large
   * keys would measure MySQL's answers of thousands of entries, not the rebuild.
   */
  private Path manyKeys() throws IOException {
    return Files.writeString(
        folder.resolve("many-keys.sql"),
        """
        SET SESSION cte_max_recursion_depth = 1000000;
        INSERT INTO users (id, name)
          WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)
          SELECT i, CONCAT('User ', i) FROM n;
        INSERT INTO conversations (id, site_id, last_message_at, archived)
          WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600000)
          SELECT i, 1 + i DIV 6000 % 3, '2026-01-01' + INTERVAL i SECOND, i % 10 = 0 FROM n;
        INSERT INTO participants (conversation_id, user_id, counterpart_id, last_read_at)
          SELECT id, 1 + id % 6000, 1 + (id + 1 + id DIV 6000) % 6000,
            last_message_at - INTERVAL id % 4 > 0 SECOND FROM conversations;
        INSERT INTO participants (conversation_id, user_id, counterpart_id, last_read_at)
          SELECT conversation_id, counterpart_id, user_id, '2026-02-01' FROM participants;
        ANALYZE TABLE users, conversations, participants;
        """);
  }

  private static void rebuild(Launcher launcher) throws Exception {
    Faults faults = new Faults(launcher);
    CheckPlan plan =
        CheckPlan.standard()
            .transactions(1_000_000)
            .rate(100)
            // What is hidden MySQL answers, on the processors that the job needs.
            .polls(FULL ? 20 : 60)
            .seed(TestSize.seed())
            .patience(PATIENCE);
    try (Check check = new Check(faults.endpoints().values(), plan)) {
      CompletableFuture<CheckReport> running = check.transactionsBeside();
      faults.awaitFresh(Instant.now(), running);
      long entries = number(faults.endpoints(), "SELECT count(*) FROM unread_conversations_g1");
      long memory = peakMemory(faults);
      long checkpoints = checkpoints(launcher);
      Instant began = Instant.now();
      Launcher.Result rebuilt = launcher.run("rebuild", "--all");
      assertThat(rebuilt.code()).as("%s", rebuilt.output()).isZero();
      assertThat(rebuilt.output()).anyMatch(line -> line.contains("rebuilt "));
      long took = Duration.between(began, Instant.now()).toMillis();
      System.out.printf(
          "%,d entries of the inbox rebuilt with all other views in %d ms: %,d entries/s%n%s%n",
          entries, took, 1000 * entries / took, String.join("\n", rebuilt.output()));
      System.out.printf(
          "%d checkpoints meanwhile; the task manager's peak of resident memory %,d kB, before %,d%n",
          checkpoints(launcher) - checkpoints, peakMemory(faults), memory);

      for (String victim : VICTIMS) {
        assertThat(launcher.run("rebuild", "--all", "--wait=0").code()).isZero();
        Launcher.await(
            PATIENCE,
            () ->
                number(faults.endpoints(), "SELECT count(*) FROM rebuilds WHERE total > 0") > 0
                    || number(faults.endpoints(), "SELECT count(*) FROM rebuilds") == 0);
        Instant killed = Instant.now();
        faults.kill(victim);
        Duration fresh = faults.awaitFresh(killed, running);
        System.out.printf(
            "%s was killed during a rebuild: fresh after %d ms%n", victim, fresh.toMillis());
        assertThat(
                Launcher.await(
                    PATIENCE,
                    () -> number(faults.endpoints(), "SELECT count(*) FROM rebuilds") == 0))
            .as("the rebuild is done")
            .isTrue();
      }
      check.endAfter(100);
      CheckReport report = running.join();
      System.out.println("seed " + plan.seed() + "\n" + report.print());
      assertThat(report.passed()).as("seed %d%n%s", plan.seed(), report.print()).isTrue();
      assertThat(report.different()).isZero();
    }
  }

  /** The most resident memory that the task manager's process ever had, in kB. */
  private static long peakMemory(Faults faults) throws IOException {
    long pid = faults.processes("FLINK_TASKMANAGER").get(0).pid();
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow();
  }

  /** How many were completed. */
  private static long checkpoints(Launcher launcher) throws Exception {
    String status = String.join("\n", launcher.run("status", "--json").output());
    return new ObjectMapper().readTree(status).path("checkpoint").path("completed").asLong();
  }

  /** Of the store; below 0 while it does not answer. */
  private static long number(Endpoints endpoints, String sql) {
    try (Sides sides = new Sides(endpoints);
        Statement store = sides.store().createStatement();
        ResultSet row = store.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      return -1;
    }
  }
}
