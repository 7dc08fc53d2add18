package dev.freshet.flow.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.JobUnderTest;
import dev.freshet.telemetry.Collector;
import dev.freshet.telemetry.TelemetryOptions;
import dev.freshet.view.Version;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.file.Path;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests the spans of a running job. */
class FlushSpansIT {
  private static final String VIEW =
      """
      CREATE MATERIALIZED TABLE notes_of (PRIMARY KEY (owner, id) NOT ENFORCED)
      PARTITIONED BY (owner) WITH ('populate' = 'eager') FRESHNESS = INTERVAL '5' SECOND
      AS SELECT n.owner, n.id FROM notes n ORDER BY id
      """;

  @TempDir private Path folder;

  @Test
  @Timeout(120)
  void aChangeIsFlushedByASpanThatReachesItsPlaceInTheBinlog() throws Exception {
    try (Collector collector = Collector.start();
        JobUnderTest job =
            new JobUnderTest("flush_spans").with(new TelemetryOptions(collector.endpoint(), 1));
        Statement source = job.source().createStatement()) {
      source.execute("CREATE TABLE notes (id BIGINT PRIMARY KEY, owner BIGINT NOT NULL)");
      source.execute("INSERT INTO notes VALUES (1, 1)");
      job.start(folder, List.of(VIEW), 2, 100);
      source.execute("INSERT INTO notes VALUES (2, 1), (3, 2), (4, 3)");
      long end = JobUnderTest.end(source);
      job.awaitProgress();
      // Each of the two writers exports its spans by itself.
      while (entries(collector) < 4
          || collector.spans().stream().noneMatch(span -> reaches(span, end))) {
        Thread.sleep(50);
      }

      assertThat(collector.problems()).isEmpty();
      assertThat(collector.services()).containsExactly("freshet-job");
      assertThat(collector.spans()).extracting(Span::getName).containsOnly("flush");
      assertThat(collector.spans())
          .allSatisfy(
              span ->
                  assertThat(Collector.attributes(span))
                      .containsEntry("freshet.job", "flush_spans")
                      .containsKey("freshet.key_groups"));
    }
  }

  private static boolean reaches(Span span, long end) {
    Map<String, String> attributes = Collector.attributes(span);
    return Version.parse(attributes.get("freshet.version")) >= end
        && Long.parseLong(attributes.getOrDefault("freshet.lag_ms", "-1")) >= 0;
  }

  private static long entries(Collector collector) {
    return collector.spans().stream()
        .mapToLong(span -> Long.parseLong(Collector.attributes(span).get("freshet.entries")))
        .sum();
  }
}
