package dev.freshet.reader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.reader.World.Response;
import dev.freshet.reader.config.Limits;
import dev.freshet.servers.LocalServers;
import dev.freshet.servers.MySqlServer;
import dev.freshet.servers.PostgresServer;
import dev.freshet.view.ViewPlan;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tests which database answers while the other is blocked, frozen or dead. The test starts its own
 * servers.
 */
class FaultsIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final Limits LIMITS =
      new Limits(
          64,
          4,
          Duration.ofMillis(500),
          2,
          2,
          Duration.ofMillis(100),
          Duration.ofMillis(1000),
          10,
          0);
  private static final String PATH = "/v1/views/notes_of/1";

  private static MySqlServer mysql;
  private static PostgresServer postgres;
  private static World world;

  @BeforeAll
  static void start() throws Exception {
    mysql = LocalServers.newMySql();
    postgres = LocalServers.newPostgres();
    world = World.of(mysql, postgres, LIMITS);
    world.inMysql(
        "CREATE TABLE notes (id BIGINT PRIMARY KEY, owner BIGINT NOT NULL, KEY (owner))",
        "INSERT INTO notes VALUES (10, 1), (11, 1), (12, 2)");
    ViewPlan plan =
        world.register(
            """
            CREATE MATERIALIZED TABLE notes_of (PRIMARY KEY (owner, id) NOT ENFORCED)
            PARTITIONED BY (owner)
            FRESHNESS = INTERVAL '5' SECOND
            AS SELECT n.owner, n.id FROM notes n
            """);
    world.project(plan);
    fresh();
    Soon.await(() -> world.get(PATH).status() == 200);
  }

  @AfterAll
  static void stop() {
    world.close();
  }

  @BeforeEach
  void freshAgain() throws Exception {
    fresh();
  }

  @AfterEach
  void bringBack() throws Exception {
    for (var server : List.of(mysql, postgres)) {
      if (!server.isAlive()) {
        server.start(DEADLINE);
      }
    }
    world.clock().ahead(Duration.ZERO);
    Soon.await(() -> health("postgres").equals("up") && health("mysql").equals("up"));
  }

  @Test
  void tooManyFallbacksAreTurnedAwayAndSlowOnesEnd() throws Exception {
    world.progress(null, false);
    ExecutorService callers = Executors.newFixedThreadPool(12);
    try (Connection holder = world.source();
        Statement lock = holder.createStatement()) {
      lock.execute("LOCK TABLES notes WRITE");
      List<Future<Response>> waiting = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        String key = "/v1/views/notes_of/" + i;
        waiting.add(callers.submit(() -> world.get(key)));
      }
      List<String> kinds = new ArrayList<>();
      for (Future<Response> each : waiting) {
        Response response = each.get();
        assertThat(response.status()).isEqualTo(503);
        assertThat(response.header("retry-after")).isEqualTo("1");
        assertThat(response.header("content-type")).isEqualTo("application/problem+json");
        kinds.add(response.text("type").replace("urn:freshet:problem:", ""));
      }
      assertThat(kinds).containsOnly("overload", "timeout");
      assertThat(kinds.stream().filter("overload"::equals).count()).isGreaterThanOrEqualTo(8);
      assertThat(kinds).contains("timeout");
      assertThat(
              world.askMysql(
                  "SELECT id FROM information_schema.processlist WHERE info LIKE '%notes%'"
                      + " AND id <> CONNECTION_ID()"))
          .isEmpty();
    } finally {
      callers.shutdownNow();
    }
    assertAnswered("mysql", "building");
    assertThat(metrics())
        .contains("freshet_reader_problems_total{kind=\"overload\"}")
        .contains("freshet_reader_problems_total{kind=\"timeout\"}")
        .contains("freshet_reader_fallbacks_in_flight 0.0");
  }

  @Test
  void theProjectionAnswersWhileFallbacksAreHeldUp() throws Exception {
    world.progress(null, false);
    ExecutorService callers = Executors.newFixedThreadPool(8);
    try (Connection holder = world.source();
        Statement lock = holder.createStatement()) {
      lock.execute("LOCK TABLES notes WRITE");
      List<Future<Response>> waiting =
          IntStream.range(0, 8)
              .mapToObj(i -> callers.submit(() -> world.get("/v1/views/notes_of/" + i)))
              .toList();
      Soon.await(() -> metrics().contains("freshet_reader_fallbacks_in_flight 2.0"));
      fresh();
      for (int i = 0; i < 50; i++) {
        assertAnswered("projection", null);
      }
      for (Future<Response> each : waiting) {
        each.get();
      }
    } finally {
      callers.shutdownNow();
    }
  }

  @Test
  void withoutPostgresMysqlAnswers() throws Exception {
    postgres.kill();

    for (int i = 0; i < 5; i++) {
      Response answer = assertAnswered("mysql", "store-unavailable");
      assertThat(answer.text("state")).isNull();
    }
    assertThat(world.get("/health").status()).isEqualTo(200);
    assertThat(health("postgres")).isEqualTo("down");
    assertThat(metrics()).contains("freshet_reader_database_up{database=\"postgres\"} 0.0");

    postgres.start(DEADLINE);
    Soon.await(() -> "projection".equals(world.get(PATH).text("source")));
  }

  @Test
  void aSlowPostgresIsNotWaitedFor() throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(40);
    try (Connection holder = world.store();
        Statement lock = holder.createStatement()) {
      holder.setAutoCommit(false);
      lock.execute("LOCK TABLE freshet.progress IN ACCESS EXCLUSIVE MODE");
      assertAnswered("mysql", "store-unavailable");
      long begin = System.nanoTime();
      List<Future<Response>> answers =
          IntStream.range(0, 40)
              .mapToObj(i -> callers.submit(() -> assertAnswered("mysql", "store-unavailable")))
              .toList();
      for (Future<Response> answer : answers) {
        answer.get();
      }
      // The limits are half a second for a connection, and half a second for a statement.
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(1800));
    } finally {
      callers.shutdownNow();
    }
    Soon.await(() -> "projection".equals(world.get(PATH).text("source")));
  }

  @Test
  void whoWaitsForABusyReaderDoesNotAskMysql() throws Exception {
    world.inPostgres(
        "ALTER TABLE freshet.progress RENAME TO progress_itself",
        "CREATE VIEW freshet.progress AS SELECT p.* FROM freshet.progress_itself p,"
            + " (SELECT pg_sleep(0.2)::text AS slept OFFSET 0) s WHERE slept = ''");
    ExecutorService callers = Executors.newFixedThreadPool(24);
    try {
      // Each request takes 0.2 s in one of 4 connections, so the last request waits for 1 s.
      List<Future<Response>> answers =
          IntStream.range(0, 24).mapToObj(i -> callers.submit(() -> world.get(PATH))).toList();
      for (Future<Response> answer : answers) {
        assertThat(health("postgres")).isEqualTo("up");
        assertThat(answer.get().text("source")).as("%s", answer.get()).isEqualTo("projection");
      }
    } finally {
      callers.shutdownNow();
      world.inPostgres(
          "DROP VIEW freshet.progress", "ALTER TABLE freshet.progress_itself RENAME TO progress");
    }
  }

  @Test
  void aFrozenPostgresIsNotWaitedFor() throws Exception {
    try {
      signalPostgres("STOP");
      for (int i = 0; i < 3; i++) {
        assertAnswered("mysql", "store-unavailable");
      }
    } finally {
      signalPostgres("CONT");
    }
    Soon.await(() -> "projection".equals(world.get(PATH).text("source")));
  }

  @Test
  void withoutMysqlTheProjectionAnswersWhileItIsFresh() throws Exception {
    mysql.kill();

    assertAnswered("projection", null);
    assertThat(world.get("/health").status()).isEqualTo(200);
    assertThat(health("mysql")).isEqualTo("down");

    world.clock().ahead(Duration.ofMinutes(5));
    assertUnanswered("source-unavailable");
  }

  @Test
  void whatTheProjectionCannotAnswerIsRefusedSoonWhileMysqlIsGoneAndAnsweredAfterwards()
      throws Exception {
    mysql.kill();

    for (Doubt doubt : Doubt.values()) {
      doubt.arrange();
      assertUnansweredSoon();
    }

    mysql.start(DEADLINE);
    for (Doubt doubt : Doubt.values()) {
      doubt.arrange();
      Soon.await(() -> world.get(PATH).status() == 200);
      assertAnswered("mysql", doubt.reason);
    }
  }

  @Test
  void whatTheProjectionCannotAnswerIsRefusedSoonWhileMysqlIsFrozenAndAnsweredAfterwards()
      throws Exception {
    for (Doubt doubt : Doubt.values()) {
      doubt.arrange();
      assertAnswered("mysql", doubt.reason);
    }

    try {
      signalMysql("STOP");
      for (Doubt doubt : Doubt.values()) {
        doubt.arrange();
        assertUnansweredSoon();
      }
      fresh();
      assertAnswered("projection", null);
    } finally {
      signalMysql("CONT");
    }

    for (Doubt doubt : Doubt.values()) {
      doubt.arrange();
      Soon.await(() -> world.get(PATH).status() == 200);
      assertAnswered("mysql", doubt.reason);
    }
  }

  @Test
  void manyWhoAskAFrozenMysqlAreAllRefusedSoon() throws Exception {
    Doubt.TOO_OLD.arrange();
    assertAnswered("mysql", "stale");
    ExecutorService callers = Executors.newFixedThreadPool(32);
    try {
      signalMysql("STOP");
      List<Future<?>> asked = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        asked.add(
            callers.submit(
                () -> {
                  assertUnansweredSoon();
                  return null;
                }));
      }
      for (Future<?> each : asked) {
        each.get();
      }
    } finally {
      signalMysql("CONT");
      callers.shutdownNow();
    }
    Soon.await(() -> world.get(PATH).status() == 200);
  }

  @Test
  void withoutBothNobodyAnswers() throws Exception {
    mysql.kill();
    postgres.kill();

    assertUnanswered("source-unavailable");
    assertThat(world.get("/health").status()).isEqualTo(503);
  }

  @Test
  void whatMysqlRefusesIsSaid() throws Exception {
    world.progress(null, false);
    world.inMysql("RENAME TABLE notes TO hidden");
    try {
      Response response = world.get(PATH);
      assertThat(response.status()).isEqualTo(502);
      assertThat(response.text("detail"))
          .isEqualTo("MySQL refuses the query of view notes_of (error 1146)");
    } finally {
      world.inMysql("RENAME TABLE hidden TO notes");
    }
    assertAnswered("mysql", "building");
  }

  @Test
  void aViewThatCannotBePlannedSpoilsNoOther() throws Exception {
    world.inPostgres(
        "INSERT INTO freshet.catalogue VALUES ('odd', 1, true, 'CREATE', '{}', 128, 'job')");
    try {
      Soon.await(() -> world.get("/v1/views/odd/1").status() == 503);
      assertThat(world.get("/v1/views/odd/1").text("type"))
          .isEqualTo("urn:freshet:problem:view-unavailable");
      assertAnswered("projection", null);
    } finally {
      world.inPostgres("DELETE FROM freshet.catalogue WHERE view = 'odd'");
    }
    Soon.await(() -> world.get("/v1/views/odd/1").status() == 404);
  }

  /**
   * Sends a signal to all processes of Postgres. Each connection has a process, which may end
   * before it gets the signal.
   */
  private static void signalPostgres(String signal) throws Exception {
    ProcessHandle main = ProcessHandle.of(postgres.pid()).orElseThrow();
    for (ProcessHandle each : Stream.concat(Stream.of(main), main.descendants()).toList()) {
      int code =
          new ProcessBuilder("kill", "-" + signal, Long.toString(each.pid())).start().waitFor();
      assertThat(code == 0 || !each.isAlive()).isTrue();
    }
  }

  private static void signalMysql(String signal) throws Exception {
    assertThat(
            new ProcessBuilder("kill", "-" + signal, Long.toString(mysql.pid())).start().waitFor())
        .isZero();
  }

  /** The reasons why the projection cannot be served. */
  private enum Doubt {
    BUILDING("building") {
      @Override
      void arrange() throws Exception {
        fresh();
        world.progress(null, false);
      }
    },
    INVALID("unplaceable-change") {
      @Override
      void arrange() throws Exception {
        fresh();
        world.inPostgres("UPDATE freshet.progress SET invalid = '{notes_of}'");
      }
    },
    TOO_OLD("stale") {
      @Override
      void arrange() throws Exception {
        world.progress(Instant.now().minusSeconds(6), true);
      }
    };

    private final String reason;

    Doubt(String reason) {
      this.reason = reason;
    }

    abstract void arrange() throws Exception;
  }

  /**
   * Asserts that the reader responds soon with 503. A refused connection is noticed at once, a
   * frozen server after the connection's time limit; the driver waits twice for a statement that
   * was used before.
   */
  private static void assertUnansweredSoon() {
    Instant asked = Instant.now();
    Response response = world.get(PATH);
    assertThat(response.status()).as(response.json().toString()).isEqualTo(503);
    assertThat(response.header("retry-after")).isEqualTo("1");
    Duration limit = LIMITS.fallbackTimeout().plusSeconds(1);
    assertThat(Duration.between(asked, Instant.now()))
        .isLessThan(limit.multipliedBy(2).plusSeconds(2));
  }

  private static void fresh() throws Exception {
    world.progress(Instant.now().plusSeconds(120), true);
  }

  private static Response assertAnswered(String source, String reason) {
    Response answer = world.get(PATH);
    assertThat(answer.status()).as(answer.json().toString()).isEqualTo(200);
    assertThat(answer.text("source")).isEqualTo(source);
    assertThat(answer.text("reason")).isEqualTo(reason);
    assertThat(answer.json().path("items").toString()).isEqualTo("[{\"id\":10},{\"id\":11}]");
    return answer;
  }

  private static void assertUnanswered(String kind) {
    Response response = world.get(PATH);
    assertThat(response.status()).isEqualTo(503);
    assertThat(response.header("retry-after")).isEqualTo("1");
    assertThat(response.text("type")).isEqualTo("urn:freshet:problem:" + kind);
  }

  private static String health(String database) {
    return world.get("/health").json().path(database).path("status").asText();
  }

  private static String metrics() {
    return world.get("/metrics").json().asText();
  }
}
