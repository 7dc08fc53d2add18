package dev.freshet.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.cli.job.FlinkApi;
import dev.freshet.config.ConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The dashboard, the alert rules and the page of metrics name what Flink exports. */
@Tag(SharedSystem.TAG)
class JobMetricsIT {
  private static final Pattern NAME = Pattern.compile("flink_[A-Za-z_]+");

  /** Only a job over events has it; the test of its operator compares the name. */
  private static final String OF_EVENTS = "flink_taskmanager_job_task_operator_removedRecords";

  @Test
  void everyMetricIsExported() throws Exception {
    var unused = SharedSystem.endpoints();
    Path configuration = SharedSystem.launcher().layout().configuration();
    FlinkApi flink = new FlinkApi(ConfigReader.read(configuration, Map.of()).flink());
    Set<String> named = new TreeSet<>();
    for (String file :
        List.of("dashboards/freshet.json", "alerts/freshet.yaml", "docs/alarms.md")) {
      named.addAll(named(Path.of("..").resolve(file)));
    }
    named.remove(OF_EVENTS);
    assertThat(named).hasSizeGreaterThan(5);
    // Flink collects the metrics of a cluster every ten seconds.
    Launcher.await(Duration.ofSeconds(30), () -> exported(flink).containsAll(named));
    assertThat(exported(flink)).containsAll(named);
  }

  private static Set<String> named(Path file) throws IOException {
    return Set.copyOf(
        NAME.matcher(Files.readString(file))
            .results()
            .map(MatchResult::group)
            // The page says "all other flink_… metrics".
            .filter(name -> !name.endsWith("_"))
            .toList());
  }

  /** Returns the names as Prometheus shows them: Flink's scope, then the metric. */
  private static Set<String> exported(FlinkApi flink) {
    Set<String> names = new TreeSet<>();
    each(flink, "/jobmanager/metrics", id -> names.add(name("jobmanager", id)));
    for (JsonNode each : flink.get("/taskmanagers").path("taskmanagers")) {
      String path = "/taskmanagers/" + each.path("id").asText() + "/metrics";
      each(flink, path, id -> names.add(name("taskmanager", id)));
    }
    for (JsonNode each : flink.get("/jobs").path("jobs")) {
      String job = "/jobs/" + each.path("id").asText();
      each(flink, job + "/metrics", id -> names.add(name("jobmanager_job", id)));
      for (JsonNode vertex : flink.get(job).path("vertices")) {
        String path = job + "/vertices/" + vertex.path("id").asText() + "/metrics";
        each(
            flink,
            path,
            id -> {
              String ofTask = id.replaceFirst("^\\d+\\.", "");
              names.add(name("taskmanager_job_task", ofTask));
              names.add(
                  name("taskmanager_job_task_operator", ofTask.replaceFirst("^[^.]*\\.", "")));
            });
      }
    }
    return names;
  }

  private static String name(String scope, String id) {
    return "flink_" + scope + "_" + id.replaceAll("[^A-Za-z0-9_]", "_");
  }

  private static void each(FlinkApi flink, String path, Consumer<String> id) {
    flink.get(path).forEach(metric -> id.accept(metric.path("id").asText()));
  }
}
