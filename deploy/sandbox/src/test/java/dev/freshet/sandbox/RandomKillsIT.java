package dev.freshet.sandbox;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.check.Check;
import dev.freshet.check.CheckPlan;
import dev.freshet.check.CheckReport;
import dev.freshet.view.TestSize;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Processes of the system are killed at random moments while transactions are written and every
 * answer is compared, some before the system has recovered from the kill before.
 */
@Tag(SharedSystem.TAG)
class RandomKillsIT {
  private static final int KILLS = FULL ? 30 : 1;
  private static final int MOST_PAUSE_MS = FULL ? 4_000 : 1_000;
  private static final String ANY = "any child of the supervisor";

  private final Faults faults = new Faults(SharedSystem.launcher());

  @Test
  void noAnswerIsWrongHoweverManyAreKilled() throws Exception {
    long seed = TestSize.seed();
    Random random = new Random(seed);
    CheckPlan plan =
        CheckPlan.standard()
            .transactions(1_000_000)
            .rate(100)
            .polls(60)
            .seed(seed)
            .patience(Duration.ofMinutes(2))
            .withMortalReader();
    List<Duration> recoveries = new ArrayList<>();
    try (Check check = new Check(faults.endpoints().values(), plan)) {
      CompletableFuture<CheckReport> running = check.transactionsBeside();
      faults.awaitFresh(Instant.now(), running);
      List<String> victims = victims(random);
      for (int kill = 0; kill < KILLS; kill++) {
        String victim = victims.get(kill);
        Faults.pass(Duration.ofMillis(random.nextInt(MOST_PAUSE_MS)));
        Instant killed = Instant.now();
        String name = victim;
        if (victim.equals(ANY)) {
          name = faults.killAny(random);
        } else {
          faults.kill(victim);
        }
        if (random.nextInt(4) == 0 && kill < KILLS - 1) {
          System.out.println(name + " was killed, and the next before all was fresh");
        } else {
          Duration recovery = faults.awaitFresh(killed, running);
          recoveries.add(recovery);
          System.out.printf("%s was killed: fresh after %d ms%n", name, recovery.toMillis());
        }
      }
      check.endAfter(FULL ? 2_000 : 100);
      CheckReport report = running.join();
      System.out.println("seed " + seed + "\n" + report.print());
      Collections.sort(recoveries);
      System.out.printf(
          "%d kills; fresh again after p50 %d ms, max %d ms%n",
          KILLS,
          recoveries.get(recoveries.size() / 2).toMillis(),
          recoveries.get(recoveries.size() - 1).toMillis());

      assertThat(report.passed()).as("seed %d%n%s", seed, report.print()).isTrue();
      assertThat(report.different()).isZero();
    }
  }

  /**
   * Each kind as often as the others, in random order. The small size has the one whose death costs
   * the job itself; other tests kill the others.
   */
  private static List<String> victims(Random random) {
    if (!FULL) {
      return List.of("FLINK_JOBMANAGER");
    }
    List<String> kinds = new ArrayList<>(Faults.SERVERS);
    kinds.add(ANY);
    List<String> victims = new ArrayList<>();
    while (victims.size() < KILLS) {
      Collections.shuffle(kinds, random);
      victims.addAll(kinds);
    }
    return victims.subList(0, KILLS);
  }
}
