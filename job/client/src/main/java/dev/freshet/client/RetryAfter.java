package dev.freshet.client;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.Optional;

/** Parses the header {@code Retry-After} in whole seconds; a reader never sends a date. */
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
