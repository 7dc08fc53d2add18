package dev.freshet.flow.generated;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.freshet.flow.JobUnderTest;
import dev.freshet.flow.MiniFlink;
import dev.freshet.view.TestSize;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.StateBackendOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random schemas, views and transactions through the whole job, the views of many schemas in one:
 * the projections are MySQL's own answers, after a snapshot with writes, after transactions, and
 * after transactions while the job was stopped with a savepoint. Parallelism and state backend take
 * turns.
 *
 * <p>{@code -Dfreshet.seed=N} runs one seed alone, {@code -Dfreshet.seeds=N} so many.
 */
class GeneratedSchemasIT {
  /** Flink CDC fails where a table's rows vanish while it is divided into chunks. */
  private static final int RESTARTS = 2;

  private static final int SEEDS_PER_JOB = 10;
  private static final int TRANSACTIONS = 40;
  private static final int CHUNK_SIZE = 50_000;

  private static MiniFlink flink;

  @TempDir private Path folder;

  @BeforeAll
  static void start() throws Exception {
    flink = new MiniFlink(2);
  }

  @AfterAll
  static void stop() {
    flink.close();
  }

  @Test
  void projectionsAreMysqlsOwnAnswers() throws Exception {
    boolean one = Long.getLong("freshet.seed") != null;
    int seeds = Integer.getInteger("freshet.seeds", one ? 1 : FULL ? 2000 : 20);
    long first = TestSize.seed();
    System.out.printf("seeds %d to %d%n", first, first + seeds - 1);
    for (int done = 0; done < seeds; done += SEEDS_PER_JOB) {
      int count = Math.min(SEEDS_PER_JOB, seeds - done);
      try (JobUnderTest job = new JobUnderTest("generated_" + done).withRestarts(RESTARTS)) {
        int turn = done / SEEDS_PER_JOB;
        job.with(StateBackendOptions.STATE_BACKEND, turn / 2 % 2 == 0 ? "hashmap" : "rocksdb");
        run(job, first + done, count, 1 + turn % 2);
      }
    }
  }

  private void run(JobUnderTest job, long firstSeed, int count, int parallelism) throws Exception {
    Instant begin = Instant.now();
    List<Scenario> scenarios = new ArrayList<>();
    List<String> views = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Scenario scenario = new Scenario(firstSeed + i, i);
      scenario.create(job.source(), job.name());
      scenarios.add(scenario);
      views.addAll(scenario.views());
    }
    Instant created = Instant.now();
    job.start(folder, views, parallelism, CHUNK_SIZE);
    transactions(job, scenarios);
    int rows = compare(job, scenarios, "after the snapshot");
    transactions(job, scenarios);
    rows += compare(job, scenarios, "after the transactions");
    String savepoint = job.stop(folder);
    transactions(job, scenarios);
    job.resume(savepoint);
    transactions(job, scenarios);
    rows += compare(job, scenarios, "after the savepoint");
    int refused = scenarios.stream().mapToInt(Scenario::refused).sum();
    System.out.printf(
        "seeds %d to %d: %d views (%d refused), %d rows compared; made in %d ms, run in %d ms%n",
        firstSeed,
        firstSeed + count - 1,
        views.size(),
        refused,
        rows,
        Duration.between(begin, created).toMillis(),
        Duration.between(created, Instant.now()).toMillis());
    assertThat(views).as("views that could be taken").hasSizeGreaterThanOrEqualTo(2 * count);
  }

  private static void transactions(JobUnderTest job, List<Scenario> scenarios) throws Exception {
    for (int i = 0; i < TRANSACTIONS; i++) {
      for (Scenario scenario : scenarios) {
        scenario.change(job.source());
      }
    }
  }

  /** Compares all projections while nothing writes; returns how many rows they have. */
  private static int compare(JobUnderTest job, List<Scenario> scenarios, String when)
      throws Exception {
    job.awaitProgress();
    int rows = 0;
    List<String> differences = new ArrayList<>();
    for (Scenario scenario : scenarios) {
      rows += scenario.compare(job, differences::add);
    }
    if (!differences.isEmpty()) {
      fail(
          "%d views differ %s, such as %s",
          differences.size(),
          when,
          String.join("\n", differences.subList(0, Math.min(3, differences.size()))));
    }
    return rows;
  }
}
