package dev.freshet.cli.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.cli.Failure;
import dev.freshet.config.Config;
import dev.freshet.servers.ServerException;
import dev.freshet.servers.TlsKeys;
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
import javax.net.ssl.SSLException;

/**
 * The REST interface of a Flink cluster. Every problem is a {@link Failure} that names the cluster.
 * Thread-safe.
 */
public final class FlinkApi {
  private static final String SUPPORTED = "1.20.";
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final ObjectMapper json = new ObjectMapper();
  private final String url;
  private final HttpClient http;

  /**
   * A job of the cluster, running or ended.
   *
   * @param id its id
   * @param name its name
   * @param state its state, such as RUNNING
   * @param start when it was started, in milliseconds since the epoch
   */
  public record Listed(String id, String name, String state, long start) {
    /** Whether the job has ended. */
    public boolean isOver() {
      return switch (state) {
        case "FINISHED", "CANCELED", "FAILED" -> true;
        default -> false;
      };
    }
  }

  /**
   * Creates a client of a configuration's cluster without connecting to it.
   *
   * @throws Failure if the key store cannot be read
   */
  public FlinkApi(Config.Flink flink) {
    this(flink.url(), keys(flink));
  }

  /** Creates a client that shows no certificate. */
  FlinkApi(String url) {
    this(url, Optional.empty());
  }

  private FlinkApi(String url, Optional<TlsKeys> keys) {
    this.url = url;
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10));
    try {
      keys.ifPresent(each -> builder.sslContext(each.context()));
    } catch (ServerException e) {
      throw new Failure("flink.keystore-file: " + e.getMessage(), e);
    }
    this.http = builder.build();
  }

  /** Returns what clients of the cluster show and trust. */
  static Optional<TlsKeys> keys(Config.Flink flink) {
    return flink.keys().map(keys -> new TlsKeys(keys.file(), keys.password().reveal()));
  }

  public String url() {
    return url;
  }

  /**
   * Checks the version of the cluster.
   *
   * @throws Failure if it is not the version that the job is built for
   */
  public void requireSupported() {
    String version = get("/config").path("flink-version").asText();
    if (!version.startsWith(SUPPORTED)) {
      throw new Failure(
          "Flink %s: it is version %s; Freshet runs on Flink 1.20".formatted(url, version));
    }
  }

  /** Returns the jobs with a name, the newest first. */
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

  /** Returns the job with this name, unless there is none or it has ended. */
  public Optional<Listed> running(String name) {
    return jobs(name).stream().filter(job -> !job.isOver()).findFirst();
  }

  /**
   * A failure of a job, whether or not the job restarted after it.
   *
   * @param at when it happened, in milliseconds since the epoch
   * @param cause the root cause in one line
   */
  public record JobFailure(long at, String cause) {}

  /** Returns the newest failure of a job; empty if Flink has none. Flink keeps the newest 16. */
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

  /** Returns the cause of the newest failure of a job in one line; empty if there was none. */
  public Optional<String> cause(String id) {
    return lastFailure(id).map(JobFailure::cause);
  }

  /** Returns the last cause of a stack trace in one line; empty if the text is empty. */
  static Optional<String> rootCause(String trace) {
    String cause = "";
    for (String line : trace.lines().toList()) {
      if (line.startsWith("Caused by: ") || cause.isEmpty()) {
        cause = line.replaceFirst("^Caused by: ", "").strip();
      }
    }
    return cause.isEmpty() ? Optional.empty() : Optional.of(cause);
  }

  /**
   * Sends a GET request.
   *
   * @throws Failure unless the status is 2xx
   */
  public JsonNode get(String path) {
    return send(request(path).GET());
  }

  /**
   * Sends a GET request for a resource that may not exist, such as the checkpoints of a job that
   * has ended; empty unless the status is 200.
   */
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
        String message = json.readTree(response.body()).path("errors").path(0).asText();
        throw new Failure(
            "Flink %s: %s".formatted(url, rootCause(message).orElse("" + response.statusCode())));
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
      throw new Failure("Interrupted while waiting for Flink", e);
    }
  }

  private Failure unreachable(IOException e) {
    String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return new Failure(
        e instanceof SSLException
            ? "Flink %s: TLS fails (%s); check flink.keystore-file: it must hold a key that the cluster trusts, and trust the cluster's certificate"
                .formatted(url, why)
            : "Flink %s: it does not answer (%s); check flink.url and that the cluster runs"
                .formatted(url, why),
        e);
  }
}
