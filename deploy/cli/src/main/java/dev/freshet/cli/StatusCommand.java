package dev.freshet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.check.Endpoints;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** One screen of what runs. Exits with 1 when something of it does not. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    header = "Say what runs: processes, memory, job, checkpoints, freshness.")
final class StatusCommand implements Callable<Integer> {
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private final ObjectMapper json = new ObjectMapper();

  @Spec private CommandSpec spec;
  @Mixin private HomeOption home;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Layout layout = home.layout();
    PrintWriter out = spec.commandLine().getOut();
    OptionalLong supervisor = Instance.running(layout);
    if (supervisor.isEmpty()) {
      out.println("nothing runs in " + layout.home() + "; start it with ./deploy/freshet up");
      return 1;
    }
    if (!Files.exists(layout.endpoints())) {
      out.println("starting, supervisor " + supervisor.getAsLong());
      return 1;
    }
    Running running = Running.read(layout);
    Endpoints endpoints = Endpoints.read(layout.endpoints());
    boolean healthy = processes(out, running, endpoints, supervisor.getAsLong());
    healthy &= job(out, endpoints);
    healthy &= view(out, endpoints);
    out.printf(
        "%-20s %s%n", "resident in all", Memory.print(running.resident(supervisor.getAsLong())));
    return healthy ? 0 : 1;
  }

  private static boolean processes(
      PrintWriter out, Running running, Endpoints endpoints, long supervisor) {
    out.printf("%-20s %8s  %-9s %10s %10s%n", "", "process", "port", "up", "resident");
    boolean all = true;
    out.printf(
        "%-20s %8d  %-9s %10s %10s%n",
        "Supervisor", supervisor, "", uptime(supervisor), Memory.print(Memory.own(supervisor)));
    for (var process : running.processes().entrySet()) {
      long pid = process.getValue();
      boolean alive = ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
      all &= alive;
      out.printf(
          "%-20s %8d  %-9s %10s %10s%n",
          process.getKey(),
          pid,
          port(process.getKey(), endpoints),
          alive ? uptime(pid) : "DEAD",
          Memory.print(Memory.resident(pid)));
    }
    return all;
  }

  private static String port(String name, Endpoints endpoints) {
    return switch (name) {
      case "MySQL" -> endpoints.get("MYSQL_PORT");
      case "Postgres" -> endpoints.get("POSTGRES_PORT");
      case "Kafka" -> afterColon(endpoints.get("KAFKA_BOOTSTRAP"));
      case "Flink job manager" -> afterColon(endpoints.get("FLINK_URL"));
      case "Reader" -> afterColon(endpoints.get("READER_URL"));
      default -> "";
    };
  }

  private static String afterColon(String address) {
    return address.substring(address.lastIndexOf(':') + 1);
  }

  private static String uptime(long pid) {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().startInstant())
        .map(start -> Duration.between(start, Instant.now()))
        .map(up -> "%d:%02d:%02d".formatted(up.toHours(), up.toMinutesPart(), up.toSecondsPart()))
        .orElse("");
  }

  private boolean job(PrintWriter out, Endpoints endpoints) throws InterruptedException {
    String url = endpoints.get("FLINK_URL");
    try {
      boolean running = false;
      for (JsonNode job : get(url + "/jobs/overview", null).path("jobs")) {
        String id = job.path("jid").asText();
        String state = job.path("state").asText();
        running |= state.equals("RUNNING");
        JsonNode checkpoints = get(url + "/jobs/" + id + "/checkpoints", null);
        out.printf(
            "%-20s %s %s, checkpoints: %d done, %d failed, newest %s%n",
            "job " + job.path("name").asText(),
            state,
            id,
            checkpoints.path("counts").path("completed").asLong(),
            checkpoints.path("counts").path("failed").asLong(),
            newest(checkpoints.path("latest").path("completed")));
      }
      if (!running) {
        out.printf("%-20s none is RUNNING; see %s%n", "job", url);
      }
      return running;
    } catch (IOException e) {
      out.printf("%-20s Flink at %s does not answer (%s)%n", "job", url, Failure.line(e));
      return false;
    }
  }

  private static String newest(JsonNode checkpoint) {
    if (checkpoint.isMissingNode() || checkpoint.isNull()) {
      return "none yet";
    }
    long age =
        Duration.between(
                Instant.ofEpochMilli(checkpoint.path("latest_ack_timestamp").asLong()),
                Instant.now())
            .toSeconds();
    return "%d s ago, %d KiB in %d ms"
        .formatted(
            age,
            checkpoint.path("state_size").asLong() >> 10,
            checkpoint.path("end_to_end_duration").asLong());
  }

  private boolean view(PrintWriter out, Endpoints endpoints) throws InterruptedException {
    String url = endpoints.get("READER_URL");
    try {
      JsonNode answer =
          get(url + "/v1/views/unread_conversations/1/1?limit=1", endpoints.get("READER_TOKEN"));
      if (!answer.has("source")) {
        out.printf("%-20s answers at %s%n", "reader", url);
        return true;
      }
      out.printf(
          "%-20s answers from %s, version %s, lag %d ms%n",
          "reader",
          answer.path("source").asText(),
          answer.path("version").asText(),
          answer.path("lag_ms").asLong());
      return answer.path("source").asText().equals("projection");
    } catch (IOException e) {
      out.printf("%-20s at %s does not answer (%s)%n", "reader", url, Failure.line(e));
      return false;
    }
  }

  private JsonNode get(String url, String token) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(5));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return json.readTree(http.send(request.build(), HttpResponse.BodyHandlers.ofString()).body());
  }
}
