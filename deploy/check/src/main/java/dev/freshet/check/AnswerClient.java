package dev.freshet.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An HTTP client for the view {@code unread_conversations}. Thread-safe. */
final class AnswerClient {
  private static final String VIEW = "unread_conversations";

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();
  private final ObjectMapper json = new ObjectMapper();
  private final String url;
  private final String token;

  /** The reader answered with a status other than 200. */
  static final class Refusal extends IOException {
    private static final long serialVersionUID = 1L;
    private static final Pattern KIND = Pattern.compile("problem:([a-z-]+)");

    private final int status;

    Refusal(int status, String body) {
      super("the reader answered " + status + ": " + body);
      this.status = status;
    }

    /** Whether the reader was overloaded (503), which is an allowed answer. */
    boolean overloaded() {
      return status == 503;
    }

    /** Returns the kind of the problem in the answer, or the status if there is none. */
    String kind() {
      Matcher matcher = KIND.matcher(String.valueOf(getMessage()));
      return matcher.find() ? matcher.group(1) : String.valueOf(status);
    }

    /**
     * Whether the reader does not know the view (404), which is allowed before the job is first
     * submitted.
     */
    boolean unknownView() {
      return status == 404;
    }
  }

  /** The reader cannot be reached, or closed the connection before it answered. */
  static final class Unreachable extends IOException {
    private static final long serialVersionUID = 1L;

    private Unreachable(IOException cause) {
      super("the reader cannot be reached: " + cause, cause);
    }
  }

  AnswerClient(Endpoints endpoints) {
    this.url = endpoints.get("READER_URL");
    this.token = endpoints.get("READER_TOKEN");
  }

  /**
   * Requests one page.
   *
   * @param cursor the {@code nextCursor} of the previous page; null for the first page
   * @throws IOException if there is no answer, or a malformed one
   */
  Answer ask(ViewKey key, int limit, String cursor) throws IOException, InterruptedException {
    String path = "/v1/views/" + VIEW + "/" + key.user() + "/" + key.site() + "?limit=" + limit;
    if (cursor != null) {
      path += "&cursor=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8);
    }
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(Duration.ofSeconds(10))
            .header("Authorization", "Bearer " + token)
            .build();
    HttpResponse<String> response = send(request);
    if (response.statusCode() != 200) {
      throw new Refusal(response.statusCode(), response.body());
    }
    try {
      return answer(key, json.readTree(response.body()));
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage() + " in " + response.body(), e);
    }
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    } catch (HttpConnectTimeoutException e) {
      throw new Unreachable(e);
    } catch (HttpTimeoutException e) {
      throw e;
    } catch (IOException e) {
      throw new Unreachable(e);
    }
  }

  private static Answer answer(ViewKey key, JsonNode body) {
    same("view", VIEW, text(body, "view"));
    same("key.user_id", String.valueOf(key.user()), text(body.path("key"), "user_id"));
    same("key.site_id", String.valueOf(key.site()), text(body.path("key"), "site_id"));
    String source = text(body, "source");
    String version = text(body, "version");
    boolean fromProjection = "projection".equals(source);
    if (!fromProjection) {
      same("source", "mysql", source);
      same("version", null, version);
    } else if (version == null || text(body, "as_of") == null) {
      throw new IllegalArgumentException("a projection answer lacks version or as_of");
    }
    List<Entry> items = new ArrayList<>();
    for (JsonNode item : body.path("items")) {
      items.add(
          new Entry(
              Long.parseLong(text(item, "conversation_id")),
              Micros.ofJson(text(item, "last_message_at")),
              text(item, "name"),
              text(item, "image_url")));
    }
    return new Answer(
        fromProjection,
        version == null ? 0 : BinlogPosition.parse(version),
        text(body, "total"),
        items,
        text(body, "next_cursor"));
  }

  private static String text(JsonNode node, String field) {
    JsonNode value = node.get(field);
    return value == null || value.isNull() ? null : value.asText();
  }

  private static void same(String field, String expected, String actual) {
    if (expected == null ? actual != null : !expected.equals(actual)) {
      throw new IllegalArgumentException(field + " is " + actual + ", not " + expected);
    }
  }
}
