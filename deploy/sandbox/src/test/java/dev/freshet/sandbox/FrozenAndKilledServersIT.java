package dev.freshet.sandbox;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.check.Check;
import dev.freshet.check.CheckPlan;
import dev.freshet.check.CheckReport;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Each server frozen, and in the full size killed, while transactions are written and every answer
 * is compared: the job waits for it and goes on by itself, without a start.
 */
@Tag(SharedSystem.TAG)
class FrozenAndKilledServersIT {
  private static final Duration FROZEN = Duration.ofSeconds(FULL ? 30 : 6);
  private static final Duration FRESHNESS = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Faults FAULTS = new Faults(SharedSystem.launcher());

  @Test
  void everyServerIsFrozenAndKilledUnderLoad() throws Exception {
    JsonNode before = SharedSystem.lastFailure();
    CheckPlan plan =
        CheckPlan.standard()
            .transactions(1_000_000)
            .rate(60)
            .polls(60)
            .seed(System.nanoTime())
            .patience(Duration.ofMinutes(2));
    try (Check check = new Check(SharedSystem.endpoints().values(), plan)) {
      CompletableFuture<CheckReport> running = check.transactionsBeside();
      awaitServed("load", Instant.now(), running);
      for (String server : List.of("POSTGRES", "KAFKA", "MYSQL")) {
        freeze(server, running);
        if (FULL) {
          kill(server, running);
        }
      }
      check.endAfter(FULL ? 2_000 : 100);
      CheckReport report = running.join();
      System.out.println("seed " + plan.seed() + "\n" + report.print());

      assertThat(report.passed()).as("seed %d%n%s", plan.seed(), report.print()).isTrue();
      assertThat(report.different()).isZero();
    }
    JsonNode after = status();
    assertThat(after.required("job").required("state").asText()).isEqualTo("RUNNING");
    assertThat(SharedSystem.lastFailure())
        .as("the job waits, it does not start again")
        .isEqualTo(before);
    assertThat(after.required("troubles")).as("%s", after).isEmpty();
  }

  @Test
  void anIdleSourceStaysFresh() throws Exception {
    ReaderClient reader = new ReaderClient(SharedSystem.endpoints());
    awaitServed("idle", Instant.now(), new CompletableFuture<>());
    Instant end = Instant.now().plus(FRESHNESS.multipliedBy(2)).plusSeconds(1);
    long oldest = 0;
    int answers = 0;
    while (Instant.now().isBefore(end)) {
      JsonNode answer = reader.ask("unread_conversations", "1/1", 1);
      assertThat(answer.path("source").asText()).as("%s", answer).isEqualTo("projection");
      oldest = Math.max(oldest, answer.path("lag_ms").longValue());
      answers++;
    }
    System.out.printf("idle until %s: %d answers, the oldest of %d ms%n", end, answers, oldest);
    assertThat(oldest).isLessThan(FRESHNESS.toMillis());
  }

  private static void freeze(String server, CompletableFuture<?> running) throws Exception {
    List<ProcessHandle> processes = FAULTS.processes(server);
    Faults.signal("STOP", processes);
    Instant thaw = Instant.now().plus(FROZEN);
    try {
      if (server.equals("MYSQL")) {
        theReaderReportsItInTime();
      }
      // The signal takes effect a moment later on a busy machine.
      String remedy = "kill -CONT " + processes.get(0).pid();
      String[] troubles = new String[1];
      Launcher.await(
          Duration.ofSeconds(3),
          () -> {
            troubles[0] = status().required("troubles").toString();
            return troubles[0].contains(remedy);
          });
      System.out.printf("%s frozen: %s%n", server, troubles[0]);
      assertThat(troubles[0]).contains(remedy);
      assertThat(Launcher.await(FROZEN, () -> Instant.now().isAfter(thaw))).isTrue();
    } finally {
      Faults.signal("CONT", processes);
    }
    awaitServed(server + " was frozen for " + FROZEN, Instant.now(), running);
  }

  private static void kill(String server, CompletableFuture<?> running) throws Exception {
    Instant killed = Instant.now();
    FAULTS.kill(server);
    System.out.printf(
        "%s was started again after %d ms%n",
        server, Duration.between(killed, Instant.now()).toMillis());
    awaitServed(server + " was killed", killed, running);
  }

  /** MySQL neither confirms what the projection has nor answers itself. */
  private static void theReaderReportsItInTime() throws Exception {
    ReaderClient reader = new ReaderClient(SharedSystem.endpoints());
    Instant frozen = Instant.now();
    ReaderClient.Response[] response = new ReaderClient.Response[1];
    assertThat(
            Launcher.await(
                FRESHNESS.plusSeconds(1),
                () -> {
                  response[0] = ask(reader);
                  return response[0].status() != 200;
                }))
        .isTrue();
    System.out.printf(
        "MYSQL frozen: %d after %d ms, the request took %d ms%n",
        response[0].status(),
        Duration.between(frozen, Instant.now()).toMillis(),
        response[0].took().toMillis());
    assertThat(response[0].status()).isEqualTo(503);
    assertThat(response[0].retryAfter()).hasValue("1");
    assertThat(response[0].took()).isLessThan(Duration.ofSeconds(5));
  }

  /** The projection serves again, confirmed by MySQL after a moment. */
  private static void awaitServed(String what, Instant since, CompletableFuture<?> running)
      throws Exception {
    ReaderClient reader = new ReaderClient(SharedSystem.endpoints());
    Instant again = Instant.now();
    assertThat(
            Launcher.await(
                PATIENCE,
                () -> {
                  assertThat(running).isNotDone();
                  ReaderClient.Response response = ask(reader);
                  return response.status() == 200
                      && response.body().path("source").asText().equals("projection")
                      && Instant.parse(response.body().path("as_of").asText()).isAfter(again);
                }))
        .as("the projection serves after: %s", what)
        .isTrue();
    System.out.printf(
        "%s: served from the projection after %d ms%n",
        what, Duration.between(since, Instant.now()).toMillis());
  }

  private static ReaderClient.Response ask(ReaderClient reader) {
    try {
      return reader.response("unread_conversations", "1/1", 1);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode status() throws Exception {
    return new ObjectMapper().readTree(SharedSystem.execute("status", "--json").out());
  }
}
