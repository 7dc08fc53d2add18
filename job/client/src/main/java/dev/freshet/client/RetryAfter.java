package dev.freshet.client;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.Optional;

/** How long a reader wants to be left alone: whole seconds; it gives no dates. */
final class RetryAfter {
  private static final int MOST_SECONDS = 3600;

  private RetryAfter() {}

  static Optional<Duration> of(HttpHeaders headers) {
    return headers
        .firstValue("Retry-After")
        .filter(text -> text.matches("\\d{1,4}"))
        .map(text -> Duration.ofSeconds(Math.min(MOST_SECONDS, Integer.parseInt(text))));
  }
}
