package dev.freshet.reader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.reader.answer.Rejection;
import dev.freshet.telemetry.Collector;
import dev.freshet.telemetry.TelemetryOptions;
import io.opentelemetry.proto.metrics.v1.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReaderMetricsTest {
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
  private static final StoreFigures FIGURES =
      new StoreFigures(
          Map.of(new StoreFigures.Of("unread", "applied"), 1L),
          Map.of(new StoreFigures.Of("unread", "too-large"), 1L),
          Map.of("unread", true),
          Map.of("job", new StoreFigures.Backlog(1, Optional.of(NOW))),
          Map.of("job", Optional.of(NOW)),
          Map.of("unread", new StoreFigures.Verification(NOW, Map.of("verified", 1L), 1)),
          Optional.of(NOW),
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of());

  @Test
  void whatPrometheusScrapesIsExportedToACollector() throws IOException {
    try (Collector collector = Collector.start()) {
      ReaderMetrics metrics =
          ReaderMetrics.exportedTo(new TelemetryOptions(collector.endpoint(), 0));
      metrics.refused("overload");
      metrics.store(() -> NOW).show(FIGURES);
      metrics.close();

      assertThat(collector.problems()).isEmpty();
      assertThat(collector.services()).containsExactly("freshet-reader");
      assertThat(collector.metrics())
          .extracting(Metric::getName)
          .contains(
              "freshet.reader.problems", "freshet.reader.answer", "freshet.store.lag.seconds");
      assertThat(metrics.scrape())
          .contains(
              "freshet_reader_problems_total{kind=\"overload\"} 1", "freshet_store_lag_seconds");
    }
  }

  @Test
  void alarmsMdListsEveryMetric() throws IOException {
    String scrape = counted();
    assertThat(names(scrape))
        .contains("freshet_reader_wait_seconds", "freshet_store_verification_age_seconds");
    assertListed(scrape);
  }

  /** Returns a response of {@code /metrics} in which each thing has been counted once. */
  private static String counted() {
    ReaderMetrics metrics = new ReaderMetrics();
    metrics.refused("overload");
    metrics.requested("unread", "repair");
    metrics.rejected(Rejection.BREAKER);
    metrics.waited(true, Duration.ZERO);
    metrics.connectionRefused("reader.connections");
    metrics.shareRefused("streams");
    metrics.compared("unread");
    metrics.startedAt(NOW);
    metrics.store(() -> NOW).show(FIGURES);
    return metrics.scrape();
  }

  /**
   * Fails if the dashboard or the alert rules name a metric that a reader does not export.
   *
   * @param scrape a response of a reader that has answered a read
   */
  static void assertDashboardAndAlertsAreExported(String scrape) throws IOException {
    Set<String> exported = new TreeSet<>();
    Pattern.compile("^freshet_[a-z_]+", Pattern.MULTILINE)
        .matcher(scrape + counted())
        .results()
        .forEach(name -> exported.add(name.group()));
    for (String file : List.of("dashboards/freshet.json", "alerts/freshet.yaml")) {
      List<String> used =
          Pattern.compile("freshet_(?:reader|store)_[a-z_]+")
              .matcher(Files.readString(Path.of("../../deploy").resolve(file)))
              .results()
              .map(MatchResult::group)
              .distinct()
              .toList();
      assertThat(used).as(file).isNotEmpty();
      assertThat(exported).as("metrics that %s names", file).containsAll(used);
    }
  }

  /** Fails if {@code alarms.md} lacks a metric of a response of {@code /metrics}. */
  static void assertListed(String scrape) throws IOException {
    String alarms = Files.readString(Path.of("../../deploy/docs/alarms.md"));
    assertThat(names(scrape).stream().filter(name -> !alarms.contains("| `" + name + "` |")))
        .as("metrics that alarms.md lacks")
        .isEmpty();
  }

  /** Returns the names of the metrics. Each histogram also has a gauge of its maximum. */
  private static List<String> names(String scrape) {
    return scrape
        .lines()
        .filter(line -> line.startsWith("# TYPE freshet_"))
        .map(line -> line.split(" ", 4)[2].replaceFirst("_max$", ""))
        .distinct()
        .toList();
  }
}
