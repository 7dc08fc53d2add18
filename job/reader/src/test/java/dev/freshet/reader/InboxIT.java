package dev.freshet.reader;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.reader.World.Response;
import dev.freshet.servers.LocalServers;
import dev.freshet.view.ViewPlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * Reads the inbox's view over a real MySQL and a real Postgres. Users have 0, 1 or many entries.
 */
class InboxIT {
  private static final Path SQL = Path.of("../../sql");
  private static final int MANY = 1203;
  private static final String PATH = "/v1/views/unread_conversations/";

  private static World world;

  @BeforeAll
  static void start() throws Exception {
    world = World.of(LocalServers.mysql(), LocalServers.postgres(), World.LIMITS);
    world.inMysql(SQL.resolve("source/inbox.sql"));
    world.inMysql(
        "SET SESSION cte_max_recursion_depth = 10000",
        "INSERT INTO users VALUES (1, 'Ada', NULL), (2, NULL, 'b.png'), (3, 'Ümit 😀', 'c.png')");
    // Many last messages have the same time, so the primary key must order the conversations.
    world.inMysql(
        "INSERT INTO conversations WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
            + " WHERE i < "
            + MANY
            + ") SELECT /*+ SET_VAR(cte_max_recursion_depth = 10000) */ i, 7,"
            + " '2026-01-31 11:00:00.000001' + INTERVAL (i DIV 3) SECOND, 0 FROM n",
        "INSERT INTO conversations VALUES (5000, 7, '2026-01-31 12:00:00.5', 1),"
            + " (5001, 8, '2026-01-31 12:00:00.5', 0)",
        "INSERT INTO participants SELECT id, 42, 1 + id % 4, '2026-01-01' FROM conversations",
        "INSERT INTO participants SELECT id, 43, 1, '2027-01-01' FROM conversations");
    ViewPlan plan = world.register(Files.readString(SQL.resolve("views/unread_conversations.sql")));
    world.project(plan);
  }

  @AfterAll
  static void stop() {
    world.close();
  }

  @BeforeEach
  void fresh() throws SQLException {
    world.clock().ahead(Duration.ZERO);
    world.progress(Instant.now().plusSeconds(60), true);
  }

  @Test
  void theProjectionAnswers() throws SQLException {
    Instant asOf = Instant.now().minusMillis(40);
    world.progress(asOf, true);

    Response answer = world.get(PATH + "42/7?limit=10");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text("view")).isEqualTo("unread_conversations");
    assertThat(answer.json().path("key").toString()).isEqualTo("{\"user_id\":42,\"site_id\":7}");
    assertThat(answer.text("source")).isEqualTo("projection");
    assertThat(answer.text("state")).isEqualTo("VALID");
    assertThat(answer.text("reason")).isNull();
    assertThat(answer.text("version")).isEqualTo("binlog.000012:4567");
    assertThat(Instant.parse(answer.text("as_of")).toEpochMilli()).isEqualTo(asOf.toEpochMilli());
    assertThat(answer.json().path("lag_ms").longValue()).isBetween(40L, 5000L);
    assertThat(answer.text("total")).isEqualTo("1000+");
    assertThat(items(answer.json())).isEqualTo(expected(42, 7, 10, 0));
    assertThat(answer.text("next_cursor")).isNotNull();
  }

  @Test
  void totalsAreExactBelowTheCapAndEmptyKeysAreEmpty() {
    assertThat(world.get(PATH + "42/8").text("total")).isEqualTo("1");
    assertThat(world.get(PATH + "43/7").text("total")).isEqualTo("0");
    assertThat(world.get(PATH + "43/7").json().path("items")).isEmpty();
    assertThat(world.get(PATH + "43/7").text("next_cursor")).isNull();
  }

  @Test
  void pagesOfBothSourcesJoinToTheWholeAnswer() throws SQLException {
    List<Map<String, String>> whole = expected(42, 7, MANY + 1, 0);
    assertThat(whole).hasSize(MANY);
    for (int limit : new int[] {7, 401, 1000}) {
      List<JsonNode> stored = world.pages(PATH + "42/7", limit);
      assertThat(stored).allMatch(page -> page.path("source").asText().equals("projection"));
      assertThat(stored).hasSize((MANY + limit - 1) / limit);
      assertThat(allItems(stored)).isEqualTo(whole);
    }
    world.progress(null, false);
    List<JsonNode> live = world.pages(PATH + "42/7", 401);
    assertThat(live).allMatch(page -> page.path("source").asText().equals("mysql"));
    assertThat(live).allMatch(page -> page.path("total").asText().equals("1000+"));
    assertThat(allItems(live)).isEqualTo(whole);
  }

  @Test
  void aRangeHasItsEntriesInBothDatabases() throws Exception {
    String declared =
        Files.readString(SQL.resolve("views/unread_conversations.sql"))
            .replace("TABLE unread_conversations", "TABLE unread_between")
            .replace("WHERE ", "WHERE c.last_message_at BETWEEN ? AND ? AND ");
    world.project(world.register(declared));
    world.progress(Instant.now().plusSeconds(60), true);
    String path = "/v1/views/unread_between/42/7";
    String range = "?from=2026-01-31T11:00:02.000001&to=2026-01-31T11:02:40.000001";
    List<Map<String, String>> expected =
        expected(42, 7, MANY + 1, 0).stream()
            .filter(
                item ->
                    item.get("last_message_at").compareTo("2026-01-31T11:00:02.000001") >= 0
                        && item.get("last_message_at").compareTo("2026-01-31T11:02:40.000001") <= 0)
            .toList();
    assertThat(expected).hasSizeBetween(400, 900);

    for (boolean stored : new boolean[] {true, false}) {
      world.progress(stored ? Instant.now().plusSeconds(60) : null, stored);
      Response first = world.get(path + range + "&limit=401");
      assertThat(first.text("source")).isEqualTo(stored ? "projection" : "mysql");
      assertThat(first.text("total")).isEqualTo(Integer.toString(expected.size()));
      Response second = world.get(path + range + "&limit=401&cursor=" + first.text("next_cursor"));
      List<Map<String, String>> seen = new ArrayList<>(items(first.json()));
      seen.addAll(items(second.json()));
      assertThat(seen).isEqualTo(expected);
      assertThat(second.text("next_cursor")).isNull();

      Response other = world.get(path + "?limit=401&cursor=" + first.text("next_cursor"));
      assertThat(other.status()).isEqualTo(400);
      assertThat(other.text("detail")).contains("made for other bounds");
      Response onward = world.get(path + "?from=2026-01-31T11:06:40&limit=1");
      assertThat(onward.text("total"))
          .isEqualTo(
              Long.toString(
                  expected(42, 7, MANY + 1, 0).stream()
                      .filter(
                          item -> item.get("last_message_at").compareTo("2026-01-31T11:06:40") >= 0)
                      .count()));
    }
    world.progress(Instant.now().plusSeconds(60), true);
    Response batch =
        world.post(
            "/v1/views/unread_between:batch",
            "{\"keys\": [[42, 7], [43, 7]], \"limit\": 3, \"from\": \"2026-01-31T11:06:40\"}");
    long later =
        expected(42, 7, MANY + 1, 0).stream()
            .filter(item -> item.get("last_message_at").compareTo("2026-01-31T11:06:40") >= 0)
            .count();
    assertThat(batch.json().path("answers").findValuesAsText("total"))
        .containsExactly(Long.toString(later), "0");
    assertThat(
            world
                .post("/v1/views/unread_between:batch", "{\"keys\": [[1, 7]], \"to\": true}")
                .text("detail"))
        .isEqualTo("to is true; give a text or a number");
    assertThat(world.get(path + "?from=yesterday").text("detail"))
        .startsWith("parameter from, a bound of last_message_at: 'yesterday' is ");
    assertThat(world.get(path + "?from=a&from=b").status()).isEqualTo(400);
    assertThat(world.get(PATH + "42/7?from=2026-01-31T11:06:40").text("detail"))
        .startsWith(
            "parameter 'from' is not known; known are after, count, cursor, limit and wait");
  }

  @Test
  void bothSourcesCountAllEntriesWhenAsked() throws SQLException {
    String path = PATH + "42/7?limit=5&count=exact";
    Response stored = world.get(path);
    Response batch =
        world.post(
            "/v1/views/unread_conversations:batch",
            "{\"keys\":[[42,7],[42,8]],\"count\":\"exact\"}");
    world.progress(null, false);
    Response live = world.get(path + "&cursor=" + stored.text("next_cursor"));

    assertThat(stored.text("source")).isEqualTo("projection");
    assertThat(live.text("source")).isEqualTo("mysql");
    assertThat(batch.json().path("answers").path(0).path("total").asText())
        .isEqualTo(String.valueOf(MANY));
    for (Response answer : List.of(stored, live)) {
      assertThat(answer.text("total")).isEqualTo(String.valueOf(MANY));
    }
  }

  @Test
  void aCursorGoesOnInTheOtherDatabase() throws SQLException {
    Response first = world.get(PATH + "42/7?limit=5");
    world.progress(null, false);
    Response second = world.get(PATH + "42/7?limit=5&cursor=" + first.text("next_cursor"));
    world.progress(Instant.now().plusSeconds(60), true);
    Response third = world.get(PATH + "42/7?limit=5&cursor=" + second.text("next_cursor"));

    assertThat(second.text("source")).isEqualTo("mysql");
    assertThat(third.text("source")).isEqualTo("projection");
    List<Map<String, String>> seen = new ArrayList<>();
    for (Response page : List.of(first, second, third)) {
      seen.addAll(items(page.json()));
    }
    assertThat(seen).isEqualTo(expected(42, 7, 15, 0));
  }

  @Test
  void mysqlAnswersAKeyThatIsNotValidAndAllOfAViewThatIsNot() throws SQLException {
    world.inPostgres(
        "INSERT INTO freshet.unread_conversations_g1_keys VALUES (42, 7, 'too-large', 1, 0)");
    assertFromMysql(world.get(PATH + "42/7?limit=10"), "INVALID", "too-large");
    assertThat(world.get(PATH + "42/8").text("source")).isEqualTo("projection");

    world.inPostgres("UPDATE freshet.progress SET invalid = '{unread_conversations}'");
    assertThat(world.get(PATH + "42/8").text("reason")).isEqualTo("unplaceable-change");
    world.inPostgres(
        "UPDATE freshet.progress SET invalid = '{another,unread_conversations}',"
            + " reasons = '{untold-write,schema-changed}'");
    assertFromMysql(world.get(PATH + "42/7?limit=10"), "INVALID", "schema-changed");
    world.inPostgres(
        "UPDATE freshet.progress SET invalid = '{}', reasons = '{}'",
        "DELETE FROM freshet.unread_conversations_g1_keys");
    assertThat(world.get(PATH + "42/7").text("source")).isEqualTo("projection");
  }

  @Test
  void mysqlAnswersWhileBuilding() throws SQLException {
    world.progress(Instant.now(), false);
    assertFromMysql(world.get(PATH + "42/7?limit=10"), "BUILDING", "building");

    world.inPostgres("DELETE FROM freshet.progress");
    assertFromMysql(world.get(PATH + "42/7?limit=10"), "BUILDING", "building");
  }

  @Test
  void mysqlAnswersWhatIsTooOld() throws SQLException {
    world.progress(null, true);
    assertFromMysql(world.get(PATH + "42/7?limit=10"), "VALID", "stale");

    world.progress(Instant.now(), true);
    world.clock().ahead(Duration.ofSeconds(6));
    assertFromMysql(world.get(PATH + "42/7?limit=10"), "VALID", "stale");
  }

  @Test
  void anAnswerShowsTheCallersOwnWrite() throws Exception {
    String server = world.askMysql("SELECT @@server_uuid AS id").get(0).get("id");
    assertThat(world.get(PATH + "42/7?after=binlog.000012:4567").text("source"))
        .isEqualTo("projection");
    assertFromMysql(
        world.get(PATH + "42/7?limit=10&after=binlog.000012:4568&wait=50"), "VALID", "behind");
    for (String after : List.of("binlog.000012:4600", "gtid:" + server + ":9")) {
      fresh();
      long begun = System.nanoTime();
      var answer =
          CompletableFuture.supplyAsync(() -> world.get(PATH + "42/7?wait=10000&after=" + after));
      awaitLook();
      world.inPostgres(
          "UPDATE freshet.progress SET version = version + 40, gtid_set = '" + server + ":1-9'");
      assertThat(answer.get().text("source")).isEqualTo("projection");
      assertThat(answer.get().text("version")).isEqualTo("binlog.000012:4607");
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(9));
    }
  }

  @Test
  void manyKeysAreAnsweredAtOnceByWhoeverCan() throws SQLException {
    world.inPostgres(
        "INSERT INTO freshet.unread_conversations_g1_keys VALUES (42, 8, 'too-large', 1, 0)");
    StringBuilder keys = new StringBuilder("[42,7],[42,8]");
    for (int user = 100; user < 198; user++) {
      keys.append(",[\"").append(user).append("\",7]");
    }
    Response batch =
        world.post(
            "/v1/views/unread_conversations:batch", "{\"limit\":10,\"keys\":[" + keys + "]}");
    world.inPostgres("DELETE FROM freshet.unread_conversations_g1_keys");

    JsonNode answers = batch.json().path("answers");
    assertThat(batch.status()).isEqualTo(200);
    assertThat(answers).hasSize(100);
    assertThat(answers.path(0).path("source").asText()).isEqualTo("projection");
    assertThat(answers.path(0).path("total").asText()).isEqualTo("1000+");
    assertThat(items(answers.path(0))).isEqualTo(expected(42, 7, 10, 0));
    assertThat(answers.path(1).path("source").asText()).isEqualTo("mysql");
    assertThat(answers.path(1).path("reason").asText()).isEqualTo("too-large");
    assertThat(items(answers.path(1))).isEqualTo(expected(42, 8, 10, 0));
    for (int i = 2; i < 100; i++) {
      assertThat(answers.path(i).path("key").path("user_id").intValue()).isEqualTo(98 + i);
      assertThat(answers.path(i).path("version").asText()).isEqualTo("binlog.000012:4567");
      assertThat(answers.path(i).path("items")).isEmpty();
    }
  }

  @Test
  void onlyTheRangeOfTheKeyCounts() throws SQLException {
    world.inPostgres("DELETE FROM freshet.progress");
    for (int group = 0; group < World.GROUPS; group++) {
      world.progress(group, group, Instant.now().plusSeconds(60), group % 2 == 0);
    }

    List<String> sources =
        IntStream.range(100, 164)
            .mapToObj(user -> world.get(PATH + user + "/7").text("source"))
            .toList();

    assertThat(sources).contains("projection", "mysql");
  }

  @Test
  void aViewIsKnownAsSoonAsItIsRegistered() throws SQLException {
    assertThat(world.get("/v1/views/by_conversation/1").status()).isEqualTo(404);
    int before = world.get("/health").json().path("catalogue").path("views").asInt();
    ViewPlan plan =
        world.register(
            """
            CREATE MATERIALIZED TABLE by_conversation (
              PRIMARY KEY (conversation_id, user_id) NOT ENFORCED
            )
            PARTITIONED BY (conversation_id)
            FRESHNESS = INTERVAL '5' SECOND
            AS SELECT p.conversation_id, p.user_id FROM participants p
            """);
    world.project(plan);
    awaitStatus(200, "/v1/views/by_conversation/1");

    Response answer = world.get("/v1/views/by_conversation/1");
    assertThat(answer.text("source")).isEqualTo("projection");
    assertThat(answer.json().path("items").toString())
        .isEqualTo("[{\"user_id\":42},{\"user_id\":43}]");
    assertThat(world.get("/health").json().path("catalogue").path("views").asInt())
        .isEqualTo(before + 1);
    assertThat(world.get("/v1/views/unread_conversation/1/2").text("detail"))
        .isEqualTo("no view is named 'unread_conversation'; did you mean 'unread_conversations'?");
  }

  @Test
  void manyAskAtOnce() throws Exception {
    List<Map<String, String>> expected = expected(42, 7, 50, 0);
    ExecutorService callers = Executors.newFixedThreadPool(32);
    try {
      List<Future<Integer>> rounds = new ArrayList<>();
      for (int caller = 0; caller < 32; caller++) {
        rounds.add(
            callers.submit(
                () -> {
                  int right = 0;
                  for (int i = 0; i < 50; i++) {
                    Response answer = world.get(PATH + "42/7");
                    if (answer.status() == 200 && items(answer.json()).equals(expected)) {
                      right++;
                    }
                  }
                  return right;
                }));
      }
      for (Future<Integer> round : rounds) {
        assertThat(round.get()).isEqualTo(50);
      }
    } finally {
      callers.shutdownNow();
    }
  }

  /** Waits until the reader polls the progress for a waiting request. */
  private static void awaitLook() throws SQLException {
    String sql =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            + " AND pid <> pg_backend_pid() AND query LIKE '%progress\" WHERE handed_over'"
            + " AND query_start > now() - interval '1 second'";
    Instant deadline = Instant.now().plusSeconds(10);
    try (Connection store = world.store();
        Statement statement = store.createStatement()) {
      long looks = 0;
      while (looks == 0) {
        assertThat(Instant.now()).as("somebody is waited for").isBefore(deadline);
        try (ResultSet row = statement.executeQuery(sql)) {
          row.next();
          looks = row.getLong(1);
        }
      }
    }
  }

  private static void awaitStatus(int status, String path) {
    Instant deadline = Instant.now().plusSeconds(10);
    while (world.get(path).status() != status) {
      assertThat(Instant.now()).as("%s answers with %d", path, status).isBefore(deadline);
    }
  }

  private static void assertFromMysql(Response answer, String state, String reason)
      throws SQLException {
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text("source")).isEqualTo("mysql");
    assertThat(answer.text("state")).isEqualTo(state);
    assertThat(answer.text("reason")).isEqualTo(reason);
    assertThat(answer.text("version")).isNull();
    assertThat(answer.text("as_of")).isNotNull();
    assertThat(answer.text("total")).isEqualTo("1000+");
    assertThat(items(answer.json())).isEqualTo(expected(42, 7, 10, 0));
  }

  /** Returns the expected answer by a query of this test; each value is MySQL's text. */
  private static List<Map<String, String>> expected(int user, int site, int limit, int offset)
      throws SQLException {
    return world.askMysql(
        """
        SELECT p.conversation_id,
               DATE_FORMAT(c.last_message_at, '%%Y-%%m-%%dT%%H:%%i:%%s.%%f') AS last_message_at,
               (SELECT name FROM users WHERE id = p.counterpart_id) AS name,
               (SELECT image_url FROM users WHERE id = p.counterpart_id) AS image_url
        FROM conversations c, participants p
        WHERE p.conversation_id = c.id AND p.user_id = %d AND c.site_id = %d
          AND c.archived = FALSE AND p.last_read_at < c.last_message_at
        ORDER BY c.last_message_at DESC, p.conversation_id
        LIMIT %d OFFSET %d"""
            .formatted(user, site, limit, offset));
  }

  private static List<Map<String, String>> allItems(List<JsonNode> pages) {
    return pages.stream().flatMap(page -> items(page).stream()).toList();
  }

  private static List<Map<String, String>> items(JsonNode answer) {
    List<Map<String, String>> items = new ArrayList<>();
    for (JsonNode item : answer.path("items")) {
      Map<String, String> texts = new LinkedHashMap<>();
      item.properties().forEach(f -> texts.put(f.getKey(), textOf(f.getValue())));
      items.add(texts);
    }
    return items;
  }

  private static String textOf(JsonNode value) {
    return value.isNull() ? null : value.asText();
  }
}
