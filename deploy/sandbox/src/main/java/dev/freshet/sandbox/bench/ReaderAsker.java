package dev.freshet.sandbox.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/** Reads first pages from the reader. */
final class ReaderAsker implements Rounds.Asker {
  private static final String PROJECTION = "\"source\":\"projection\"";

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<HttpRequest> requests;

  /**
   * Prepares the requests.
   *
   * @param keys keys as in the reader's URLs
   */
  ReaderAsker(String url, String token, String view, List<String> keys, int limit) {
    this.requests =
        keys.stream()
            .map(
                key ->
                    HttpRequest.newBuilder(
                            URI.create(url + "/v1/views/" + view + "/" + key + "?limit=" + limit))
                        .timeout(Duration.ofSeconds(30))
                        .header("Authorization", "Bearer " + token)
                        .build())
            .toList();
  }

  @Override
  public boolean ask(int key) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(requests.get(key), HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException("status " + response.statusCode() + ": " + response.body());
    }
    return response.body().contains(PROJECTION);
  }

  @Override
  public void close() {
    // The client has nothing to close.
  }
}
