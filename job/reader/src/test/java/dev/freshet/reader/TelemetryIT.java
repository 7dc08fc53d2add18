package dev.freshet.reader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.reader.config.ReaderConfig;
import dev.freshet.servers.LocalServers;
import dev.freshet.telemetry.Collector;
import dev.freshet.telemetry.TelemetryOptions;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tests what a reader with real databases sends to a collector. */
class TelemetryIT {
  private static final String READ = "GET /v1/views/{view}/{key}";

  @Test
  void readsOfBothDatabasesAreTracedAndMetricsAreSentWhenTheReaderStops() throws Exception {
    try (Collector collector = Collector.start();
        World world = World.of(LocalServers.mysql(), LocalServers.postgres(), World.LIMITS)) {
      world.inMysql("CREATE TABLE notes (id BIGINT PRIMARY KEY, owner BIGINT NOT NULL)");
      var unused =
          world.register(
              """
              CREATE MATERIALIZED TABLE notes_of (PRIMARY KEY (owner, id) NOT ENFORCED)
              PARTITIONED BY (owner)
              FRESHNESS = INTERVAL '5' SECOND
              AS SELECT n.owner, n.id FROM notes n
              """);
      world.progress(Instant.now().plusSeconds(3600), true);
      try (Reader reader = Reader.start(config(world, collector), world.clock())) {
        String url = "http://127.0.0.1:" + reader.port() + "/v1/views/notes_of/1";
        Soon.await(() -> status(url) == 200);
        assertThat(status(url + "/mysql")).isEqualTo(200);
      }

      var unusedSpans = collector.awaitSpans(4);
      assertThat(collector.problems()).isEmpty();
      assertThat(collector.services()).containsExactly("freshet-reader");
      assertThat(collector.spans())
          .extracting(Span::getName)
          .contains(READ, "read projection", READ + "/mysql", "query MySQL");
      assertThat(collector.metrics())
          .extracting(Metric::getName)
          .contains(
              "freshet.reader.answers", "freshet.reader.comparisons", "freshet.store.lag.seconds");
    }
  }

  private static ReaderConfig config(World world, Collector collector) {
    ReaderConfig of = world.config(World.LIMITS);
    return new ReaderConfig(
        of.host(),
        of.port(),
        of.tls(),
        of.access(),
        of.mysql(),
        of.postgres(),
        of.schema(),
        of.kafka(),
        of.limits(),
        Optional.empty(),
        new TelemetryOptions(collector.endpoint(), 1));
  }

  private static int status(String url) {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create(url))
                  .header("Authorization", "Bearer " + World.SECRET)
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .statusCode();
    } catch (java.io.IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
