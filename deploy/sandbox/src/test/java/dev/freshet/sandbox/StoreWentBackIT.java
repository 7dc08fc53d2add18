package dev.freshet.sandbox;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.check.Check;
import dev.freshet.check.CheckPlan;
import dev.freshet.check.CheckReport;
import dev.freshet.view.TestSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Postgres is killed, its data folder is replaced by a copy from some seconds earlier, and it
 * starts again, while transactions are written and every answer is compared. Some of the time the
 * task manager is killed too.
 */
@Tag(SharedSystem.TAG)
class StoreWentBackIT {
  private static final int TIMES = FULL ? 5 : 1;
  private static final int LEAST_AGE_MS = FULL ? 5_000 : 2_000;
  private static final int MOST_AGE_MS = FULL ? 60_000 : 4_000;

  private final List<Duration> recoveries = new ArrayList<>();

  @Test
  void noAnswerIsWrongAndAllIsServedAgain() throws Exception {
    long seed = TestSize.seed();
    System.out.println("seed " + seed);
    if (FULL) {
      for (String backend : List.of("heap", "rocksdb")) {
        for (String parallelism : List.of("1", "2")) {
          Launcher launcher = new Launcher("went-back-" + backend + "-" + parallelism);
          try {
            Launcher.Result up =
                launcher.run(
                    "up",
                    "--sample=small",
                    "--state-backend=" + backend,
                    "--parallelism=" + parallelism);
            assertThat(up.code()).as("%s", up.output()).isZero();
            goBack(launcher, seed++);
          } finally {
            launcher.run("down");
          }
        }
      }
    } else {
      goBack(SharedSystem.launcher(), seed);
    }
    Collections.sort(recoveries);
    System.out.printf(
        "Postgres went back %d times; served again after p50 %d ms, max %d ms%n",
        recoveries.size(),
        recoveries.get(recoveries.size() / 2).toMillis(),
        recoveries.get(recoveries.size() - 1).toMillis());
  }

  private void goBack(Launcher launcher, long seed) throws Exception {
    Faults faults = new Faults(launcher);
    Random random = new Random(seed);
    CheckPlan plan =
        CheckPlan.standard()
            .transactions(1_000_000)
            .rate(100)
            .polls(60)
            .seed(seed)
            .patience(Duration.ofMinutes(2));
    try (Check check = new Check(faults.endpoints().values(), plan)) {
      CompletableFuture<CheckReport> running = check.transactionsBeside();
      faults.awaitFresh(Instant.now(), running);
      for (int time = 0; time < TIMES; time++) {
        Path copy = faults.copyOfPostgres();
        Faults.pass(Duration.ofMillis(LEAST_AGE_MS + random.nextInt(MOST_AGE_MS - LEAST_AGE_MS)));
        Instant killed = Instant.now();
        faults.replacePostgres(copy);
        if (random.nextInt(3) == 0) {
          faults.kill("FLINK_TASKMANAGER");
        }
        delete(copy);
        Duration recovery = faults.awaitFresh(killed, running);
        recoveries.add(recovery);
        System.out.printf("Postgres went back: fresh after %d ms%n", recovery.toMillis());
      }
      check.endAfter(100);
      CheckReport report = running.join();
      System.out.println("seed " + seed + "\n" + report.print());
      assertThat(report.passed()).as("seed %d%n%s", seed, report.print()).isTrue();
      assertThat(report.different()).isZero();
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Collections.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
