package dev.freshet.reader;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.servers.LocalServers;
import dev.freshet.servers.PostgresServer;
import dev.freshet.store.VerificationTable;
import dev.freshet.view.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tests the store's metrics in the response of {@code /metrics}. The test starts its own store. */
class StoreMetricsIT {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  @Test
  void theStoresFiguresAreThereAsLongAsItAnswers() throws Exception {
    PostgresServer postgres = LocalServers.newPostgres();
    try (World world = World.of(LocalServers.mysql(), postgres, World.LIMITS)) {
      world.inMysql("CREATE TABLE notes (id BIGINT PRIMARY KEY, owner BIGINT NOT NULL)");
      var unused =
          world.register(
              """
              CREATE MATERIALIZED TABLE notes_of (PRIMARY KEY (owner, id) NOT ENFORCED)
              PARTITIONED BY (owner)
              FRESHNESS = INTERVAL '5' SECOND
              AS SELECT n.owner, n.id FROM notes n
              """);
      world.progress(null, true);
      Soon.await(() -> value(world, "lag_seconds{job=\"job\"}").equals(Optional.of(Double.NaN)));
      assertThat(value(world, "invalid_view{view=\"notes_of\"}")).hasValue(0.0);
      assertThat(metrics(world)).doesNotContain("freshet_store_changes{");

      world.inPostgres(
          "INSERT INTO freshet.counts VALUES ('job', 'root', 0, 'notes_of', 7, 1, 2, 3, 0),"
              + " ('job', 'root', 1, 'notes_of', 70, 0, 0, 0, 0),"
              + " ('other', 'root', 0, 'notes_of', 1000, 0, 0, 0, 0)",
          "INSERT INTO freshet.backlog VALUES ('job', 4, now() - interval '90 s'),"
              + " ('other', 9, now())",
          new VerificationTable("freshet").create(),
          "INSERT INTO freshet.verification VALUES ('notes_of', now() - interval '40 s', 9, 1, 3, 2,"
              + " '{1,2}')",
          "INSERT INTO freshet.notes_of_g1_keys SELECT o, r, 0, 0 FROM (VALUES (1, 'too-large'),"
              + " (2, 'too-large'), (3, 'unstorable-value')) t (o, r)");
      world.progress(Instant.now().minusSeconds(20), true);
      world.inPostgres("UPDATE freshet.progress SET invalid = '{notes_of}' WHERE first_group = 0");

      Soon.await(() -> value(world, "changes{outcome=\"applied\",view=\"notes_of\"}").isPresent());
      assertThat(value(world, "changes{outcome=\"applied\",view=\"notes_of\"}")).hasValue(77.0);
      assertThat(value(world, "changes{outcome=\"superseded\",view=\"notes_of\"}")).hasValue(1.0);
      assertThat(value(world, "changes{outcome=\"waiting\",view=\"notes_of\"}")).hasValue(2.0);
      assertThat(value(world, "changes{outcome=\"dead\",view=\"notes_of\"}")).hasValue(3.0);
      Soon.await(() -> value(world, "invalid_view{view=\"notes_of\"}").equals(Optional.of(1.0)));
      assertThat(value(world, "invalid_keys{reason=\"too-large\",view=\"notes_of\"}"))
          .hasValue(2.0);
      assertThat(value(world, "invalid_keys{reason=\"unstorable-value\",view=\"notes_of\"}"))
          .hasValue(1.0);
      assertThat(value(world, "backlog_rows{job=\"job\"}")).hasValue(4.0);
      assertThat(value(world, "backlog_oldest_seconds{job=\"job\"}").orElseThrow())
          .isBetween(90.0, 120.0);
      assertThat(value(world, "lag_seconds{job=\"job\"}").orElseThrow()).isBetween(20.0, 50.0);
      assertThat(metrics(world)).doesNotContain("job=\"other\"");
      assertThat(value(world, "verifications{outcome=\"verified\",view=\"notes_of\"}"))
          .hasValue(9.0);
      assertThat(value(world, "verifications{outcome=\"not-served\",view=\"notes_of\"}"))
          .hasValue(2.0);
      assertThat(value(world, "mismatched_keys{view=\"notes_of\"}")).hasValue(2.0);
      assertThat(value(world, "verification_age_seconds{view=\"notes_of\"}").orElseThrow())
          .isBetween(40.0, 70.0);
      assertThat(world.get("/v1/views/notes_of/9").status()).isEqualTo(200);
      ReaderMetricsTest.assertListed(metrics(world));
      ReaderMetricsTest.assertDashboardAndAlertsAreExported(metrics(world));
      JsonNode listed = world.get("/v1/views").json();
      assertThat(listed.path("store_at").isNull()).isFalse();
      assertThat(listed.path("jobs").path(0).path("version").asText())
          .isEqualTo(Version.print(World.VERSION));
      assertThat(listed.path("views").path(0).path("state").asText()).isEqualTo("INVALID");
      assertThat(listed.path("views").path(0).path("size").path("entries").asLong(-1)).isZero();
      assertThat(listed.path("views").path(0).path("declaration").asText())
          .contains("PARTITIONED BY (owner)");
      assertThat(world.get("/v1/history").json().path("samples")).isNotEmpty();

      world.clock().ahead(Duration.ofMinutes(10));
      assertThat(value(world, "lag_seconds{job=\"job\"}").orElseThrow()).isBetween(620.0, 650.0);

      postgres.kill();
      Soon.await(() -> !metrics(world).contains("freshet_store_"));
      listed = world.get("/v1/views").json();
      assertThat(listed.path("store_at").isNull()).isTrue();
      assertThat(listed.path("views").path(0).path("name").asText()).isEqualTo("notes_of");
      assertThat(listed.path("views").path(0).path("state").isNull()).isTrue();
      postgres.start(DEADLINE);
      world.inPostgres("DROP TABLE freshet.backlog", "DELETE FROM freshet.notes_of_g1_keys");
      Soon.await(() -> metrics(world).contains("freshet_store_changes{"));
      Soon.await(() -> !metrics(world).contains("freshet_store_backlog"));
      Soon.await(() -> !metrics(world).contains("freshet_store_invalid_keys"));
    }
  }

  private static Optional<Double> value(World world, String gauge) {
    String start = "freshet_store_" + gauge + " ";
    return metrics(world)
        .lines()
        .filter(line -> line.startsWith(start))
        .findFirst()
        .map(line -> Double.valueOf(line.substring(start.length())));
  }

  private static String metrics(World world) {
    return world.get("/metrics").json().asText();
  }
}
