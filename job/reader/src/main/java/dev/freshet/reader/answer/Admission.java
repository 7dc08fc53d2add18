package dev.freshet.reader.answer;

import dev.freshet.reader.share.Principal;
import dev.freshet.reader.share.RateQuota;
import dev.freshet.reader.share.Shares;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.Optional;

/**
 * Limits the queries to MySQL: a {@link Bulkhead} for concurrent queries, and a rate limit, of
 * which each principal gets its share. Thread-safe.
 */
public final class Admission {
  private final Bulkhead gate;
  private final Optional<RateLimiter> limiter;
  private final Optional<RateQuota> quota;

  /**
   * Creates the limits.
   *
   * @param perSecond the maximum number of queries that start within a second; 0 for no limit
   * @param shares the principals' shares of that rate
   */
  public Admission(Bulkhead gate, int perSecond, Shares shares) {
    this.gate = gate;
    this.quota = perSecond == 0 ? Optional.empty() : Optional.of(new RateQuota(perSecond, shares));
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
  Optional<Rejection> enter(Principal principal) {
    Optional<Rejection> rejection = gate.enter(principal);
    if (rejection.isPresent()) {
      return rejection;
    }
    rejection = rate(principal);
    if (rejection.isPresent()) {
      gate.leave(principal);
    }
    return rejection;
  }

  private Optional<Rejection> rate(Principal principal) {
    if (quota.isPresent() && !quota.get().take(principal)) {
      return Optional.of(Rejection.SHARE);
    }
    return limiter.isPresent() && !limiter.get().acquirePermission()
        ? Optional.of(Rejection.RATE)
        : Optional.empty();
  }

  /** Leaves after a successful {@link #enter} of the same principal. */
  void leave(Principal principal) {
    gate.leave(principal);
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
