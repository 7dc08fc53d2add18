package dev.freshet.reader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.reader.World.Response;
import dev.freshet.reader.config.Limits;
import dev.freshet.servers.LocalServers;
import dev.freshet.servers.MySqlServer;
import dev.freshet.view.ViewPlan;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tests how the reader protects MySQL from queries, and the responses while MySQL does not answer.
 */
class SparingIT {

  /** A fallback may take ten seconds, so a faster failure has another cause than this limit. */
  private static final Limits LIMITS =
      new Limits(
          64,
          8,
          Duration.ofSeconds(2),
          4,
          16,
          Duration.ofSeconds(1),
          Duration.ofSeconds(10),
          1000,
          0);

  private static final String STRICT = "/v1/views/notes_of/1";
  private static final String LENIENT = "/v1/views/old_notes_of/1";
  private static final int CROWD = 1000;

  private static MySqlServer mysql;
  private static World world;

  @BeforeAll
  static void start() throws Exception {
    mysql = LocalServers.mysql();
    world = World.of(mysql, LocalServers.postgres(), LIMITS);
    world.inMysql(
        "CREATE TABLE notes (id BIGINT PRIMARY KEY, owner BIGINT NOT NULL, KEY (owner))",
        "INSERT INTO notes VALUES (10, 1), (11, 1), (12, 2)");
    for (String view : List.of("notes_of", "old_notes_of")) {
      ViewPlan plan =
          world.register(
              """
              CREATE MATERIALIZED TABLE %s (PRIMARY KEY (owner, id) NOT ENFORCED)
              PARTITIONED BY (owner)
              %s
              FRESHNESS = INTERVAL '5' SECOND
              AS SELECT n.owner, n.id FROM notes n
              """
                  .formatted(
                      view, view.startsWith("old") ? "WITH ('stale-on-error' = 'true')" : ""));
      world.project(plan);
    }
    world.progress(Instant.now(), true);
    Soon.await(() -> world.get(STRICT).status() == 200 && world.get(LENIENT).status() == 200);
  }

  @AfterAll
  static void stop() {
    world.close();
  }

  @BeforeEach
  void withoutProjection() throws Exception {
    world.clock().ahead(Duration.ZERO);
    world.progress(null, false);
    Soon.await(() -> world.get(STRICT).status() == 200);
  }

  @Test
  void aFrozenMysqlCostsNoValidKeyAndNoTime() throws Exception {
    world.progress(Instant.now(), true);
    ExecutorService callers = Executors.newFixedThreadPool(8);
    try {
      signalMysql("STOP");
      for (int i = 0; i < 100; i++) {
        assertThat(world.get(STRICT).text("source")).isEqualTo("projection");
      }

      world.clock().ahead(Duration.ofSeconds(60));
      List<Future<Long>> first = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        first.add(callers.submit(SparingIT::askBoth));
      }
      print("MySQL just frozen", took(first), Duration.ofSeconds(3));
      assertThat(metrics()).contains("freshet_reader_breaker_open 1.0");

      List<Future<Long>> later = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        later.add(callers.submit(SparingIT::askBoth));
      }
      print("MySQL known to be frozen", took(later), Duration.ofSeconds(1));
    } finally {
      signalMysql("CONT");
      callers.shutdownNow();
    }
    Instant thawed = Instant.now();
    Soon.await(() -> metrics().contains("freshet_reader_breaker_open 0.0"));
    System.out.printf(
        "The breaker closed %d ms after MySQL went on%n",
        Duration.between(thawed, Instant.now()).toMillis());
    for (String path : List.of(STRICT, LENIENT)) {
      Response answer = world.get(path);
      assertThat(answer.status()).as(answer.json().toString()).isEqualTo(200);
      assertThat(answer.text("source")).isEqualTo("mysql");
      assertThat(answer.json().has("stale")).isFalse();
    }
  }

  /** Requests both views, whose projections are too old. Returns the time of the slower answer. */
  private static long askBoth() {
    long from = System.nanoTime();
    Response refused = world.get(STRICT);
    long between = System.nanoTime();
    Response stale = world.get(LENIENT);
    long to = System.nanoTime();
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.header("retry-after")).isEqualTo("1");
    assertThat(refused.text("type")).isEqualTo("urn:freshet:problem:source-unavailable");
    assertThat(stale.status()).isEqualTo(200);
    assertThat(stale.text("source")).isEqualTo("projection");
    assertThat(stale.json().path("stale").asBoolean()).isTrue();
    assertThat(stale.text("reason")).isEqualTo("stale");
    assertThat(stale.text("version")).isEqualTo("binlog.000012:4567");
    assertThat(stale.json().path("lag_ms").asLong()).isGreaterThan(5000);
    assertThat(stale.json().path("items").size()).isEqualTo(2);
    return Math.max(between - from, to - between);
  }

  private static List<Long> took(List<Future<Long>> asked) throws Exception {
    List<Long> took = new ArrayList<>();
    for (Future<Long> each : asked) {
      took.add(each.get() / 1_000_000);
    }
    return took.stream().sorted().toList();
  }

  private static void print(String when, List<Long> millis, Duration most) {
    long p99 = millis.get(millis.size() * 99 / 100);
    System.out.printf(
        "%s: %d answers, median %d ms, p99 %d ms%n",
        when, millis.size(), millis.get(millis.size() / 2), p99);
    assertThat(p99).as(when).isLessThan(most.toMillis());
  }

  @Test
  void aQueryIsGoneWithinASecondOfItsLastClient() throws Exception {
    try (Connection holder = world.source();
        Statement lock = holder.createStatement()) {
      lock.execute("LOCK TABLES notes WRITE");
      Socket alone = ask(STRICT);
      Soon.await(() -> queries().size() == 1);
      String first = queries().get(0);
      Socket one = ask(STRICT);
      Socket other = ask(STRICT);
      Soon.await(() -> shared() >= 1);

      Instant left = Instant.now();
      alone.close();
      Soon.await(() -> !queries().contains(first));
      assertSoon("one client", left);

      Soon.await(() -> queries().size() == 1);
      String second = queries().get(0);
      one.close();
      Instant until = Instant.now().plusMillis(1200);
      while (Instant.now().isBefore(until)) {
        assertThat(queries()).containsExactly(second);
      }
      left = Instant.now();
      other.close();
      Soon.await(() -> queries().isEmpty());
      assertSoon("the second of two clients", left);
      assertThat(world.askMysql("SHOW PROCESSLIST").stream().map(row -> row.get("Id")))
          .doesNotContain(first, second);
    }
    assertThat(metrics()).contains("freshet_reader_fallbacks_killed_total 2.0");
    assertThat(metrics()).contains("freshet_reader_breaker_open 0.0");
    for (int i = 0; i < 20; i++) {
      assertThat(world.get(STRICT).status()).isEqualTo(200);
    }
  }

  private static void assertSoon(String whom, Instant left) {
    Duration took = Duration.between(left, Instant.now());
    System.out.printf("The query of %s was gone after %d ms%n", whom, took.toMillis());
    assertThat(took).isLessThan(Duration.ofSeconds(1));
  }

  @Test
  void aRequestThatIsSentAheadIsAnsweredInItsTurn() throws Exception {
    try (Connection holder = world.source();
        Statement lock = holder.createStatement();
        Socket client = new Socket(InetAddress.getLoopbackAddress(), world.port())) {
      lock.execute("LOCK TABLES notes WRITE");
      client.getOutputStream().write(request(STRICT, "keep-alive"));
      Soon.await(() -> queries().size() == 1);
      client.getOutputStream().write(request("/v1/views/notes_of/2", "close"));
      Instant until = Instant.now().plusMillis(800);
      while (Instant.now().isBefore(until)) {
        assertThat(queries()).hasSize(1);
      }
      lock.execute("UNLOCK TABLES");
      String both = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(both.split("HTTP/1.1 200")).hasSize(3);
      assertThat(both).contains("[{\"id\":10},{\"id\":11}]").contains("[{\"id\":12}]");
    }
  }

  @Test
  void aThousandMissesOfAKeyAreTwoQueries() throws Exception {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + world.port() + STRICT))
            .header("Authorization", "Bearer " + World.SECRET)
            .build();
    double sharedBefore = shared();
    long executedBefore = executed();
    List<CompletableFuture<HttpResponse<String>>> asked;
    try (Connection holder = world.source();
        Statement lock = holder.createStatement()) {
      lock.execute("LOCK TABLES notes WRITE");
      asked =
          IntStream.range(0, CROWD)
              .mapToObj(i -> client.sendAsync(request, HttpResponse.BodyHandlers.ofString()))
              .toList();
      // The first request has its own query; all others share the query of the second request.
      Soon.await(() -> shared() - sharedBefore == CROWD - 2);
    }
    for (CompletableFuture<HttpResponse<String>> each : asked) {
      HttpResponse<String> response = each.get();
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).contains("\"source\":\"mysql\"", "[{\"id\":10},{\"id\":11}]");
    }
    long queries = executed() - executedBefore;
    System.out.printf("%d misses of one key were %d queries%n", CROWD, queries);
    assertThat(queries).isBetween(1L, 2L);
  }

  /**
   * Returns the number of prepared statements that MySQL has executed; in this test only readers
   * use them.
   */
  private static long executed() throws SQLException {
    return Long.parseLong(
        world.askMysql("SHOW GLOBAL STATUS LIKE 'Com_stmt_execute'").get(0).get("Value"));
  }

  private static double shared() {
    return metrics()
        .lines()
        .filter(line -> line.startsWith("freshet_reader_fallbacks_shared_total"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
        .sum();
  }

  /** Returns the reader's connections that run the view's query. */
  private static List<String> queries() throws SQLException {
    return world
        .askMysql(
            "SELECT id FROM information_schema.processlist WHERE info LIKE '%notes%'"
                + " AND id <> CONNECTION_ID()")
        .stream()
        .map(row -> row.values().iterator().next())
        .toList();
  }

  private static Socket ask(String path) throws Exception {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), world.port());
    socket.getOutputStream().write(request(path, "keep-alive"));
    return socket;
  }

  private static byte[] request(String path, String connection) {
    return "GET %s HTTP/1.1\r\nHost: reader\r\nConnection: %s\r\nAuthorization: Bearer %s\r\n\r\n"
        .formatted(path, connection, World.SECRET)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static String metrics() {
    return world.get("/metrics").json().asText();
  }

  private static void signalMysql(String signal) throws Exception {
    assertThat(
            new ProcessBuilder("kill", "-" + signal, Long.toString(mysql.pid())).start().waitFor())
        .isZero();
  }
}
