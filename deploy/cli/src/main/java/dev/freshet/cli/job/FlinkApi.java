package dev.freshet.cli.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.cli.Failure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The REST interface of a cluster. Whatever does not work is a {@link Failure} that names it. */
public final class FlinkApi {
  private static final String SUPPORTED = "1.20.";
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build();
  private final ObjectMapper json = new ObjectMapper();
  private final String url;

  /**
   * A job that the cluster knows, be it over or not.
   *
   * @param state such as RUNNING
   * @param start in milliseconds
   */
  public record Listed(String id, String name, String state, long start) {
    /** Whether it will do nothing any more. */
    public boolean isOver() {
      return switch (state) {
        case "FINISHED", "CANCELED", "FAILED" -> true;
        default -> false;
      };
    }
  }

  public FlinkApi(String url) {
    this.url = url;
  }

  public String url() {
    return url;
  }

  /** Refuses clusters of other versions than the job is built for. */
  public void requireSupported() {
    String version = get("/config").path("flink-version").asText();
    if (!version.startsWith(SUPPORTED)) {
      throw new Failure(
          "Flink %s: it is version %s; Freshet runs on Flink 1.20".formatted(url, version));
    }
  }

  /** The jobs of a name, the newest first. */
  public List<Listed> jobs(String name) {
    List<Listed> jobs = new ArrayList<>();
    for (JsonNode job : get("/jobs/overview").path("jobs")) {
      if (job.path("name").asText().equals(name)) {
        jobs.add(
            new Listed(
                job.path("jid").asText(),
                name,
                job.path("state").asText(),
                job.path("start-time").asLong()));
      }
    }
    jobs.sort(Comparator.comparingLong(Listed::start).reversed());
    return jobs;
  }

  /** The job of a name that is not over. */
  public Optional<Listed> running(String name) {
    return jobs(name).stream().filter(job -> !job.isOver()).findFirst();
  }

  /**
   * A failure of a job, be it that the job restarted after it or not.
   *
   * @param at in milliseconds
   * @param cause in one line
   */
  public record JobFailure(long at, String cause) {}

  /** The newest failure of a job; empty when none is known. Flink keeps the newest 16. */
  public Optional<JobFailure> lastFailure(String id) {
    return find("/jobs/" + id + "/exceptions").flatMap(FlinkApi::newest);
  }

  /** The history has a failure only once it was handled, so the root exception may be newer. */
  private static Optional<JobFailure> newest(JsonNode exceptions) {
    JsonNode handled = exceptions.path("exceptionHistory").path("entries").path(0);
    boolean isHandled = handled.path("timestamp").asLong() >= exceptions.path("timestamp").asLong();
    JsonNode at = isHandled ? handled : exceptions;
    return rootCause(at.path(isHandled ? "stacktrace" : "root-exception").asText(""))
        .map(cause -> new JobFailure(at.path("timestamp").asLong(), cause));
  }

  /** Why a job failed last, in one line; empty when it did not. */
  public Optional<String> cause(String id) {
    return lastFailure(id).map(JobFailure::cause);
  }

  /** The last cause that a stack trace names, in one line. */
  static Optional<String> rootCause(String trace) {
    String cause = "";
    for (String line : trace.lines().toList()) {
      if (line.startsWith("Caused by: ") || cause.isEmpty()) {
        cause = line.replaceFirst("^Caused by: ", "").strip();
      }
    }
    return cause.isEmpty() ? Optional.empty() : Optional.of(cause);
  }

  /** Answers of 200 only. */
  public JsonNode get(String path) {
    return send(request(path).GET());
  }

  /** What may not be there, such as the checkpoints of a job just gone. */
  public Optional<JsonNode> find(String path) {
    try {
      HttpResponse<String> response = answer(request(path).GET());
      return response.statusCode() == 200
          ? Optional.of(json.readTree(response.body()))
          : Optional.empty();
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  JsonNode post(String path, Object body) {
    try {
      return send(
          request(path)
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(json.writeValueAsString(body))));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  void cancel(String id) {
    send(
        request("/jobs/" + id + "?mode=cancel")
            .method("PATCH", HttpRequest.BodyPublishers.noBody()));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path)).timeout(TIMEOUT);
  }

  private JsonNode send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response = answer(request);
      if (response.statusCode() / 100 != 2) {
        String said = json.readTree(response.body()).path("errors").path(0).asText();
        throw new Failure(
            "Flink %s: %s".formatted(url, rootCause(said).orElse("" + response.statusCode())));
      }
      return response.body().isBlank() ? json.nullNode() : json.readTree(response.body());
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  private HttpResponse<String> answer(HttpRequest.Builder request) throws IOException {
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("Interrupted while asking Flink", e);
    }
  }

  private Failure unreachable(IOException e) {
    return new Failure(
        "Flink %s: it does not answer (%s); check flink.url and that the cluster runs"
            .formatted(url, e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()),
        e);
  }
}
