package dev.freshet.reader;

import static dev.freshet.reader.access.JwtBuilder.jwt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.reader.access.JwtBuilder;
import dev.freshet.servers.LocalServers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Tests every kind of token with every kind of request: a request that is not allowed reads
 * nothing.
 */
class TokenMatrixIT {
  private static final String GET = "GET";
  private static final String POST = "POST";

  private static final Ask MINE = new Ask(GET, "unread_conversations/42/7", "");
  private static final Ask OTHERS = new Ask(GET, "unread_conversations/43/7", "");
  private static final Ask BATCH =
      new Ask(POST, "unread_conversations:batch", "{\"keys\":[[42,7],[43,7],[\"42\",8]]}");
  private static final Ask OTHER_VIEW = new Ask(GET, "notes_of/a/1.5/AQ/2026-01-31T00:00:00", "");
  private static final Ask NO_VIEW = new Ask(GET, "unread_conversation/42/7", "");
  private static final Ask NO_BATCH =
      new Ask(POST, "unread_conversation:batch", "{\"keys\":[[1]]}");
  private static final Ask REPAIR = new Ask(POST, "unread_conversations/42/7/repair", "");
  private static final Ask INVALIDATE = new Ask(POST, "unread_conversations/43/7/invalidate", "");
  private static final Ask COMPARE = new Ask(GET, "unread_conversations/42/7/mysql", "");
  private static final Ask COMPARE_OTHERS = new Ask(GET, "unread_conversations/43/7/mysql", "");
  private static final List<Ask> ALL =
      List.of(
          MINE,
          OTHERS,
          BATCH,
          OTHER_VIEW,
          NO_VIEW,
          NO_BATCH,
          REPAIR,
          INVALIDATE,
          COMPARE,
          COMPARE_OTHERS);

  private static World world;
  private static Reader reader;
  private static RawHttp http;

  @BeforeAll
  static void start() throws Exception {
    world = World.of(LocalServers.mysql(), LocalServers.postgres(), World.LIMITS);
    Guarded.fill(world);
    reader = Guarded.reader(world);
    http = new RawHttp(reader.port());
  }

  @AfterAll
  static void stop() {
    reader.close();
    world.close();
  }

  private record Ask(String method, String path, String body) {
    RawHttp.Raw with(String authorization) {
      return http.send(
          "%s /v1/views/%s HTTP/1.1\r\nHost: x\r\n%sContent-Length: %d\r\nConnection: close\r\n\r\n%s"
              .formatted(
                  method,
                  path,
                  authorization.isEmpty() ? "" : "Authorization: " + authorization + "\r\n",
                  body.getBytes(StandardCharsets.UTF_8).length,
                  body));
    }
  }

  @Test
  void whatIsNoTokenGets401Everywhere() {
    String good = jwt("read:* operate").key(Map.of("user_id", 42)).signed();
    List<String> bad =
        new ArrayList<>(List.of("", "Bearer", "Bearer ", "Basic " + Guarded.MAY_ALL));
    for (String token :
        List.of(
            "wrong",
            Guarded.MAY_ALL + "x",
            Guarded.READS_ALL.substring(1),
            JwtBuilder.SECRET,
            jwt("read:*").signed("another-secret-of-at-least-32-bytes!!"),
            jwt("read:*").expiresIn(Duration.ofMinutes(-1)).signed(),
            jwt("read:*").withoutExpiry().signed(),
            jwt("read:*").unsigned(),
            JwtBuilder.withHeader(good, "{\"alg\":\"none\"}"),
            JwtBuilder.withHeader(good, "{\"alg\":\"RS256\"}"),
            JwtBuilder.withPayload(good, "{\"scope\":\"read:*\",\"exp\":99999999999}"),
            good.substring(0, good.length() - 4) + "AAAA",
            good.substring(0, good.lastIndexOf('.')),
            good.substring(0, good.lastIndexOf('.') + 1),
            JwtBuilder.signedPayload("{\"scope\":\"read:*\",\"exp\":null}"),
            JwtBuilder.signedPayload("{\"scope\":\"read:*\",\"exp\":\"99999999999\"}"),
            JwtBuilder.signedPayload("{\"scope\":\"read:*\",\"exp\":9999999999000}"),
            JwtBuilder.signedPayload("{\"scope\":\"read:*\",\"exp\":4102444800,\"nbf\":null}"),
            JwtBuilder.signedPayload("{\"scope\":\"read:*\",\"exp\":4102444800,\"iss\":null}"),
            JwtBuilder.signedPayload("{\"scope\":\"read:*\",\"exp\":4102444800,\"aud\":null}"),
            JwtBuilder.signedPayload("{\"scope\":null,\"exp\":4102444800}"),
            JwtBuilder.signedPayload("{\"scope\":\"read:*\",\"exp\":4102444800,\"key\":null}"),
            JwtBuilder.signedPayload("{\"scope\":\"read:*\",\"exp\":1,\"exp\":4102444800}"),
            JwtBuilder.signedPayload(
                "{\"scope\":\"read:*\",\"exp\":4102444800,\"key\":{\"user_id\":1,\"user_id\":42}}"),
            jwt("read:*").with("key", Map.of("user_id", List.of())).signed(),
            jwt("read:*").with("key", Map.of("user_id", List.of(42, List.of(43)))).signed(),
            jwt("read:*").with("key", Map.of()).signed())) {
      bad.add("Bearer " + token);
    }
    for (String authorization : bad) {
      for (Ask ask : ALL) {
        refused(ask, authorization, 401, "unauthorized");
      }
    }
  }

  @Test
  void aTokenForOneViewReadsThatViewAndDoesNothingElse() {
    allowed(Guarded.READS_VIEW, MINE, OTHERS);
    forbidden(Guarded.READS_VIEW, OTHER_VIEW, NO_VIEW, NO_BATCH, REPAIR, INVALIDATE, COMPARE);
    allowed(Guarded.READS_OTHER, OTHER_VIEW);
    forbidden(Guarded.READS_OTHER, MINE, OTHERS, BATCH, NO_VIEW, NO_BATCH, REPAIR, INVALIDATE);
    forbidden(jwt("read:unread_conversation").signed(), MINE, OTHERS, BATCH, OTHER_VIEW, REPAIR);
    forbidden(jwt("openid email").signed(), ALL.toArray(Ask[]::new));
    forbidden(jwt().signed(), ALL.toArray(Ask[]::new));
  }

  @Test
  void aTokenForAllViewsReadsAndDoesNothingElse() {
    allowed(Guarded.READS_ALL, MINE, OTHERS, OTHER_VIEW);
    forbidden(Guarded.READS_ALL, REPAIR, INVALIDATE);
    assertThat(NO_VIEW.with("Bearer " + Guarded.READS_ALL).text())
        .contains("404", "did you mean 'unread_conversations'?");
  }

  @Test
  void namesOfViewsAreOnlyToldToWhoMayReadThem() {
    RawHttp.Raw response =
        NO_VIEW.with("Bearer " + jwt("read:unread_conversation read:notes_of").signed());

    assertThat(response.status()).isEqualTo(404);
    assertThat(response.text()).doesNotContain("unread_conversations");
  }

  @Test
  void anOperatorsTokenReadsNothing() {
    forbidden(Guarded.OPERATES, MINE, OTHERS, BATCH, OTHER_VIEW, NO_VIEW, NO_BATCH);
    // There is no Kafka, so a request that is allowed fails because it cannot be sent.
    for (Ask ask : List.of(REPAIR, INVALIDATE)) {
      for (String token : List.of(Guarded.OPERATES, Guarded.MAY_ALL, jwt("operate").signed())) {
        assertThat(ask.with("Bearer " + token).text()).contains("503", "requests-unavailable");
      }
    }
  }

  @Test
  void onlyWhoReadsAndOperatesComparesWithMysql() {
    allowed(Guarded.MAY_ALL, COMPARE, COMPARE_OTHERS);
    allowed(jwt("operate read:unread_conversations").signed(), COMPARE, COMPARE_OTHERS);
    forbidden(Guarded.READS_ALL, COMPARE, COMPARE_OTHERS);
    forbidden(Guarded.OPERATES, COMPARE, COMPARE_OTHERS);
    forbidden(jwt("operate read:notes_of").signed(), COMPARE, COMPARE_OTHERS);
    String mine = jwt("operate read:*").key(Map.of("user_id", 42)).signed();
    allowed(mine, COMPARE);
    forbidden(mine, COMPARE_OTHERS);
    assertThat(COMPARE.with("Bearer " + mine).text())
        .contains("\"source\":\"mysql\"", "\"reason\":\"requested\"", "\"version\":null")
        .containsPattern("\"gtid_executed\":\"[0-9a-f-]{36}:1-[0-9]+");
  }

  @Test
  void theListHasTheViewsThatTheTokenReads() throws Exception {
    assertThat(listed(Guarded.MAY_ALL)).containsExactly(Guarded.OTHER_VIEW, Guarded.VIEW);
    assertThat(listed(Guarded.READS_ALL)).containsExactly(Guarded.OTHER_VIEW, Guarded.VIEW);
    assertThat(listed(Guarded.READS_VIEW)).containsExactly(Guarded.VIEW);
    assertThat(listed(Guarded.READS_OTHER)).containsExactly(Guarded.OTHER_VIEW);
    assertThat(listed(Guarded.OPERATES)).isEmpty();
    assertThat(listed(jwt("read:unread_conversation").signed())).isEmpty();
    RawHttp.Raw response = list(jwt("operate").key(Map.of("user_id", List.of(43, 42))).signed());
    assertThat(response.text()).contains("\"operate\":true,\"key\":{\"user_id\":[\"42\",\"43\"]}");
    assertThat(list("wrong").status()).isEqualTo(401);
  }

  private static List<String> listed(String token) throws Exception {
    RawHttp.Raw response = list(token);
    assertThat(response.status()).isEqualTo(200);
    List<String> names = new ArrayList<>();
    new com.fasterxml.jackson.databind.json.JsonMapper()
        .readTree(response.body())
        .path("views")
        .forEach(view -> names.add(view.path("name").asText()));
    return names;
  }

  private static RawHttp.Raw list(String token) {
    return http.send(
        "GET /v1/views HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nConnection: close\r\n\r\n"
            .formatted(token));
  }

  @Test
  void aUsersTokenIsGoodForThatUserAlone() {
    String user = jwt("read:*").key(Map.of("user_id", 42)).signed();
    allowed(user, MINE);
    forbidden(user, OTHERS, OTHER_VIEW, REPAIR, INVALIDATE);
    String two = jwt("read:*").key(Map.of("user_id", List.of(42, 43), "site_id", 7)).signed();
    allowed(two, MINE, OTHERS);
    forbidden(two, new Ask(GET, "unread_conversations/42/8", ""), OTHER_VIEW);
    String site = jwt("read:*").key(Map.of("user_id", "42", "site_id", 8)).signed();
    allowed(site, new Ask(GET, "unread_conversations/42/8", ""));
    forbidden(site, MINE, OTHERS);
    String operator = jwt("operate").key(Map.of("user_id", 42)).signed();
    assertThat(REPAIR.with("Bearer " + operator).text()).contains("requests-unavailable");
    forbidden(operator, INVALIDATE, MINE);
  }

  @Test
  void eachKeyOfManyIsAllowedOrForbiddenByItself() throws Exception {
    String user = jwt("read:unread_conversations").key(Map.of("user_id", 42)).signed();
    RawHttp.Raw response = BATCH.with("Bearer " + user);

    assertThat(response.status()).isEqualTo(200);
    var answers =
        new com.fasterxml.jackson.databind.json.JsonMapper()
            .readTree(response.body())
            .path("answers");
    assertThat(answers).hasSize(3);
    assertThat(answers.path(0).path("items")).hasSize(12);
    assertThat(answers.path(1).path("problem").path("type").asText())
        .isEqualTo("urn:freshet:problem:forbidden");
    assertThat(answers.path(1).has("items")).isFalse();
    assertThat(answers.path(2).path("items")).hasSize(3);
  }

  private static void allowed(String token, Ask... asks) {
    for (Ask ask : asks) {
      RawHttp.Raw response = ask.with("Bearer " + token);
      assertThat(response.status()).as("%s: %s", ask, response.text()).isEqualTo(200);
      assertThat(response.text()).contains("\"items\":[{");
    }
  }

  private static void forbidden(String token, Ask... asks) {
    for (Ask ask : asks) {
      refused(ask, "Bearer " + token, 403, "forbidden");
    }
  }

  private static void refused(Ask ask, String authorization, int status, String kind) {
    RawHttp.Raw response = ask.with(authorization);
    assertThat(response.status()).as("%s with %s", ask, authorization).isEqualTo(status);
    assertThat(response.text())
        .contains("urn:freshet:problem:" + kind)
        .doesNotContain("items", "conversation_id", "last_message_at", "Ada", "did you mean");
  }
}
