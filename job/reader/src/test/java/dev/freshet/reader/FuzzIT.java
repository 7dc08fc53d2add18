package dev.freshet.reader;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.servers.LocalServers;
import dev.freshet.view.TestSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Tests that every request gets a right answer or a problem with a 4xx status, which reveals
 * nothing internal.
 */
class FuzzIT {
  private static final int REQUESTS = FULL ? 10_000 : 2_000;
  private static final int CLIENTS = 4;
  private static final JsonMapper JSON = new JsonMapper();

  /** Texts that no response may contain; no request contains them. */
  private static final List<String> NOBODYS =
      List.of(
          "Exception",
          "dev.freshet",
          "java.",
          "org.eclipse",
          "com.mysql",
          "\tat ",
          "SELECT ",
          "FROM ",
          "WHERE ",
          "jdbc",
          "<html",
          "<!DOCTYPE",
          "127.0.0.1",
          "localhost",
          Guarded.READS_ALL,
          Guarded.MAY_ALL,
          Guarded.OPERATES,
          "Jetty");

  private static World world;
  private static Reader reader;

  @BeforeAll
  static void start() throws Exception {
    world = World.of(LocalServers.mysql(), LocalServers.postgres(), World.LIMITS);
    Guarded.fill(world);
    reader = Guarded.reader(world);
  }

  @AfterAll
  static void stop() {
    if (reader != null) {
      reader.close();
      world.close();
    }
  }

  @Test
  void everythingIsAnsweredRightOrRefused() throws Exception {
    long seed = TestSize.seed();
    System.out.println("seed of the fuzz: " + seed);
    List<String> cursors = cursors();
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try {
      List<Callable<Map<Integer, Integer>>> work = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        Fuzz fuzz = new Fuzz(seed + i, cursors);
        String where = "seed " + seed + ", client " + i;
        work.add(() -> ask(fuzz, where));
      }
      Map<Integer, Integer> statuses = new TreeMap<>();
      for (Future<Map<Integer, Integer>> done : clients.invokeAll(work)) {
        done.get().forEach((status, count) -> statuses.merge(status, count, Integer::sum));
      }
      System.out.println("answers by status: " + statuses);
      assertThat(statuses).containsKeys(200, 400, 401, 404, 405, 413, 414, 431);
      assertThat(statuses.getOrDefault(0, 0)).as("cut off").isLessThan(REQUESTS / 20);
    } finally {
      clients.shutdownNow();
    }
  }

  private static List<String> cursors() {
    List<String> cursors = new ArrayList<>();
    for (JsonNode page : world.pages("/v1/views/unread_conversations/42/7", 5)) {
      if (page.hasNonNull("next_cursor")) {
        cursors.add(page.path("next_cursor").asText());
      }
    }
    cursors.add(world.get("/v1/views/unread_conversations/43/7?limit=2").text("next_cursor"));
    return cursors;
  }

  private static Map<Integer, Integer> ask(Fuzz fuzz, String where) throws IOException {
    RawHttp http = new RawHttp(reader.port());
    Map<Integer, Integer> statuses = new TreeMap<>();
    String page = world.get("/").json().asText();
    for (int i = 0; i < REQUESTS / CLIENTS; i++) {
      byte[] request = fuzz.next();
      RawHttp.Raw response = http.send(request);
      statuses.merge(response.status(), 1, Integer::sum);
      String about =
          "%s, request %d%n%s%n%n%s"
              .formatted(
                  where, i, new String(request, StandardCharsets.ISO_8859_1), response.text());
      if (response.status() == 200 && response.body().equals(page)) {
        // The page for people is the only HTML.
        continue;
      }
      assertThat(response.text()).as(about).doesNotContain(NOBODYS);
      if (response.status() == 200) {
        rightAnswers(about, response);
      } else if (response.status() == 304) {
        // Only the page's files have an ETag; an answer is never "not modified".
        assertThat(new String(request, StandardCharsets.ISO_8859_1))
            .as(about)
            .matches("(?s)(GET|HEAD) (/|http://x) .*\r\nIf-None-Match: \\*\r\n.*");
        assertThat(response.body()).as(about).isEmpty();
      } else if (response.status() == 503) {
        // The client has closed its side of the connection, and a slow answer of MySQL ends then.
        assertThat(response.body()).as(about).contains("urn:freshet:problem:abandoned");
      } else if (response.status() != 0) {
        assertThat(response.status()).as(about).isBetween(400, 499);
        if (!response.body().isEmpty()) {
          assertThat(response.text()).as(about).contains("application/problem+json");
        }
      }
    }
    return statuses;
  }

  private static void rightAnswers(String about, RawHttp.Raw response) throws IOException {
    String body = response.body();
    if (response.text().contains("chunked") || !body.startsWith("{")) {
      return;
    }
    JsonNode json = JSON.readTree(body);
    if (json.has("answers")) {
      json.path("answers").forEach(answer -> right(about, answer));
    } else if (json.has("items")) {
      right(about, json);
    } else {
      assertThat(json.has("catalogue")).as(about).isTrue();
    }
  }

  /** Asserts that the entries of an answer are those of its key, in order. */
  private static void right(String about, JsonNode answer) {
    if (answer.has("problem")) {
      assertThat(answer.path("problem").path("status").asInt()).as(about).isBetween(400, 499);
      return;
    }
    List<Integer> expected = List.of();
    if (answer.path("view").asText().equals(Guarded.VIEW)) {
      expected =
          switch (answer.path("key").toString()) {
            case "{\"user_id\":42,\"site_id\":7}" -> List.of(12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1);
            case "{\"user_id\":42,\"site_id\":8}" -> List.of(15, 14, 13);
            case "{\"user_id\":43,\"site_id\":7}" -> List.of(20, 19, 18, 17, 16);
            default -> List.of();
          };
    } else if (answer
        .path("key")
        .toString()
        .equals(
            "{\"name\":\"a\",\"price\":\"1.50\",\"bin\":\"AQ\",\"dt\":\"2026-01-31T00:00:00.00\"}")) {
      expected = List.of(1, 2);
    }
    List<Integer> shown =
        StreamSupport.stream(answer.path("items").spliterator(), false)
            .map(item -> item.path(item.has("id") ? "id" : "conversation_id").asInt())
            .toList();
    // A page may begin anywhere, also after the last entry, because some cursors are valid.
    if (!shown.isEmpty()) {
      assertThat(expected).as(about).containsSequence(shown);
    }
    assertThat(answer.path("total").asText()).as(about).isEqualTo("" + expected.size());
  }
}
