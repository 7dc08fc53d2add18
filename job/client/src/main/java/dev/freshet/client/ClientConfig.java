package dev.freshet.client;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Where a reader is and how patiently it is asked. Immutable; the text form leaves the token out.
 *
 * @param url of the reader, such as {@code http://reader:8080}
 * @param token asked for before every request, so that it may change
 * @param connectTimeout of a connection
 * @param requestTimeout of one attempt
 * @param deadline of a call with all its attempts; at least one is made
 * @param retries attempts after the first, at most
 * @param firstPause before the first of them; it doubles up to {@code longestPause}, by chance a
 *     quarter more or less
 * @param silence of a stream after which it is taken for dead; the reader says something every 15 s
 */
public record ClientConfig(
    URI url,
    Supplier<String> token,
    Duration connectTimeout,
    Duration requestTimeout,
    Duration deadline,
    int retries,
    Duration firstPause,
    Duration longestPause,
    Duration silence) {
  public ClientConfig {
    Objects.requireNonNull(token, "token");
    boolean http = Set.of("http", "https").contains(String.valueOf(url.getScheme()));
    if (!http || url.getHost() == null || url.getRawQuery() != null) {
      throw new IllegalArgumentException(
          "url is '" + url + "'; give an address such as http://reader:8080");
    }
    positive("connectTimeout", connectTimeout);
    positive("requestTimeout", requestTimeout);
    positive("deadline", deadline);
    positive("firstPause", firstPause);
    positive("silence", silence);
    if (retries < 0) {
      throw new IllegalArgumentException("retries is " + retries + "; give 0 for none");
    }
    if (longestPause.compareTo(firstPause) <= 0) {
      throw new IllegalArgumentException(
          "longestPause is %s, not above firstPause %s".formatted(longestPause, firstPause));
    }
    if (deadline.compareTo(firstPause) <= 0) {
      throw new IllegalArgumentException(
          "deadline is %s, not above firstPause %s".formatted(deadline, firstPause));
    }
  }

  /** Attempts for ten seconds. */
  public static ClientConfig of(URI url, Supplier<String> token) {
    return new ClientConfig(
        url,
        token,
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        8,
        Duration.ofMillis(100),
        Duration.ofSeconds(3),
        Duration.ofSeconds(45));
  }

  /** With another patience. */
  public ClientConfig withDeadline(Duration deadline) {
    return new ClientConfig(
        url,
        token,
        connectTimeout,
        requestTimeout,
        deadline,
        retries,
        firstPause,
        longestPause,
        silence);
  }

  private static void positive(String name, Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException(name + " is " + duration + "; give more than nothing");
    }
  }

  @Override
  public String toString() {
    return "client of %s, deadline %s, %d retries".formatted(url, deadline, retries);
  }
}
