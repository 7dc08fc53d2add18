package dev.freshet.reader.share;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;

/**
 * Limits how often each principal may do something within a second; a {@link Principal.Kind#SOLE
 * sole} principal is not limited. Thread-safe.
 */
public final class RateQuota {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final LoadingCache<Principal, RateLimiter> limiters;

  /**
   * Creates a quota.
   *
   * @param perSecond the number of units per second, at least 1; {@code shares} are parts of it
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

  /**
   * Takes a unit; returns false if the principal has used its share of this second. Never blocks.
   */
  public boolean take(Principal principal) {
    return principal.kind() == Principal.Kind.SOLE || limiters.get(principal).acquirePermission();
  }
}
