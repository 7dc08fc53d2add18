package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.check.Check;
import dev.freshet.check.CheckPlan;
import dev.freshet.check.CheckReport;
import dev.freshet.cli.FaultTable.Cell;
import java.nio.file.Path;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every fault in every phase of a job's life, at two parallelisms and with both state backends. In
 * each cell transactions are written, every answer is compared with MySQL's at the version it
 * names, and so is every key at the end. The table of results is left in the module's {@code
 * target} folder.
 */
@Tag(SharedSystem.TAG)
class FaultMatrixIT {
  private static final boolean FULL = "full".equals(System.getProperty("freshet.size"));
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** Longer than FRESHNESS, so that readers turn to MySQL. */
  private static final Duration FROZEN = Duration.ofSeconds(7);

  /** From when the killed task manager is back; the job is being restored then. */
  private static final Duration INTO_RECOVERY = Duration.ofSeconds(3);

  private static final String RESCALE = "savepoints: one subtask more, and back";
  private static final int AT_THE_END = FULL ? 300 : 100;

  private final Launcher launcher = FULL ? new Launcher("matrix") : SharedSystem.launcher();
  private final Faults faults = new Faults(launcher);
  private final FaultTable table = new FaultTable();

  private enum Phase {
    SNAPSHOT,
    LOAD,
    RECOVERY
  }

  private interface Fault {
    void happen() throws Exception;
  }

  @AfterEach
  void down() throws Exception {
    if (FULL) {
      launcher.run("down");
    }
  }

  @Test
  void everyCellEndsWithoutADifference() throws Exception {
    if (FULL) {
      for (String backend : List.of("heap", "rocksdb")) {
        up(backend);
        for (int parallelism : new int[] {1, 2}) {
          for (Phase phase : Phase.values()) {
            for (String fault : faults(parallelism, phase).keySet()) {
              cell(backend, parallelism, phase, fault);
            }
          }
        }
        good("down");
      }
    } else {
      cell("heap", 1, Phase.RECOVERY, "kill POSTGRES");
    }
    System.out.println(table.print());
  }

  private Map<String, Fault> faults(int parallelism, Phase phase) {
    Map<String, Fault> all = new LinkedHashMap<>();
    for (String server : Faults.SERVERS) {
      all.put("kill " + server, () -> faults.kill(server));
    }
    for (String server : List.of("FLINK_TASKMANAGER", "KAFKA", "POSTGRES", "MYSQL")) {
      all.put("freeze " + server, () -> faults.freeze(server, FROZEN));
    }
    // A job that is being restarted takes no savepoint.
    if (phase != Phase.RECOVERY) {
      all.put(
          RESCALE,
          () -> {
            for (int next : new int[] {parallelism + 1, parallelism}) {
              good("savepoint", "--stop");
              good("resume", "--parallelism=" + next);
            }
          });
    }
    return all;
  }

  private void up(String backend) throws Exception {
    good(
        "up",
        "--sample=small",
        launcher.inboxAlone(),
        "--sample-conversations=20000",
        "--parallelism=2",
        "--state-backend=" + backend);
  }

  private void good(String... command) throws Exception {
    assertThat(launcher.run(command)).matches(Launcher.Result::isGood);
  }

  private void cell(String backend, int parallelism, Phase phase, String name) throws Exception {
    Fault fault = faults(parallelism, phase).get(name);
    String where = "%s, parallelism %d, %s, %s".formatted(backend, parallelism, phase, name);
    CheckPlan plan =
        CheckPlan.standard()
            .transactions(1_000_000)
            .polls(60)
            .seed(System.nanoTime())
            .patience(PATIENCE)
            .withMortalReader();
    if (phase == Phase.SNAPSHOT) {
      forget();
    }
    try (Check check = new Check(faults.endpoints(), plan)) {
      if (phase == Phase.SNAPSHOT) {
        good("submit", "--parallelism=" + parallelism);
      }
      CompletableFuture<CheckReport> running = check.transactionsBeside();
      if (phase == Phase.SNAPSHOT) {
        assertThat(HandedOver.in(faults.endpoints())).as("%s: it is over", where).isFalse();
      } else {
        faults.awaitFresh(Instant.now(), running);
      }
      if (phase == Phase.RECOVERY) {
        faults.kill("FLINK_TASKMANAGER");
        Faults.pass(INTO_RECOVERY);
      }
      Instant begun = Instant.now();
      fault.happen();
      Duration recovery = faults.awaitFresh(begun, running);
      check.endAfter(AT_THE_END);
      CheckReport report = running.join();
      Cell cell = new Cell(backend, parallelism, phase.name(), name, recovery, report);
      table.add(cell);
      System.out.println(where + ": " + cell.print());
      table.write(Path.of("target/fault-matrix.md"));
      assertThat(report.passed())
          .as("%s, seed %d%n%s", where, plan.seed(), report.print())
          .isTrue();
    }
  }

  /** Ends the job and what it made, so that the next begins with a snapshot. */
  private void forget() throws Exception {
    good("cancel");
    try (Sides sides = new Sides(faults.endpoints());
        Statement store = sides.store().createStatement()) {
      store.execute("DROP SCHEMA freshet CASCADE");
    }
  }
}
