package dev.freshet.client;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The address of a reader, and the limits of requests to it. Immutable; {@code toString()} does not
 * show the token.
 *
 * @param url the reader's address, such as {@code http://reader:8080}
 * @param token supplies the token; called before every request, so that the token may change
 * @param connectTimeout the limit for opening a connection
 * @param requestTimeout the limit of one attempt; the time that a query lets the reader wait is
 *     added to it, and to the deadline
 * @param deadline the limit of a call with all its attempts; at least one attempt is made
 * @param retries the maximum number of attempts after the first
 * @param firstPause the pause before the first retry; each further pause is twice as long, up to
 *     {@code longestPause}, with up to a quarter added or removed at random
 * @param silence after which a stream's connection counts as lost; the reader sends at least a
 *     comment every 15 s
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

  /** A configuration with the default limits; a call takes at most ten seconds. */
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

  /** The same configuration with another deadline. */
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
      throw new IllegalArgumentException(name + " is " + duration + "; give a positive duration");
    }
  }

  @Override
  public String toString() {
    return "client of %s, deadline %s, %d retries".formatted(url, deadline, retries);
  }
}
