package dev.freshet.flow.event;

import java.time.Duration;

/**
 * Decides from when on events are applied: an event that is older than a view's {@code
 * keep-deleted} is refused. The horizon grows with the clock, and stands still while the log
 * catches up, so that what was applied is applied again.
 *
 * <p>Before the log has caught up for the first time there is no horizon: nothing was forgotten, so
 * everything that the topics have is applied.
 *
 * <p>Not thread-safe.
 */
final class Horizon {
  /** The clock before the log has caught up for the first time. */
  static final long NONE = Long.MIN_VALUE;

  private static final long MICROS = 1000;

  private long clock;

  /**
   * Creates a horizon.
   *
   * @param clock the {@link #clock} of a checkpoint; {@link #NONE} if there is none
   */
  Horizon(long clock) {
    this.clock = clock;
  }

  /** Advances the clock; an earlier time changes nothing. In milliseconds since the epoch. */
  void advance(long now) {
    clock = Math.max(clock, now);
  }

  /** The time by which the horizon is decided, in milliseconds since the epoch. */
  long clock() {
    return clock;
  }

  /** The least time of an event that is applied, in microseconds since the epoch. */
  long of(Duration keepDeleted) {
    return clock == NONE ? Long.MIN_VALUE : (clock - keepDeleted.toMillis()) * MICROS;
  }
}
