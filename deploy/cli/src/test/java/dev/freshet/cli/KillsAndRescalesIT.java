package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.check.Check;
import dev.freshet.check.CheckPlan;
import dev.freshet.check.CheckReport;
import dev.freshet.check.Endpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Two subtasks of everything, state in RocksDB. Every answer is right, and none goes back, while
 * the task manager is killed as the snapshot is read and then every twenty seconds, and the job is
 * stopped with savepoints and goes on with one, two and three subtasks.
 */
class KillsAndRescalesIT {
  private static final boolean FULL = "full".equals(System.getProperty("freshet.size"));
  private static final int KILLS = FULL ? 10 : 1;
  private static final Duration BETWEEN = Duration.ofSeconds(20);

  private final Launcher launcher = new Launcher("kills");

  @AfterEach
  void down() throws Exception {
    launcher.run("down");
  }

  @Test
  void aTaskManagerIsKilledInTheSnapshotAndLaterAndParallelismsChange() throws Exception {
    Path go = launcher.layout().home().resolve("go");
    Files.deleteIfExists(go);
    Launcher.Started up = up("--hold-job=" + go);
    assertThat(
            Launcher.await(
                Duration.ofMinutes(2), () -> up.says("the job waits") || !up.process().isAlive()))
        .isTrue();
    assertThat(up.process().isAlive()).as("%s", up.lines()).isTrue();

    CheckPlan plan = plan();
    try (Check check = new Check(endpoints(), plan)) {
      CompletableFuture<CheckReport> running = CompletableFuture.supplyAsync(() -> run(check));
      Files.createFile(go);
      assertThat(
              Launcher.await(
                  Duration.ofMinutes(2), () -> up.says("is submitted") || running.isDone()))
          .isTrue();
      assertThat(HandedOver.in(endpoints())).as("the snapshot is read").isFalse();
      kill();
      assertThat(
              Launcher.await(
                  Duration.ofMinutes(3), () -> HandedOver.in(endpoints()) || running.isDone()))
          .isTrue();
      for (int kill = 0; kill < KILLS; kill++) {
        Instant next = Instant.now().plus(BETWEEN);
        kill();
        answered(check, running);
        assertThat(
                Launcher.await(
                    Duration.ofMinutes(1),
                    () -> !FULL || Instant.now().isAfter(next) || running.isDone()))
            .isTrue();
      }
      assertThat(up.end(Duration.ofMinutes(1)).code()).as("%s", up.lines()).isZero();
      for (int parallelism : FULL ? new int[] {1, 2, 3} : new int[] {3}) {
        assertThat(launcher.run("savepoint", "--stop")).matches(Launcher.Result::isGood);
        assertThat(launcher.run("resume", "--parallelism=" + parallelism))
            .matches(Launcher.Result::isGood);
        answered(check, running);
      }
      end(check, plan, running);
    }
  }

  private Launcher.Started up(String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "up",
                "--sample=small",
                launcher.inboxAlone(),
                "--sample-conversations=" + (FULL ? 60_000 : 2_000),
                "--parallelism=2",
                "--state-backend=rocksdb"));
    arguments.addAll(List.of(more));
    return launcher.start(arguments.toArray(String[]::new));
  }

  private static CheckPlan plan() {
    return CheckPlan.standard()
        .transactions(60_000)
        .rate(FULL ? 100 : 50)
        .polls(FULL ? 60 : 20)
        .seed(System.nanoTime())
        .patience(Duration.ofMinutes(3));
  }

  private static void end(Check check, CheckPlan plan, CompletableFuture<CheckReport> running) {
    assertThat(running).isNotDone();
    check.endAfter(FULL ? 2_000 : 200);
    CheckReport report = running.join();
    System.out.println("seed " + plan.seed() + "\n" + report.print());

    assertThat(report.passed()).as("seed %d%n%s", plan.seed(), report.print()).isTrue();
    assertThat(report.different()).isZero();
    assertThat(report.tally().fromProjection()).isPositive();
  }

  /** Some answers more come from the projection. */
  private static void answered(Check check, CompletableFuture<CheckReport> running) {
    long before = check.answersFromProjection();
    assertThat(
            Launcher.await(
                Duration.ofMinutes(2),
                () -> check.answersFromProjection() > before + 20 || running.isDone()))
        .as("the projection answers again")
        .isTrue();
  }

  private static CheckReport run(Check check) {
    try {
      return check.transactions();
    } catch (SQLException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void kill() {
    long pid = Long.parseLong(endpoints().get("FLINK_TASKMANAGER_PID"));
    assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
    assertThat(
            Launcher.await(
                Duration.ofMinutes(1),
                () -> !endpoints().get("FLINK_TASKMANAGER_PID").equals("" + pid)))
        .as("a new task manager is started")
        .isTrue();
  }

  private Endpoints endpoints() {
    try {
      return Endpoints.read(launcher.layout().endpoints());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
