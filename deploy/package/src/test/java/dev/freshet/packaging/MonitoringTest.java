package dev.freshet.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The alert rules and the dashboard. Other tests compare their metrics with the exported ones. */
class MonitoringTest {
  private static final Path ALERTS = Path.of("../alerts/freshet.yaml");
  private static final Path DASHBOARD = Path.of("../dashboards/freshet.json");

  @Test
  void everyAlertNamesItsLineInTheDocs() throws IOException {
    String page = Files.readString(Path.of("../docs/alarms.md"));
    for (JsonNode rule : rules()) {
      String url = rule.path("annotations").path("runbook_url").asText();
      assertThat(url).as("%s", rule).startsWith("deploy/docs/alarms.md#");
      assertThat(page).contains("| <a id=\"" + url.replaceFirst(".*#", "") + "\"></a>");
      assertThat(rule.path("annotations").path("summary").asText()).isNotEmpty();
      assertThat(rule.path("labels").path("severity").asText()).isIn("warning", "critical");
    }
  }

  @Test
  void alertsHaveDifferentNames() throws IOException {
    List<String> names = rules().stream().map(rule -> rule.path("alert").asText()).toList();
    assertThat(names).isNotEmpty().doesNotHaveDuplicates();
  }

  @Test
  void panelsHaveTheirOwnIdsAndPlaces() throws IOException {
    JsonNode panels = new ObjectMapper().readTree(DASHBOARD.toFile()).path("panels");
    Set<Integer> ids = new HashSet<>();
    Set<String> taken = new HashSet<>();
    for (JsonNode panel : panels) {
      assertThat(ids.add(panel.path("id").asInt())).as("id of %s", panel.path("title")).isTrue();
      JsonNode place = panel.path("gridPos");
      for (int x = 0; x < place.path("w").asInt(); x++) {
        for (int y = 0; y < place.path("h").asInt(); y++) {
          String cell = (place.path("x").asInt() + x) + "," + (place.path("y").asInt() + y);
          assertThat(taken.add(cell)).as("%s at %s", panel.path("title"), cell).isTrue();
        }
      }
      if (!panel.path("type").asText().equals("row")) {
        assertThat(panel.path("targets")).as("%s", panel.path("title")).isNotEmpty();
      }
    }
    assertThat(ids).hasSizeGreaterThan(10);
  }

  @Test
  void theRulesFireWhenTheyShould() throws Exception {
    assertThat(promtool("test", "rules", "freshet-test.yaml")).contains("SUCCESS");
  }

  @Test
  void theExampleOfPrometheusIsRight() throws Exception {
    assertThat(promtool("check", "config", "prometheus.yaml")).contains("SUCCESS");
  }

  /** The alerts select by the label job: a name of the example, and in Kubernetes the pods' app. */
  @Test
  void theScrapesGiveTheLabelsThatTheAlertsSelectBy() throws IOException {
    Set<String> selected = new TreeSet<>();
    Pattern.compile("\\bjob=\"([^\"]+)\"")
        .matcher(Files.readString(ALERTS))
        .results()
        .forEach(found -> selected.add(found.group(1)));
    YAMLMapper yaml = new YAMLMapper();
    assertThat(selected)
        .containsExactlyInAnyOrderElementsOf(
            yaml.readTree(ALERTS.resolveSibling("prometheus.yaml").toFile())
                .path("scrape_configs")
                .findValuesAsText("job_name"));

    JsonNode found =
        yaml.readTree(ALERTS.resolveSibling("prometheus-kubernetes.yaml").toFile())
            .path("scrape_configs")
            .path(0)
            .path("relabel_configs");
    assertThat(found)
        .anySatisfy(
            rule -> {
              assertThat(rule.path("source_labels").path(0).asText())
                  .isEqualTo("__meta_kubernetes_pod_label_app");
              assertThat(rule.path("target_label").asText()).isEqualTo("job");
            });
    JsonNode reader = DeployFiles.find("kubernetes/reader.yaml", "Deployment");
    JsonNode job = DeployFiles.find("kubernetes/job.yaml", "FlinkDeployment");
    // The operator names the pods' app after the deployment.
    assertThat(selected)
        .containsExactlyInAnyOrder(
            job.path("metadata").path("name").asText(),
            reader.at("/spec/template/metadata/labels/app").asText());
    String port = "prometheus.io/port";
    assertThat(reader.at("/spec/template/metadata/annotations").path(port).asText())
        .isEqualTo(reader.at("/spec/template/spec/containers/0/ports/0/containerPort").asText());
    assertThat(job.at("/spec/podTemplate/metadata/annotations").path(port).asText())
        .isEqualTo(job.at("/spec/flinkConfiguration").path("metrics.reporter.prom.port").asText());
  }

  private static String promtool(String... arguments) throws Exception {
    String install = "install promtool: apt-get install -y --no-install-recommends prometheus";
    List<String> command = new ArrayList<>(List.of("promtool"));
    command.addAll(List.of(arguments));
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .directory(Path.of("../alerts").toFile())
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      assertThat(System.getenv("CI")).as(install).isNull();
      assumeTrue(false, install);
      throw e;
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  private static List<JsonNode> rules() throws IOException {
    List<JsonNode> rules = new ArrayList<>();
    new YAMLMapper()
        .readTree(ALERTS.toFile())
        .path("groups")
        .forEach(group -> group.path("rules").forEach(rules::add));
    return rules;
  }
}
