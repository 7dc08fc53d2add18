package dev.freshet.servers;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** A client of the job manager's REST interface. */
final class FlinkRest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final FlinkConfig config;

  /** Made with the first request, because the key store may not exist before. */
  private HttpClient client;

  FlinkRest(FlinkConfig config) {
    this.config = config;
  }

  /** Returns the body of a GET; throws if the status is not 200. */
  String get(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(config.url() + path)).timeout(TIMEOUT).build();
    HttpResponse<String> response = client().send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(
          "Flink at " + config.url() + path + " answers " + response.statusCode());
    }
    return response.body();
  }

  private synchronized HttpClient client() {
    if (client == null) {
      HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(TIMEOUT);
      config.keys().ifPresent(keys -> builder.sslContext(keys.context()));
      client = builder.build();
    }
    return client;
  }
}
