package dev.freshet.reader.flink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.view.form.OneLine;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Asks Flink's REST interface about jobs. It sends GET requests only, each with a time limit.
 * Thread-safe.
 */
final class FlinkRest {
  private static final JsonMapper JSON = new JsonMapper();

  /** The name of capture's operator in Flink, and its count of rows and changes. */
  private static final String CAPTURE = "capture";

  private final String url;
  private final Duration patience;
  private final HttpClient http;

  /**
   * Creates a client without connecting.
   *
   * @param url the address, without a slash at the end
   * @param patience the time limit of each request
   */
  FlinkRest(String url, Duration patience) {
    this.url = url;
    this.patience = patience;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(patience)
            .build();
  }

  /**
   * Asks about the newest job of each name. Blocks. If Flink does not answer, the figures say why.
   *
   * @throws InterruptedException if the thread is interrupted
   */
  FlinkFigures read(Collection<String> names) throws InterruptedException {
    Instant at = Instant.now();
    try {
      Map<String, JsonNode> newest = new HashMap<>();
      for (JsonNode job : get("/jobs/overview").path("jobs")) {
        String name = job.path("name").asText();
        if (names.contains(name) && job.path("start-time").asLong() > started(newest.get(name))) {
          newest.put(name, job);
        }
      }
      Map<String, FlinkFigures.Job> jobs = new HashMap<>();
      for (Map.Entry<String, JsonNode> job : newest.entrySet()) {
        jobs.put(job.getKey(), read(job.getValue()));
      }
      return new FlinkFigures(at, Optional.empty(), jobs);
    } catch (IOException e) {
      return FlinkFigures.unknown(
          at, OneLine.of(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
    }
  }

  private static long started(JsonNode job) {
    return job == null ? Long.MIN_VALUE : job.path("start-time").asLong();
  }

  private FlinkFigures.Job read(JsonNode job) throws IOException, InterruptedException {
    String path = "/jobs/" + job.path("jid").asText();
    return new FlinkFigures.Job(
        job.path("state").asText(),
        Instant.ofEpochMilli(job.path("start-time").asLong()),
        get(path + "/metrics?get=numRestarts").path(0).path("value").asLong(),
        checkpoint(get(path + "/checkpoints")),
        rowsRead(path),
        OptionalLong.empty());
  }

  private static Optional<FlinkFigures.Checkpoint> checkpoint(JsonNode all) {
    JsonNode newest = all.path("latest").path("completed");
    if (!newest.isObject()) {
      return Optional.empty();
    }
    return Optional.of(
        new FlinkFigures.Checkpoint(
            Instant.ofEpochMilli(newest.path("latest_ack_timestamp").asLong()),
            Duration.ofMillis(newest.path("end_to_end_duration").asLong()),
            newest.path("state_size").asLong(),
            all.path("counts").path("completed").asLong(),
            all.path("counts").path("failed").asLong()));
  }

  private OptionalLong rowsRead(String path) throws IOException, InterruptedException {
    for (JsonNode vertex : get(path).path("vertices")) {
      if (vertex.path("name").asText().contains(CAPTURE)) {
        JsonNode sum =
            get("%s/vertices/%s/subtasks/metrics?get=%s.numRecordsIn"
                    .formatted(path, vertex.path("id").asText(), CAPTURE))
                .path(0)
                .path("sum");
        return sum.isNumber() ? OptionalLong.of(sum.asLong()) : OptionalLong.empty();
      }
    }
    return OptionalLong.empty();
  }

  /** Returns the JSON of a path; empty JSON for what the job does not have, such as checkpoints. */
  private JsonNode get(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url + path)).timeout(patience).build();
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() == 404 && !path.equals("/jobs/overview")) {
      return JSON.createObjectNode();
    }
    if (response.statusCode() != 200) {
      throw new IOException("its status is " + response.statusCode());
    }
    return JSON.readTree(response.body());
  }
}
