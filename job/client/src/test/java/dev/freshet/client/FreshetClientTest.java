package dev.freshet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the client does when a reader is not at its best; the server says what the test wants. */
class FreshetClientTest {
  private static final String ANSWER =
      "{\"view\":\"v\",\"key\":{\"k\":1},\"source\":\"projection\",\"state\":\"VALID\","
          + "\"reason\":null,\"version\":\"binlog.000012:%s\",\"as_of\":\"2026-01-31T12:00:00.123Z\","
          + "\"lag_ms\":38,\"total\":\"0\",\"items\":[],\"next_cursor\":null,\"of_tomorrow\":1}";
  private static final String OVERLOAD =
      "{\"type\":\"urn:freshet:problem:overload\",\"title\":\"t\",\"status\":503,\"detail\":\"d\"}";

  private final BlockingQueue<Step> steps = new LinkedBlockingQueue<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private HttpServer server;
  private FreshetClient client;

  private interface Step {
    void answer(HttpExchange exchange) throws IOException;
  }

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", this::handle);
    server.start();
    client = new FreshetClient(config(Duration.ofSeconds(5), Duration.ofSeconds(30)), registry);
  }

  @AfterEach
  void stop() {
    client.close();
    server.stop(0);
  }

  @Test
  void retriesNotBeforeRetryAfter() throws Exception {
    steps.add(problem(503, OVERLOAD, Optional.of("1")));
    steps.add(
        exchange -> {
          exchange.sendResponseHeaders(200, 100);
          exchange.getResponseBody().write('{');
          exchange.close();
        });
    steps.add(ok(ANSWER.formatted("7")));
    long begun = System.nanoTime();

    Answer answer = client.get(Query.of("v", "a/b c+d").limit(3).after("gtid:x:1"));

    assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(1));
    assertThat(answer.version()).contains("binlog.000012:7");
    assertThat(answer.reason()).isEmpty();
    assertThat(answer.lag()).isEqualTo(Duration.ofMillis(38));
    assertThat(asked.get(0)).isEqualTo("GET /v1/views/v/a%2Fb%20c%2Bd?limit=3&after=gtid%3Ax%3A1");
    assertThat(asked).hasSize(3);
    assertThat(registry.get("freshet.client.retries").counter().count()).isEqualTo(2);
    assertThat(registry.get("freshet.client.call").tag("outcome", "ok").timer().count())
        .isEqualTo(1);
  }

  @Test
  void givesUpAtTheDeadlineWithTheLastProblem() {
    for (int i = 0; i < 50; i++) {
      steps.add(problem(503, OVERLOAD, Optional.empty()));
    }

    try (FreshetClient impatient = impatient()) {
      assertThat(catchThrowableOfType(ProblemException.class, () -> impatient.get("v", 1)))
          .hasMessage("503 t: d")
          .satisfies(e -> assertThat(e.problem().kind()).isEqualTo(Problem.Kind.OVERLOAD));
    }
    assertThat(asked.size()).isBetween(2, 40);
  }

  @Test
  void aReadIsGivenTheTimeThatTheReaderWaits() throws Exception {
    steps.add(
        exchange -> {
          pause(Duration.ofMillis(1200));
          send(exchange, 200, ANSWER.formatted("7"));
        });

    try (FreshetClient impatient = impatient()) {
      Query query = Query.of("v", 1).after("binlog.1:4", Duration.ofSeconds(5));
      assertThat(impatient.get(query).version()).contains("binlog.000012:7");
    }
    assertThat(asked).hasSize(1);
  }

  @Test
  void aConnectionWithCommentsAloneIsReplacedSoon() throws Exception {
    for (int i = 0; i < 10; i++) {
      steps.add(stream(": alive\n\n"));
    }
    steps.add(stream("id: binlog.000012:7\ndata: " + ANSWER.formatted("7") + "\n\n"));
    Heard heard = new Heard();
    long begun = System.nanoTime();

    ClientConfig config = config(Duration.ofSeconds(5), Duration.ofSeconds(30));
    ClientConfig growing =
        new ClientConfig(
            config.url(),
            config.token(),
            config.connectTimeout(),
            config.requestTimeout(),
            config.deadline(),
            config.retries(),
            Duration.ofMillis(20),
            Duration.ofSeconds(20),
            config.silence());
    try (FreshetClient patient = new FreshetClient(growing);
        Subscription open = patient.events(Query.of("v", 1), heard)) {
      assertThat(heard.events.poll(30, TimeUnit.SECONDS)).isEqualTo("binlog.000012:7");
      assertThat(open).isNotNull();
    }
    // Pauses that grow would take 20 ms, 40 ms, up to 10 s.
    assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.SECONDS.toNanos(8));
  }

  @Test
  void aWrongRequestIsNotRetried() {
    steps.add(problem(400, OVERLOAD.replace("overload", "bad-key"), Optional.empty()));
    assertThat(
            catchThrowableOfType(ProblemException.class, () -> client.get("v", 1)).problem().kind())
        .isEqualTo(Problem.Kind.BAD_KEY);
    steps.add(problem(502, "<html>", Optional.empty()));
    assertThat(
            catchThrowableOfType(ProblemException.class, () -> client.get("v", 1)).problem().kind())
        .isEqualTo(Problem.Kind.OTHER);
    steps.add(ok("[]"));
    assertThat(catchThrowableOfType(UnreachableException.class, () -> client.get("v", 1)))
        .hasMessageContaining("not from a reader");
    assertThat(asked).hasSize(3);
  }

  @Test
  void aMissingServerIsUnreachable() {
    server.stop(0);
    try (FreshetClient impatient = impatient()) {
      assertThat(catchThrowableOfType(UnreachableException.class, () -> impatient.get("v", 1)))
          .hasMessageContaining("/v1/views/v/1");
    }
  }

  @Test
  void aStreamResumesAfterItsLastAnswer() throws Exception {
    steps.add(
        stream("id: binlog.000012:7\ndata: " + ANSWER.formatted("7") + "\n\nid: x\ndata: cut"));
    steps.add(problem(503, OVERLOAD, Optional.empty()));
    steps.add(stream("id: binlog.000012:9\ndata: " + ANSWER.formatted("9") + "\n\n"));
    steps.add(problem(401, OVERLOAD.replace("overload", "unauthorized"), Optional.empty()));
    Heard heard = new Heard();

    try (Subscription open = client.events(Query.of("v", 1), heard)) {
      assertThat(heard.events.poll(20, TimeUnit.SECONDS)).isEqualTo("binlog.000012:7");
      assertThat(heard.events.poll(20, TimeUnit.SECONDS)).isEqualTo("binlog.000012:9");
      assertThat(heard.events.poll(20, TimeUnit.SECONDS)).isEqualTo("failed UNAUTHORIZED");
      assertThat(open).isNotNull();
    }
    assertThat(asked)
        .containsExactly(
            "GET /v1/views/v/1/events",
            "GET /v1/views/v/1/events binlog.000012:7",
            "GET /v1/views/v/1/events binlog.000012:7",
            "GET /v1/views/v/1/events binlog.000012:9");
  }

  @Test
  void aSilentStreamReconnects() throws Exception {
    String first = "id: binlog.000012:7\ndata: " + ANSWER.formatted("7") + "\n\n";
    steps.add(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(first.getBytes(StandardCharsets.UTF_8));
          exchange.getResponseBody().flush();
        });
    steps.add(stream(first.replace("12:7", "12:8")));
    Heard heard = new Heard();

    try (FreshetClient impatient =
            new FreshetClient(config(Duration.ofSeconds(5), Duration.ofSeconds(1)));
        Subscription open = impatient.events(Query.of("v", 1), heard)) {
      assertThat(heard.events.poll(20, TimeUnit.SECONDS)).isEqualTo("binlog.000012:7");
      assertThat(heard.events.poll(20, TimeUnit.SECONDS)).isEqualTo("binlog.000012:8");
      assertThat(open).isNotNull();
    }
  }

  private FreshetClient impatient() {
    return new FreshetClient(config(Duration.ofMillis(700), Duration.ofSeconds(30)));
  }

  private ClientConfig config(Duration deadline, Duration silence) {
    ClientConfig defaults =
        ClientConfig.of(
            URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"), () -> "secret");
    return new ClientConfig(
        defaults.url(),
        defaults.token(),
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        deadline,
        100,
        Duration.ofMillis(20),
        Duration.ofMillis(200),
        silence);
  }

  private void handle(HttpExchange exchange) throws IOException {
    String last = exchange.getRequestHeaders().getFirst("Last-Event-ID");
    asked.add(
        exchange.getRequestMethod()
            + " "
            + exchange.getRequestURI()
            + (last == null ? "" : " " + last));
    Step step = steps.poll();
    if (step == null) {
      exchange.close();
      return;
    }
    step.answer(exchange);
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Step ok(String body) {
    return exchange -> send(exchange, 200, body);
  }

  private static Step stream(String body) {
    return exchange -> send(exchange, 200, body);
  }

  private static Step problem(int status, String body, Optional<String> retryAfter) {
    return exchange -> {
      retryAfter.ifPresent(seconds -> exchange.getResponseHeaders().add("Retry-After", seconds));
      send(exchange, status, body);
    };
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /** Keeps the versions it hears of, and how a stream ended. */
  private static final class Heard implements EventListener {
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    @Override
    public void answer(Answer answer) {
      events.add(answer.version().orElseThrow());
    }

    @Override
    public void failed(FreshetException cause) {
      events.add("failed " + ((ProblemException) cause).problem().kind());
    }
  }
}
