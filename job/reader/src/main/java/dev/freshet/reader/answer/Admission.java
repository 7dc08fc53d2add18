package dev.freshet.reader.answer;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.Optional;

/**
 * How much MySQL may be asked: a {@link Bulkhead} for what is asked at once, and a number for what
 * is asked within a second. Safe for many threads.
 */
public final class Admission {
  private final Bulkhead gate;
  private final Optional<RateLimiter> limiter;

  /**
   * Limits queries.
   *
   * @param perSecond most that begin within a second; 0 for any number
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

  /** Why the caller is not in; if nothing is said it is, and must {@link #leave}. */
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

  /** How many may be in at once. */
  int places() {
    return gate.places();
  }

  /** How many may be in or wait at once. */
  int most() {
    return gate.most();
  }
}
