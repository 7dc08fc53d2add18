package dev.freshet.cli.supervise;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.cli.Failure;
import dev.freshet.cli.Layout;
import dev.freshet.servers.FlinkClient;
import dev.freshet.servers.FlinkConfig;
import dev.freshet.servers.ServerException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The main job on the cluster: how it gets there, and from where it goes on. */
final class Job {
  private static final Duration SUBMIT = Duration.ofMinutes(2);
  private static final Pattern SUBMITTED = Pattern.compile("JobID ([0-9a-f]{32})");
  private static final Pattern REFUSED = Pattern.compile("dev\\.freshet\\.[\\w.]*Refused: (.+)");

  private final Layout layout;
  private final FlinkConfig flink;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private final ObjectMapper json = new ObjectMapper();

  Job(Layout layout, FlinkConfig flink) {
    this.layout = layout;
    this.flink = flink;
  }

  /**
   * Submits it with Flink's own client, from the newest complete checkpoint if there is one.
   *
   * @return the job's id
   * @throws Failure with the job's own line when it refuses what it was given
   */
  String submit() {
    List<String> arguments = new ArrayList<>(List.of("run", "-d"));
    newestCheckpoint().ifPresent(path -> arguments.addAll(List.of("-s", path.toUri().toString())));
    arguments.addAll(
        List.of(
            "-c",
            "dev.freshet.flow.FreshetJob",
            layout.jobJar().toString(),
            "--options",
            layout.jobOptions().toString()));
    try {
      String printed = new FlinkClient(flink).run(arguments, SUBMIT);
      Matcher submitted = SUBMITTED.matcher(printed);
      if (!submitted.find()) {
        throw new Failure("Job: Flink's client named no job; see " + flink.directory());
      }
      return submitted.group(1);
    } catch (ServerException e) {
      Matcher refused = REFUSED.matcher(e.getMessage());
      if (refused.find()) {
        throw new Failure(refused.group(1), e);
      }
      throw e;
    }
  }

  /** The state of the newest job, such as RUNNING; empty when the cluster has none. */
  Optional<String> state() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(flink.url() + "/jobs/overview"))
            .timeout(Duration.ofSeconds(5))
            .build();
    JsonNode jobs =
        json.readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body()).path("jobs");
    JsonNode newest = null;
    for (JsonNode job : jobs) {
      if (newest == null || job.path("start-time").asLong() > newest.path("start-time").asLong()) {
        newest = job;
      }
    }
    return Optional.ofNullable(newest).map(job -> job.path("state").asText());
  }

  /** The newest checkpoint of any job here whose metadata was written, which is done last. */
  Optional<Path> newestCheckpoint() {
    if (!Files.isDirectory(flink.checkpoints())) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.walk(flink.checkpoints(), 3)) {
      return files
          .filter(file -> file.endsWith("_metadata"))
          .max(Comparator.comparing(Job::written))
          .map(Path::getParent);
    } catch (IOException | java.io.UncheckedIOException e) {
      throw new Failure(
          "Checkpoints: " + flink.checkpoints() + " cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private static FileTime written(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      // Gone meanwhile: older ones are removed by Flink.
      return FileTime.fromMillis(0);
    }
  }
}
