package dev.freshet.sandbox;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.check.Check;
import dev.freshet.check.CheckPlan;
import dev.freshet.check.CheckReport;
import dev.freshet.sandbox.FaultTable.Cell;
import java.nio.file.Path;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every fault in every phase of a job's life, at two parallelisms and with both state backends. In
 * each cell transactions are written, every answer is compared with MySQL's at the version it
 * names, and so is every key at the end. The table of results is left in the module's {@code
 * target} folder. {@code -Dfreshet.cells=REGEX} runs the cells alone whose name it matches, such as
 * {@code rocksdb, parallelism 2, LOAD, kill KAFKA}.
 */
@Tag(SharedSystem.TAG)
class FaultMatrixIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** Longer than FRESHNESS, so that readers turn to MySQL. */
  private static final Duration FROZEN = Duration.ofSeconds(7);

  /** From when the killed task manager is back; the job is being restored then. */
  private static final Duration INTO_RECOVERY = Duration.ofSeconds(3);

  private static final String RESCALE = "savepoints: one subtask more, and back";
  private static final Pattern CELLS = Pattern.compile(System.getProperty("freshet.cells", ".*"));
  private static final int AT_THE_END = FULL ? 300 : 100;

  private final Launcher launcher = FULL ? new Launcher("matrix") : SharedSystem.launcher();
  private final Faults faults = new Faults(launcher);
  private final FaultTable table = new FaultTable();
  private final List<String> wrong = new ArrayList<>();
  private int ran;

  private enum Phase {
    SNAPSHOT,
    LOAD,
    RECOVERY
  }

  /** Of a cell in the matrix. */
  private record Place(String backend, int parallelism, Phase phase, String fault) {
    @Override
    public String toString() {
      return "%s, parallelism %d, %s, %s".formatted(backend, parallelism, phase, fault);
    }
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
        List<Place> places =
            places(backend).filter(place -> CELLS.matcher(place.toString()).matches()).toList();
        if (!places.isEmpty()) {
          up(backend);
          for (Place place : places) {
            cell(place);
          }
          good("down");
        }
      }
    } else {
      cell(new Place("heap", 1, Phase.RECOVERY, "kill POSTGRES"));
    }
    System.out.println(table.print());
    assertThat(ran).as("cells that '%s' matches", CELLS).isPositive();
    assertThat(wrong).isEmpty();
  }

  private Stream<Place> places(String backend) {
    return Stream.of(1, 2)
        .flatMap(
            parallelism ->
                Stream.of(Phase.values())
                    .flatMap(
                        phase ->
                            faults(parallelism, phase).keySet().stream()
                                .map(fault -> new Place(backend, parallelism, phase, fault))));
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
        "--slots=3",
        "--state-backend=" + backend);
  }

  private void good(String... command) throws Exception {
    assertThat(launcher.run(command)).matches(Launcher.Result::isGood);
  }

  private void cell(Place place) throws Exception {
    int parallelism = place.parallelism();
    Phase phase = place.phase();
    Fault fault = faults(parallelism, phase).get(place.fault());
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
    try (Check check = new Check(faults.endpoints().values(), plan)) {
      if (phase == Phase.SNAPSHOT) {
        good("submit", "--parallelism=" + parallelism);
      }
      CompletableFuture<CheckReport> running = check.transactionsBeside();
      if (phase == Phase.SNAPSHOT) {
        assertThat(HandedOver.in(faults.endpoints())).as("%s: it is over", place).isFalse();
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
      Cell cell =
          new Cell(place.backend(), parallelism, phase.name(), place.fault(), recovery, report);
      table.add(cell);
      ran++;
      System.out.println(place + ": " + cell.print());
      table.write(Path.of("target/fault-matrix.md"));
      if (!report.passed()) {
        // The others are worth to be known all the same.
        wrong.add("%s, seed %d%n%s".formatted(place, plan.seed(), report.print()));
      }
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
