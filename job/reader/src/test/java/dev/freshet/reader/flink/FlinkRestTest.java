package dev.freshet.reader.flink;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests against a server that answers as Flink 1.20 does. */
class FlinkRestTest {
  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final CountDownLatch silence = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server = start();

  private HttpServer start() {
    try {
      HttpServer started =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      started.createContext(
          "/",
          exchange -> {
            String answer = answers.getOrDefault(exchange.getRequestURI().toString(), "404");
            if (answer.equals("silence")) {
              awaitEnd();
            }
            boolean isStatus = answer.matches("[0-9]{3}");
            byte[] body = (isStatus ? "{}" : answer).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(isStatus ? Integer.parseInt(answer) : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
          });
      started.setExecutor(threads);
      started.start();
      return started;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void awaitEnd() {
    try {
      silence.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void stop() {
    silence.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void readsTheNewestJobOfEachName() throws Exception {
    answers.put(
        "/jobs/overview",
        """
        {"jobs": [
          {"jid": "a1", "name": "freshet", "state": "CANCELED", "start-time": 1000},
          {"jid": "a2", "name": "freshet", "state": "RUNNING", "start-time": 2000},
          {"jid": "b", "name": "foreign", "state": "RUNNING", "start-time": 3000},
          {"jid": "c", "name": "salaries", "state": "RESTARTING", "start-time": 4000}]}
        """);
    answers.put(
        "/jobs/a2/metrics?get=numRestarts", "[{\"id\": \"numRestarts\", \"value\": \"3\"}]");
    answers.put(
        "/jobs/a2/checkpoints",
        """
        {"counts": {"completed": 17, "failed": 2},
         "latest": {"completed": {"latest_ack_timestamp": 9000, "end_to_end_duration": 120,
                                  "state_size": 4096}}}
        """);
    answers.put(
        "/jobs/a2",
        """
        {"vertices": [{"id": "v1", "name": "Source: mysql -> capture -> split"},
                      {"id": "v2", "name": "node"}]}
        """);
    answers.put(
        "/jobs/a2/vertices/v1/subtasks/metrics?get=capture.numRecordsIn",
        "[{\"id\": \"capture.numRecordsIn\", \"sum\": 1234.0}]");

    FlinkFigures figures = read("freshet", "salaries", "absent");

    assertThat(figures.problem()).isEmpty();
    assertThat(figures.at()).isBetween(Instant.now().minusSeconds(60), Instant.now());
    assertThat(figures.jobs())
        .isEqualTo(
            Map.of(
                "freshet",
                new FlinkFigures.Job(
                    "RUNNING",
                    Instant.ofEpochMilli(2000),
                    3,
                    Optional.of(
                        new FlinkFigures.Checkpoint(
                            Instant.ofEpochMilli(9000), Duration.ofMillis(120), 4096, 17, 2)),
                    OptionalLong.of(1234),
                    OptionalLong.empty()),
                "salaries",
                new FlinkFigures.Job(
                    "RESTARTING",
                    Instant.ofEpochMilli(4000),
                    0,
                    Optional.empty(),
                    OptionalLong.empty(),
                    OptionalLong.empty())));
    assertThat(figures.estimated(job -> OptionalLong.of(job.length())).jobs())
        .extractingByKey("freshet")
        .extracting(FlinkFigures.Job::rowsEstimated)
        .isEqualTo(OptionalLong.of(7));
  }

  @Test
  @Timeout(30)
  void aFlinkThatIsSilentOrAwayOrAnotherServerIsAProblem() throws Exception {
    answers.put("/jobs/overview", "silence");
    assertThat(read("freshet").problem()).isPresent();
    answers.put("/jobs/overview", "404");
    assertThat(read("freshet").problem()).contains("its status is 404");
    answers.put("/jobs/overview", "<html>");
    assertThat(read("freshet").problem()).isPresent();
    answers.put(
        "/jobs/overview",
        "{\"jobs\": [{\"jid\": \"a\", \"name\": \"freshet\", \"start-time\": 1}]}");
    answers.put("/jobs/a/checkpoints", "500");
    assertThat(read("freshet").problem()).contains("its status is 500");
    answers.put("/jobs/a/checkpoints", "404");
    assertThat(read("freshet").problem()).isEmpty();
    server.stop(0);
    FlinkFigures away = read("freshet");
    assertThat(away.problem()).isPresent();
    assertThat(away.jobs()).isEmpty();
  }

  private FlinkFigures read(String... names) throws InterruptedException {
    return new FlinkRest(
            "http://127.0.0.1:" + server.getAddress().getPort(), Duration.ofMillis(500))
        .read(List.of(names));
  }
}
