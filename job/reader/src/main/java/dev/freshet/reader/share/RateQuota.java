package dev.freshet.reader.share;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;

/**
 * Limits how often each principal may do something within a second; a {@link Principal.Kind#SOLE
 * sole} one is not limited. Thread-safe.
 */
public final class RateQuota {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final LoadingCache<Principal, RateLimiter> limiters;

  /**
   * Creates a quota.
   *
   * @param perSecond the number per second of which principals have {@code shares}; at least 1
   */
  public RateQuota(int perSecond, Shares shares) {
    this.limiters =
        Caffeine.newBuilder()
            .expireAfterAccess(SECOND.multipliedBy(2))
            .build(principal -> limiter(shares.of(principal, perSecond)));
  }

  private static RateLimiter limiter(int perSecond) {
    return RateLimiter.of(
        "share",
        RateLimiterConfig.custom()
            .limitForPeriod(perSecond)
            .limitRefreshPeriod(SECOND)
            .timeoutDuration(Duration.ZERO)
            .build());
  }

  /** Takes one of the principal's share; false if it has had that in this second. Never blocks. */
  public boolean take(Principal principal) {
    return principal.kind() == Principal.Kind.SOLE || limiters.get(principal).acquirePermission();
  }
}
