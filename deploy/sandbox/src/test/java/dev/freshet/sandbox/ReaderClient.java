package dev.freshet.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.cli.Endpoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Asks a reader. */
final class ReaderClient {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final String url;
  private final String token;

  /** What a reader said, and how long that took. */
  record Response(int status, Optional<String> retryAfter, JsonNode body, Duration took) {}

  ReaderClient(Endpoints endpoints) {
    this(endpoints.get("READER_URL"), endpoints.get("READER_TOKEN"));
  }

  ReaderClient(String url, String token) {
    this.url = url;
    this.token = token;
  }

  /** The answer for a key, of any number of columns. */
  JsonNode ask(String view, String key, int limit) throws IOException, InterruptedException {
    Response response = response(view, key, limit);
    if (response.status() != 200) {
      throw new IOException(view + "/" + key + ": " + response);
    }
    return response.body();
  }

  /** Whether the answer for a key comes from the projection. */
  boolean isFromProjection(String view, String key) throws IOException, InterruptedException {
    return ask(view, key, 50).path("source").asText().equals("projection");
  }

  /** Whatever it says of a key. */
  Response response(String view, String key, int limit) throws IOException, InterruptedException {
    return sent(request(path(view, key) + "?limit=" + limit).build());
  }

  /**
   * A page of a key's answer.
   *
   * @param key its parts, which may hold slashes
   * @param cursor of the page before; empty for the first
   */
  Response page(String view, List<String> key, int limit, String cursor)
      throws IOException, InterruptedException {
    String after =
        cursor.isEmpty() ? "" : "&cursor=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8);
    return sent(request(path(view, key.stream()) + "?limit=" + limit + after).build());
  }

  /** Whatever it will say of a key, while others are asked for. */
  CompletableFuture<Response> responseLater(String view, String key, int limit) {
    long asked = System.nanoTime();
    return http.sendAsync(
            request(path(view, key) + "?limit=" + limit).build(),
            HttpResponse.BodyHandlers.ofString())
        .thenApply(
            response -> {
              try {
                return read(response, asked);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  /** Whatever it says of a key to somebody who wrote, waiting so many milliseconds. */
  Response after(String view, String key, String written, int wait)
      throws IOException, InterruptedException {
    String after = URLEncoder.encode(written, StandardCharsets.UTF_8);
    return sent(request(path(view, key) + "?after=" + after + "&wait=" + wait).build());
  }

  /** Asks for a key to be repaired, or invalidated. */
  Response post(String view, String key, String type) throws IOException, InterruptedException {
    return sent(
        request(path(view, key) + "/" + type).POST(HttpRequest.BodyPublishers.noBody()).build());
  }

  private static String path(String view, String key) {
    return path(view, Stream.of(key.split("/", -1)));
  }

  private static String path(String view, Stream<String> key) {
    return "/v1/views/"
        + view
        + key.map(part -> "/" + URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"))
            .collect(Collectors.joining());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path))
        .timeout(Duration.ofSeconds(20))
        .header("Authorization", "Bearer " + token);
  }

  private Response sent(HttpRequest request) throws IOException, InterruptedException {
    long asked = System.nanoTime();
    return read(http.send(request, HttpResponse.BodyHandlers.ofString()), asked);
  }

  private static Response read(HttpResponse<String> response, long asked) throws IOException {
    return new Response(
        response.statusCode(),
        response.headers().firstValue("Retry-After"),
        JSON.readTree(response.body()),
        Duration.ofNanos(System.nanoTime() - asked));
  }
}
