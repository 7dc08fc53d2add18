package dev.freshet.sandbox;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.check.Check;
import dev.freshet.check.CheckPlan;
import dev.freshet.check.CheckReport;
import dev.freshet.cli.Endpoints;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The snapshot is taken while somebody writes to all of its tables. */
class WritesDuringSnapshotIT {
  private final Launcher launcher = new Launcher("hand-over");

  @AfterEach
  void down() throws Exception {
    launcher.run("down");
  }

  @Test
  void theProjectionAnswersOnlyAfterTheSnapshotAndNothingDiffers() throws Exception {
    Path go = launcher.layout().home().resolve("go");
    Files.deleteIfExists(go);
    Launcher.Started up =
        launcher.start(
            "up",
            "--sample=small",
            launcher.inboxAlone(),
            "--sample-conversations=" + (FULL ? 60_000 : 4_000),
            "--taskmanager-memory=" + (FULL ? 4000 : 1400),
            "--parallelism=2",
            "--state-backend=rocksdb",
            "--hold-job=" + go);
    assertThat(
            Launcher.await(
                Duration.ofMinutes(2), () -> up.says("the job waits") || !up.process().isAlive()))
        .isTrue();
    assertThat(up.process().isAlive()).as("%s", up.lines()).isTrue();
    Endpoints endpoints = Endpoints.read(launcher.layout().endpoints());

    AtomicReference<Instant> notYet = new AtomicReference<>(Instant.MIN);
    CheckPlan plan =
        CheckPlan.standard()
            .transactions(30_000)
            .rate(FULL ? 100 : 30)
            .polls(FULL ? 100 : 10)
            .seed(System.nanoTime())
            .patience(Duration.ofMinutes(3));
    try (Check check = new Check(endpoints.values(), plan)) {
      CompletableFuture<CheckReport> running = check.transactionsBeside();
      // The writer writes before the job starts.
      assertThat(Launcher.await(Duration.ofSeconds(60), () -> check.transactionsSoFar() > 50))
          .isTrue();
      Files.createFile(go);
      assertThat(
              Launcher.await(
                  Duration.ofMinutes(2), () -> up.says("is submitted") || running.isDone()))
          .isTrue();
      assertThat(HandedOver.in(endpoints)).as("the snapshot is read").isFalse();
      new Faults(launcher).kill("FLINK_TASKMANAGER");
      boolean over =
          Launcher.await(
              Duration.ofMinutes(3),
              () -> {
                Instant asked = Instant.now();
                boolean handedOver = HandedOver.in(endpoints);
                if (!handedOver) {
                  notYet.set(asked);
                }
                return handedOver || running.isDone();
              });
      assertThat(over).as("handed over in time").isTrue();
      assertThat(running).as("the writer wrote beyond the hand-over").isNotDone();
      check.endAfter(FULL ? 6_000 : 60);
      CheckReport report = running.join();
      System.out.println("seed " + plan.seed() + "\n" + report.print());

      assertThat(report.passed()).as("seed %d%n%s", plan.seed(), report.print()).isTrue();
      assertThat(report.different()).isZero();
      assertThat(report.tally().fromProjection()).isPositive();
      assertThat(report.tally().firstFromProjection()).isAfter(notYet.get());
    }
    assertThat(up.end(Duration.ofMinutes(1)).code()).as("%s", up.lines()).isZero();
    Launcher.Result down = launcher.run("down");
    assertThat(down.code()).isZero();
    assertThat(down.output()).anyMatch(line -> line.contains("stopped MySQL"));
    assertThat(launcher.processes()).isEmpty();
  }
}
