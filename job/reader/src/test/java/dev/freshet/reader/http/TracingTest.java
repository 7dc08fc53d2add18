package dev.freshet.reader.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.telemetry.Collector;
import dev.freshet.telemetry.TelemetryOptions;
import dev.freshet.telemetry.Traces;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tests the spans of requests at a collector. */
class TracingTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String CALLER = "00-" + TRACE + "-b7ad6b7169203331-01";
  private static final String READ = "GET /v1/views/{view}/{key}";
  private static final String BATCH = "POST /v1/views/{view}:batch";

  private final HttpClient client = HttpClient.newHttpClient();

  private interface Requests {
    void send(int port) throws Exception;
  }

  @Test
  void aReadIsASpanOfItsCallersTraceWithAChildForTheProjection() throws Exception {
    Instant before = Instant.now();
    List<Span> spans =
        spans(0, 2, port -> assertThat(get(port, "/v1/views/unread/42/7?limit=1")).isEqualTo(200));

    assertThat(spans).extracting(Span::getName).containsExactlyInAnyOrder(READ, "read projection");
    Span read = named(READ, spans);
    assertThat(HexFormat.of().formatHex(read.getTraceId().toByteArray())).isEqualTo(TRACE);
    assertThat(read.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
    assertThat(Collector.attributes(read))
        .containsEntry("freshet.lag_ms", "38")
        .containsEntry("freshet.source", "projection")
        .containsEntry("freshet.state", "VALID")
        .containsEntry("freshet.version", "binlog.000012:4567")
        .containsEntry("freshet.view", "unread")
        .containsEntry("http.response.status_code", "200")
        .containsEntry("http.route", "/v1/views/{view}/{key}")
        .doesNotContainKey("freshet.reason");
    assertThat(Collector.attributes(read).keySet())
        .as("neither key nor entries nor token")
        .containsExactlyInAnyOrder(
            "freshet.as_of",
            "freshet.entries",
            "freshet.lag_ms",
            "freshet.source",
            "freshet.state",
            "freshet.version",
            "freshet.view",
            "http.request.method",
            "http.response.status_code",
            "http.route");
    Span child = named("read projection", spans);
    assertThat(child.getParentSpanId()).isEqualTo(read.getSpanId());
    assertThat(child.getStartTimeUnixNano()).isGreaterThanOrEqualTo(read.getStartTimeUnixNano());
    assertThat(child.getEndTimeUnixNano()).isLessThanOrEqualTo(read.getEndTimeUnixNano());
    assertThat(Instant.ofEpochSecond(0, read.getStartTimeUnixNano()))
        .isBetween(before.minusSeconds(1), Instant.now());
  }

  @Test
  void aFallbackThatFailsIsAnErrorOfTheReadAndOfItsChild() throws Exception {
    List<Span> spans =
        spans(1, 3, port -> assertThat(get(port, "/v1/views/unread/503/503")).isEqualTo(503));

    assertThat(spans)
        .extracting(Span::getName)
        .containsExactlyInAnyOrder(READ, "read projection", "query MySQL");
    assertThat(named(READ, spans).getStatus().getCode())
        .isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
    assertThat(Collector.attributes(named("query MySQL", spans)))
        .containsEntry("error.type", "timeout")
        .containsEntry("db.system.name", "mysql");
    assertThat(named("read projection", spans).getStatus().getCode())
        .isEqualTo(Status.StatusCode.STATUS_CODE_UNSET);
  }

  @Test
  void aBatchIsOneSpanAndWhatAnswersNoKeyIsNone() throws Exception {
    List<Span> spans =
        spans(
            1,
            2,
            port -> {
              assertThat(get(port, "/health")).isEqualTo(200);
              assertThat(get(port, "/v1/views")).isEqualTo(200);
              assertThat(get(port, "/v1/views/unknown/1")).isEqualTo(404);
              assertThat(
                      send(port, "/v1/views/unread:batch", Optional.of("{\"keys\":[[1,2],[3,4]]}")))
                  .isEqualTo(200);
            });

    assertThat(spans).extracting(Span::getName).containsExactlyInAnyOrder(BATCH, "read projection");
  }

  @Test
  void theCallersTraceDecidesWhatIsExported() throws Exception {
    assertThat(
            spans(
                1,
                0,
                port -> {
                  HttpRequest request =
                      request(port, "/v1/views/unread/42/7")
                          .header("traceparent", CALLER.substring(0, CALLER.length() - 1) + "0")
                          .build();
                  assertThat(
                          client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
                      .isEqualTo(200);
                }))
        .isEmpty();
  }

  /** Returns the spans of requests; all have reached the collector. */
  private static List<Span> spans(double sample, int expected, Requests requests) throws Exception {
    try (Collector collector = Collector.start()) {
      try (Traces traces =
          Traces.start("freshet-reader", new TelemetryOptions(collector.endpoint(), sample))) {
        try (ApiFixture api = ApiFixture.tracing(traces)) {
          requests.send(api.port());
        }
      }
      List<Span> spans = collector.awaitSpans(expected);
      assertThat(collector.problems()).isEmpty();
      return spans;
    }
  }

  private int get(int port, String path) throws Exception {
    return send(port, path, Optional.empty());
  }

  private int send(int port, String path, Optional<String> body) throws Exception {
    HttpRequest.Builder request = request(port, path).header("traceparent", CALLER);
    body.ifPresent(text -> request.POST(HttpRequest.BodyPublishers.ofString(text)));
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode();
  }

  private static HttpRequest.Builder request(int port, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(20))
        .header("Authorization", "Bearer " + ApiFixture.SECRET);
  }

  private static Span named(String name, List<Span> spans) {
    return spans.stream().filter(span -> span.getName().equals(name)).findFirst().orElseThrow();
  }
}
