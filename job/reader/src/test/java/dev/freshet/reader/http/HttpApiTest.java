package dev.freshet.reader.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.freshet.reader.answer.Question;
import dev.freshet.view.stream.FailureMessage;
import dev.freshet.view.stream.KeyRequest;
import dev.freshet.view.stream.LetterBuilder;
import dev.freshet.view.stream.RequestMessage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the HTTP interface over a store in memory. */
class HttpApiTest {
  private static final String SECRET = ApiFixture.SECRET;
  private static final JsonMapper JSON = new JsonMapper();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private static ApiFixture api;
  private static int port;

  @BeforeAll
  static void start() throws ListenSocket.Taken {
    api = ApiFixture.start(ApiFixture.LIMITS);
    port = api.port();
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @Test
  void answersWithEveryField() throws Exception {
    HttpResponse<String> response = get("/v1/views/unread/42/7?limit=1");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).contains("application/json");
    JsonNode answer = JSON.readTree(response.body());
    String cursor = answer.path("next_cursor").textValue();
    assertThat(cursor).isNotNull();
    assertThat(response.body())
        .isEqualTo(
            "{\"view\":\"unread\",\"key\":{\"user_id\":42,\"site_id\":7},\"source\":\"projection\","
                + "\"state\":\"VALID\",\"reason\":null,\"version\":\"binlog.000012:4567\","
                + "\"as_of\":\"2026-01-31T12:00:00.085Z\",\"lag_ms\":38,\"total\":\"2\","
                + "\"items\":[{\"conversation_id\":9,"
                + "\"last_message_at\":\"1970-01-01T00:00:01.000001\",\"name\":\"Ümit\"}],"
                + "\"next_cursor\":\""
                + cursor
                + "\"}");

    get("/v1/views/unread/42/7?cursor=" + cursor);
    assertThat(lastAsked().after()).contains(List.of(1_000_001L, 9L));
    assertThat(lastAsked().limit()).isEqualTo(50);
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/views/by_name/a%2Fb, a/b",
    "/v1/views/by_name/%2e%2e, ..",
    "/v1/views/by_name/.., ..",
    "/v1/views/by_name/., .",
    "/v1/views/by_name/a;b=c, a;b=c",
    "/v1/views/by_name/%25, %",
    "/v1/views/by_name/a+b, a+b",
    "/v1/views/by_name/%3F%23%20, '?# '",
    "/v1/views/by_name/%5C, '\\'",
    "/v1/views/by_name/%E2%82%AC, €",
    "/v1/views/by_name/, ''"
  })
  void aKeyPartMayHoldAnyCharacter(String path, String part) throws Exception {
    Raw response = raw("GET " + path + " HTTP/1.1", "Authorization: Bearer " + SECRET);

    assertThat(response.status()).as(response.text()).isEqualTo(200);
    assertThat(lastAsked().key()).containsExactly(part);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/v1/views/unraed/1/2|404|unknown-view|no view is named 'unraed'; did you mean 'unread'?",
        "/v1/views/zzzzzzzzzzzz/1|404|unknown-view|no view is named 'zzzzzzzzzzzz'",
        "/v1/views/unread/1|400|bad-key|view unread has 2 key parts (user_id/site_id), not 1",
        "/v1/views/unread|400|bad-key|view unread has 2 key parts (user_id/site_id), not 0",
        "/v1/views/unread/1/2/|400|bad-key|view unread has 2 key parts (user_id/site_id), not 3",
        "/v1/views/unread/1/x|400|bad-key|key part site_id: 'x' is not an integer; write it like"
            + " 42",
        "/v1/views/unread/1/2?limit=0|400|bad-parameter|parameter limit is '0'; give a whole number"
            + " from 1 to 1000",
        "/v1/views/unread/1/2?limit=1001|400|bad-parameter|parameter limit is '1001'; give a whole"
            + " number from 1 to 1000",
        "/v1/views/unread/1/2?limit=|400|bad-parameter|parameter limit is ''; give a whole number"
            + " from 1 to 1000",
        "/v1/views/unread/1/2?limit=1&limit=2|400|bad-parameter|parameter limit is given 2 times;"
            + " give it once",
        "/v1/views/unread/1/2?after=binlog|400|bad-parameter|parameter after: 'binlog' is not a"
            + " version; write it like binlog.000012:4567, or gtid:server_uuid:1-5",
        "/v1/views/unread/1/2?after=gtid:7|400|bad-parameter|parameter after: '7' is not a GTID"
            + " set, at '7'; write it as MySQL does: server_uuid:1-5 or server_uuid:1-5:tag:1-3",
        "/v1/views/unread/1/2?wait=5|400|bad-parameter|parameter wait requires parameter after,"
            + " which is missing",
        "/v1/views/unread/1/2?after=binlog.1:2&wait=10001|400|bad-parameter|parameter wait is"
            + " '10001'; give a whole number from 0 to 10000",
        "/v1/views/unread/1/2?limt=3|400|bad-parameter|parameter 'limt' is not known; known are"
            + " after, count, cursor, limit and wait; did you mean 'limit'?",
        "/v1/views/unread/1/2?count=all|400|bad-parameter|parameter count is 'all'; give exact, or"
            + " leave it out to count up to 1000",
        "/v1/views/unread/1/2?cursor=abc|400|bad-cursor|the text is not a cursor; send next_cursor"
            + " of a page unchanged",
        "/v1/views/broken/1|503|view-unavailable|view broken cannot be served",
        "/v1/views/unread/503/503|503|timeout|MySQL took too long",
        "/v1/views/unread/500/500|500|internal|the reader failed; its log has the cause",
        "/v1/view|404|unknown-route|no such path; GET /openapi.yaml lists all paths",
        "/v2|404|unknown-route|no such path; GET /openapi.yaml lists all paths"
      })
  void sendsProblems(String path, int status, String kind, String detail) throws Exception {
    HttpResponse<String> response = get(path);

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("content-type")).contains("application/problem+json");
    JsonNode problem = JSON.readTree(response.body());
    assertThat(problem.path("type").textValue()).isEqualTo("urn:freshet:problem:" + kind);
    assertThat(problem.path("status").intValue()).isEqualTo(status);
    assertThat(problem.path("detail").textValue()).isEqualTo(detail);
    assertThat(problem.path("title").textValue()).isNotBlank();
    assertThat(response.headers().firstValue("retry-after").isPresent()).isEqualTo(status == 503);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/views/unread/1/2",
        "/v1/views/nope/1",
        "/v1/views",
        "/v1/history",
        "/v1/fallbacks",
        "/v1/dead-letters",
        "/v1/dead-letters/job/unread/id/replay",
        "/v1/"
      })
  void underV1NothingIsToldWithoutTheToken(String path) throws Exception {
    Map<Optional<String>, String> challenges =
        Map.of(
            Optional.of("Bearer wrong"),
            "Bearer error=\"invalid_token\", error_description=\"the reader does not know this"
                + " token\"",
            Optional.of("Basic " + SECRET),
            "Bearer",
            Optional.empty(),
            "Bearer");
    for (Map.Entry<Optional<String>, String> each : challenges.entrySet()) {
      HttpResponse<String> response = send("GET", path, each.getKey());

      assertThat(response.statusCode()).isEqualTo(401);
      assertThat(response.headers().firstValue("www-authenticate")).contains(each.getValue());
      assertThat(response.body()).contains("urn:freshet:problem:unauthorized");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"repair", "invalidate"})
  void handsARequestToTheViewsJob(String type) throws Exception {
    HttpResponse<String> response = post("/v1/views/unread/42/7/" + type);

    assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
    assertThat(response.headers().firstValue("content-type")).contains("application/json");
    assertThat(response.body())
        .isEqualTo(
            "{\"view\":\"unread\",\"key\":{\"user_id\":42,\"site_id\":7},"
                + "\"requested\":\"%s\",\"at\":\"2026-01-31T12:00:00.123Z\"}".formatted(type));
    KeyRequest request = api.requested.get(api.requested.size() - 1);
    assertThat(request.type()).isEqualTo(type);
    assertThat(request.job()).isEqualTo("job");
    assertThat(request.view()).isEqualTo("unread");
    assertThat(request.values()).containsExactly("42", "7");
    JsonNode described =
        new YAMLMapper()
            .readTree(get("/openapi.yaml").body())
            .at("/components/schemas/Requested/properties");
    assertThat(names(JSON.readTree(response.body())))
        .containsExactlyInAnyOrderElementsOf(names(described));
    assertThat(described.path("requested").path("enum")).anyMatch(e -> e.asText().equals(type));
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/views/by_name/repair/repair, repair, repair",
    "/v1/views/by_name/invalidate/repair, repair, invalidate",
    "/v1/views/by_name/repair/invalidate, invalidate, repair",
    "/v1/views/by_name/a%2Frepair/repair, repair, a/repair",
    "/v1/views/by_name//repair, repair, ''"
  })
  void theLastSegmentSaysWhatIsRequested(String path, String type, String key) throws Exception {
    HttpResponse<String> response = post(path);

    assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
    KeyRequest request = api.requested.get(api.requested.size() - 1);
    assertThat(request.type()).isEqualTo(type);
    assertThat(request.values()).containsExactly(key);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/v1/views/unraed/1/2/repair|404|unknown-view|no view is named 'unraed'; did you mean"
            + " 'unread'?",
        "/v1/views/broken/1/repair|503|view-unavailable|view broken cannot be served",
        "/v1/views/unread/1/repair|400|bad-key|view unread has 2 key parts (user_id/site_id), not"
            + " 1",
        "/v1/views/unread/1/x/repair|400|bad-key|key part site_id: 'x' is not an integer; write it"
            + " like 42",
        "/v1/views/unread/1/2/repair?limit=1|400|bad-parameter|parameter 'limit' is not known; this"
            + " request has no parameters",
        "/v1/views/unread/503/1/repair|503|requests-unavailable|Kafka is gone",
        "/v1/views/unread/429/1/invalidate|429|too-many-requests|ask later",
        "/v1/views/unread/1/2/mend|405|method-not-allowed|POST is not allowed here; use GET"
      })
  void refusesRequestsWithProblems(String path, int status, String kind, String detail)
      throws Exception {
    HttpResponse<String> response = post(path);

    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    JsonNode problem = JSON.readTree(response.body());
    assertThat(problem.path("type").textValue()).isEqualTo("urn:freshet:problem:" + kind);
    assertThat(problem.path("detail").textValue()).isEqualTo(detail);
    assertThat(response.headers().firstValue("retry-after").isPresent())
        .isEqualTo(status == 503 || status == 429);
  }

  @Test
  void manyKeysAreAnsweredAtOnceEachForItself() throws Exception {
    HttpResponse<String> response =
        postBody("/v1/views/unread:batch", "{\"keys\":[[42,7],[\"503\",503],[43,7]],\"limit\":1}");

    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    JsonNode answers = JSON.readTree(response.body()).path("answers");
    assertThat(answers).hasSize(3);
    JsonNode alone = JSON.readTree(get("/v1/views/unread/42/7?limit=1").body());
    assertThat(answers.path(0)).isEqualTo(alone);
    assertThat(answers.path(1).path("key").toString())
        .isEqualTo("{\"user_id\":503,\"site_id\":503}");
    assertThat(answers.path(1).path("problem").path("type").textValue())
        .isEqualTo("urn:freshet:problem:timeout");
    assertThat(answers.path(2).path("key").path("user_id").intValue()).isEqualTo(43);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unraed:batch|{\"keys\":[[1,2]]}|404|unknown-view|no view is named 'unraed'; did you mean"
            + " 'unread'?",
        "unread:batch|nonsense|400|bad-request|the body is not JSON",
        "unread:batch|{\"keys\":[[1,2]]} {}|400|bad-request|the body is not JSON",
        "unread:batch|[]|400|bad-request|the body is not an object; give {\"keys\": [[…], …]}, with"
            + " the values of each key in order",
        "unread:batch|{}|400|bad-request|the body has no array keys; give {\"keys\": [[…], …]},"
            + " with the values of each key in order",
        "unread:batch|{\"keys\":[]}|400|bad-request|0 keys are given; ask for 1 to 100 at once",
        "unread:batch|{\"keys\":[[1,2]],\"limt\":3}|400|bad-request|field 'limt' is not known; known are count, keys and limit",
        "unread:batch|{\"keys\":[[1,2]],\"count\":1}|400|bad-request|count is 1; give \"exact\", or leave it out to count up to 1000",
        "unread:batch|{\"keys\":[[1,2]],\"limit\":0}|400|bad-request|limit is 0; give a whole number from 1 to 1000",
        "unread:batch|{\"keys\":[[1,2]],\"limit\":\"5\"}|400|bad-request|limit is \"5\"; give a whole number from 1 to 1000",
        "unread:batch|{\"keys\":[[1,null]]}|400|bad-request|key [1,null] has a value that is neither text nor number",
        "unread:batch|{\"keys\":[[1,[2]]]}|400|bad-request|key [1,[2]] has a value that is neither text nor number",
        "unread:batch|{\"keys\":[{\"a\":1,\"b\":2}]}|400|bad-request|key {\"a\":1,\"b\":2} is not an array; give {\"keys\"",
        "unread:batch|{\"keys\":[[1,2]],\"keys\":[[3,4]]}|400|bad-request|the body is not JSON (line 1, column ",
        "unread:batch|{\"keys\":[[1,\"\\ud800\"]]}|400|bad-request|the body is not valid Unicode: a text has half of a surrogate pair; give ",
        "unread:batch|{\"keys\":[[1]]}|400|bad-key|view unread has 2 key parts (user_id/site_id), not 1",
        "unread:batch|{\"keys\":[[1,\"x\"]]}|400|bad-key|key part site_id: 'x' is not an integer; write it like 42"
      })
  void batchesThatAreNoneAreRefused(
      String path, String body, int status, String kind, String detail) throws Exception {
    HttpResponse<String> response = postBody("/v1/views/" + path, body);

    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    JsonNode problem = JSON.readTree(response.body());
    assertThat(problem.path("type").textValue()).isEqualTo("urn:freshet:problem:" + kind);
    assertThat(problem.path("detail").textValue()).startsWith(detail);
  }

  @Test
  void aBatchOfTooMuchIsRefused() throws Exception {
    String keys = "[1,2],".repeat(100) + "[1,2]";
    assertThat(postBody("/v1/views/unread:batch", "{\"keys\":[" + keys + "]}").body())
        .contains("101 keys are given; ask for 1 to 100 at once");
    HttpResponse<String> response =
        postBody("/v1/views/unread:batch", "{\"keys\":[[1,\"" + "2".repeat(70_000) + "\"]]}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(413);
    assertThat(response.body())
        .contains("a body must not have more than 64 KiB; ask for fewer keys at once");
    String chunks = "%x\r\n%s\r\n".formatted(50_000, "[".repeat(50_000));
    assertThat(
            raw(
                    "POST /v1/views/unread:batch HTTP/1.1",
                    "Authorization: Bearer " + SECRET,
                    "Host: x",
                    "Connection: close",
                    "Transfer-Encoding: chunked\r\n\r\n" + chunks + chunks + "0\r\n")
                .text())
        .as("in chunks, which say nothing of their sum")
        .contains("HTTP/1.1 413", "urn:freshet:problem:body-too-large");
  }

  @Test
  void requestsNeedTheToken() throws Exception {
    int before = api.requested.size();
    HttpResponse<String> response =
        send("POST", "/v1/views/unread/42/8/repair", Optional.of("Bearer wrong"));

    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(api.requested).hasSize(before);
  }

  @Test
  void whatTakesRequestsSaysSo() throws Exception {
    HttpResponse<String> response =
        send("PUT", "/v1/views/unread/1/2/repair", Optional.of("Bearer " + SECRET));

    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("allow")).contains("GET, POST");
    HttpResponse<String> batch =
        send("PUT", "/v1/views/unread:batch", Optional.of("Bearer " + SECRET));

    assertThat(batch.statusCode()).isEqualTo(405);
    assertThat(batch.headers().firstValue("allow")).contains("POST");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"})
  void onlyGetIsAllowed(String method) throws Exception {
    for (String path : List.of("/v1/views/unread/1/2", "/health", "/metrics", "/openapi.yaml")) {
      HttpResponse<String> response = send(method, path, Optional.of("Bearer " + SECRET));

      assertThat(response.statusCode()).as(path).isEqualTo(405);
      assertThat(response.headers().firstValue("allow")).contains("GET");
    }
  }

  @Test
  void healthMetricsAndDescriptionNeedNoToken() throws Exception {
    HttpResponse<String> health = send("GET", "/health", Optional.empty());
    assertThat(health.statusCode()).isEqualTo(200);
    assertThat(health.body())
        .isEqualTo(
            "{\"status\":\"up\",\"postgres\":{\"status\":\"up\"},\"mysql\":{\"status\":\"down\"},"
                + "\"catalogue\":{\"status\":\"up\",\"views\":2}}");
    get("/v1/views/unread/42/7");
    assertThat(send("GET", "/metrics", Optional.empty()).body())
        .contains("freshet_reader_answers_total{reason=\"none\",source=\"projection\"")
        .contains("freshet_reader_answer_seconds_bucket{source=\"projection\"");
    assertThat(send("GET", "/openapi.yaml", Optional.empty()).body()).startsWith("openapi: 3");
  }

  @Test
  void theDescriptionListsEveryRouteAndField() throws Exception {
    JsonNode description = new YAMLMapper().readTree(get("/openapi.yaml").body());
    assertThat(paths(description, "get")).containsExactlyInAnyOrderElementsOf(EndPoints.gets());
    assertThat(paths(description, "post")).containsExactlyInAnyOrderElementsOf(EndPoints.posts());
    description
        .path("paths")
        .forEach(methods -> assertThat(names(methods)).containsAnyOf("get", "post").hasSize(1));

    JsonNode schemas = description.path("components").path("schemas");
    for (Map.Entry<String, String> shown :
        Map.of(
                "Answer",
                "/v1/views/unread/42/7",
                "DeadLetters",
                "/v1/dead-letters",
                "Fallbacks",
                "/v1/fallbacks",
                "Health",
                "/health",
                "History",
                "/v1/history",
                "Problem",
                "/v2",
                "Views",
                "/v1/views")
            .entrySet()) {
      assertThat(names(JSON.readTree(get(shown.getValue()).body())))
          .containsExactlyInAnyOrderElementsOf(
              names(schemas.path(shown.getKey()).path("properties")).stream()
                  .filter(field -> !field.equals("stale"))
                  .toList());
    }
  }

  @Test
  void listsTheViewsWithTheirKeysAndTables() throws Exception {
    JsonNode listed = JSON.readTree(get("/v1/views").body());

    assertThat(listed.path("since").asText()).isEqualTo("2026-01-31T12:00:00.123Z");
    assertThat(listed.path("store_at").isNull()).isTrue();
    assertThat(listed.path("token").toString()).isEqualTo("{\"operate\":true,\"key\":{}}");
    assertThat(listed.path("views").findValuesAsText("declaration"))
        .containsExactlyInAnyOrder("CREATE unread", "CREATE by_name");
    JsonNode description = new YAMLMapper().readTree(get("/openapi.yaml").body());
    JsonNode schema = description.path("components").path("schemas").path("View");
    for (JsonNode view : listed.path("views")) {
      assertThat(names(view)).containsExactlyInAnyOrderElementsOf(names(schema.path("properties")));
      assertThat(names(view.path("plan")))
          .containsExactlyInAnyOrderElementsOf(
              names(schema.path("properties").path("plan").path("properties")));
      assertThat(view.path("state").isNull()).isTrue();
      assertThat(view.path("size").isNull()).isTrue();
      if (view.path("name").asText().equals("by_name")) {
        assertThat(view.path("plan").path("key").toString())
            .isEqualTo("[{\"name\":\"name\",\"type\":\"string\",\"mysql_type\":\"varchar(9)\"}]");
        assertThat(view.path("plan").path("entry_key").path(0).path("name").asText())
            .isEqualTo("id");
      }
    }
  }

  @Test
  void aDeadLetterIsListedReplayedAndDropped() throws Exception {
    FailureMessage letter = LetterBuilder.user(7).build();
    String path = "/v1/dead-letters/shop/unread/" + letter.row();

    HttpResponse<String> response = post(path + "/replay");
    assertThat(response.statusCode()).isEqualTo(202);
    assertThat(response.body())
        .isEqualTo(
            "{\"view\":\"unread\",\"id\":\"%s\",\"requested\":\"replay\",\"at\":\"2026-01-31T12:00:00.123Z\"}"
                .formatted(letter.row()));
    assertThat(api.replayed).containsExactly(RequestMessage.retry(letter, ApiFixture.NOW));

    assertThat(post(path + "/drop").statusCode()).isEqualTo(202);
    assertThat(api.dropped).containsExactly(new String(letter.kafkaKey(), StandardCharsets.UTF_8));

    for (String unknown :
        List.of(
            "/v1/dead-letters/other/unread/" + letter.row() + "/drop",
            "/v1/dead-letters/shop/by_name/" + letter.row() + "/drop",
            "/v1/dead-letters/shop/unread/AAAA/replay")) {
      response = post(unknown);
      assertThat(response.statusCode()).as(unknown).isEqualTo(404);
      assertThat(response.body()).contains("urn:freshet:problem:unknown-letter");
    }
    assertThat(post(path + "/show").body()).contains("urn:freshet:problem:unknown-route");
    assertThat(get(path + "/drop").statusCode()).isEqualTo(405);
    assertThat(post("/v1/dead-letters").statusCode()).isEqualTo(405);
    assertThat(api.dropped).hasSize(1);
  }

  @Test
  void mysqlIsAskedWithoutTheProjectionWithinTheLimitsOfFallbacks() throws Exception {
    int asked = api.asked.size();
    HttpResponse<String> response = get("/v1/views/unread/42/7/mysql?limit=3");

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).contains("urn:freshet:problem:timeout");
    assertThat(api.asked).hasSize(asked);
    assertThat(get("/v1/views/unread/42/7/mysql?after=binlog.1:2").body())
        .contains("parameter 'after' is not known; known are count, cursor and limit");
    assertThat(send("POST", "/v1/views/unread/42/7/mysql", Optional.of("Bearer " + SECRET)))
        .extracting(HttpResponse::statusCode)
        .isEqualTo(405);
  }

  @Test
  void aKeyMayEndInTheWordMysql() throws Exception {
    assertThat(get("/v1/views/by_name/mysql").statusCode()).isEqualTo(200);
    assertThat(lastAsked().key()).containsExactly("mysql");
  }

  @Test
  void whatJettyRefusesIsAProblemToo() throws IOException {
    String longPath = "/v1/views/unread/1/" + "2".repeat(9000);
    assertThat(raw("GET " + longPath + " HTTP/1.1").text())
        .contains("application/problem+json")
        .contains("urn:freshet:problem:uri-too-long");
    assertThat(raw("GET /v1/views/unread/1/2 HTTP/1.1", "X: " + "x".repeat(9000)).text())
        .contains("urn:freshet:problem:too-large");
    assertThat(raw("nonsense").text()).contains("urn:freshet:problem:bad-request");
    assertThat(raw("GET /v1/views/by_name/%00 HTTP/1.1").text())
        .contains("urn:freshet:problem:bad-request");
    for (String path : List.of("%zz", "%", "%?limit=1", "a%?b")) {
      assertThat(
              raw("GET /v1/views/by_name/" + path + " HTTP/1.1", "Authorization: Bearer " + SECRET)
                  .text())
          .contains("application/problem+json")
          .contains("HTTP/1.1 400");
    }
    for (String line : List.of("GET / HTTP/3.0", "GET /v1/views/x HTTP/1.")) {
      assertThat(raw(line).text())
          .contains("HTTP/1.1 400")
          .contains("urn:freshet:problem:bad-request");
    }
  }

  @Test
  void aTakenPortIsOneLine() throws IOException {
    try (ServerSocket taken = new ServerSocket(0)) {
      assertThatThrownBy(() -> ListenSocket.open("127.0.0.1", taken.getLocalPort()))
          .isInstanceOf(ListenSocket.Taken.class)
          .hasMessage(
              "cannot listen on 127.0.0.1:%d: Address already in use; choose another"
                      .formatted(taken.getLocalPort())
                  + " reader.port or stop the process that uses it");
    }
    assertThatThrownBy(() -> ListenSocket.open("no.such.host.invalid", 0))
        .isInstanceOf(ListenSocket.Taken.class)
        .hasMessage(
            "cannot listen on no.such.host.invalid:0: the host is unknown; correct"
                + " reader.host");
  }

  @ParameterizedTest
  @ValueSource(strings = {"limit=%zz", "%zz=1", "limit=%", "limit=%FF", "limit", "=1"})
  void aMalformedQueryIsABadParameter(String query) throws Exception {
    Raw response =
        raw("GET /v1/views/unread/1/2?" + query + " HTTP/1.1", "Authorization: Bearer " + SECRET);

    assertThat(response.status()).isEqualTo(400);
    assertThat(response.text()).contains("urn:freshet:problem:bad-parameter");
  }

  @Test
  void emptyPartsOfAQuerySayNothing() throws Exception {
    assertThat(get("/v1/views/unread/42/7?").statusCode()).isEqualTo(200);
    assertThat(get("/v1/views/unread/42/7?&limit=1&").statusCode()).isEqualTo(200);
  }

  private static List<String> paths(JsonNode description, String method) {
    return names(description.path("paths")).stream()
        .filter(path -> description.path("paths").path(path).has(method))
        .toList();
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static Question lastAsked() {
    return api.asked.get(api.asked.size() - 1);
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return send("GET", path, Optional.of("Bearer " + SECRET));
  }

  private static HttpResponse<String> post(String path) throws Exception {
    return send("POST", path, Optional.of("Bearer " + SECRET));
  }

  private static HttpResponse<String> postBody(String path, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(20))
            .header("Authorization", "Bearer " + SECRET)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> send(String method, String path, Optional<String> token)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(20))
            .method(method, HttpRequest.BodyPublishers.noBody());
    token.ifPresent(t -> request.header("Authorization", t));
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void aStreamBeginsWithWhatHoldsAndTakesNoMoreClientsThanItMay() throws Exception {
    String path = "/v1/views/unread/42/7/events";
    try (BufferedReader stream = stream(port, path + "?limit=1", "", 200);
        BufferedReader ahead = stream(port, path, "binlog.000012:9999", 200);
        BufferedReader tooMany = stream(port, path, "", 503)) {
      assertThat(List.of(stream.readLine(), stream.readLine(), stream.readLine()))
          .containsExactly("retry: 1000", "", "id: binlog.000012:4567");
      assertThat(stream.readLine())
          .isEqualTo("data: " + get("/v1/views/unread/42/7?limit=1").body());
      assertThat(stream.readLine()).isEmpty();
      assertThat(List.of(ahead.readLine(), ahead.readLine(), ahead.readLine(), ahead.readLine()))
          .containsExactly(
              "retry: 1000",
              "",
              "event: doubt",
              "data: {\"view\":\"unread\",\"key\":{\"user_id\":42,\"site_id\":7},"
                  + "\"state\":\"VALID\",\"reason\":\"behind\","
                  + "\"at\":\"2026-01-31T12:00:00.123Z\"}");
      assertThat(tooMany.readLine()).contains("urn:freshet:problem:too-many-streams");
    }
  }

  @Test
  void whatIsNoStreamIsRefusedOrAKey() throws Exception {
    assertThat(get("/v1/views/by_name/events").body()).contains("\"key\":{\"name\":\"events\"}");
    assertThat(get("/v1/views/unread/42/7/events?cursor=x").body())
        .contains("parameter 'cursor' is not known; known is limit");
    assertThat(get("/v1/views/unread/42/events").body()).contains("urn:freshet:problem:bad-key");
    try (BufferedReader refused = stream(port, "/v1/views/unread/42/7/events", "seven", 400)) {
      assertThat(refused.readLine()).contains("header Last-Event-ID");
    }
  }

  @Test
  void aReaderThatStopsEndsItsStreams() throws Exception {
    ApiFixture stopping = ApiFixture.start(ApiFixture.LIMITS);
    try (BufferedReader stream = stream(stopping.port(), "/v1/views/unread/42/7/events", "", 200)) {
      assertThat(stream.readLine()).isEqualTo("retry: 1000");
      long begun = System.nanoTime();
      stopping.close();
      assertThat(stream.lines().toList()).last().isEqualTo("");
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
    }
  }

  private static BufferedReader stream(int port, String path, String lastId, int status)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("Authorization", "Bearer " + SECRET);
    if (!lastId.isEmpty()) {
      request.header("Last-Event-ID", lastId);
    }
    HttpResponse<InputStream> response =
        CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    assertThat(response.statusCode()).isEqualTo(status);
    return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
  }

  /** A response as it was received. */
  private record Raw(String text) {
    int status() {
      return Integer.parseInt(text.substring(9, 12));
    }
  }

  /** Sends lines unchanged; HTTP clients would normalise paths. */
  private static Raw raw(String... lines) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      String request =
          String.join("\r\n", lines) + "\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new Raw(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
