package dev.freshet.reader.answer;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.Optional;

/**
 * Limits the queries to MySQL: a {@link Bulkhead} for concurrent queries, and a rate limit.
 * Thread-safe.
 */
public final class Admission {
  private final Bulkhead gate;
  private final Optional<RateLimiter> limiter;

  /**
   * Creates the limits.
   *
   * @param perSecond the maximum number of queries that start within a second; 0 for no limit
   */
  public Admission(Bulkhead gate, int perSecond) {
    this.gate = gate;
    this.limiter = perSecond == 0 ? Optional.empty() : Optional.of(limiter(perSecond));
  }

  private static RateLimiter limiter(int perSecond) {
    return RateLimiter.of(
        "fallbacks",
        RateLimiterConfig.custom()
            .limitForPeriod(perSecond)
            .limitRefreshPeriod(Duration.ofSeconds(1))
            .timeoutDuration(Duration.ZERO)
            .build());
  }

  /**
   * Returns why the caller was rejected, or empty if it was admitted. An admitted caller must call
   * {@link #leave}. Blocks while the caller is queued.
   */
  Optional<Rejection> enter() {
    if (!gate.enter()) {
      return Optional.of(Rejection.QUEUE);
    }
    if (limiter.isPresent() && !limiter.get().acquirePermission()) {
      gate.leave();
      return Optional.of(Rejection.RATE);
    }
    return Optional.empty();
  }

  void leave() {
    gate.leave();
  }

  /** Returns how many callers may be admitted at the same time. */
  int capacity() {
    return gate.capacity();
  }

  /** Returns how many callers may be admitted or queued at the same time. */
  int most() {
    return gate.most();
  }
}
