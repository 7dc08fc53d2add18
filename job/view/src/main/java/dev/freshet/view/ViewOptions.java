package dev.freshet.view;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;

/**
 * How a view is kept and served, as its WITH clause says it.
 *
 * @param onRead the store has only the keys that somebody asked for; all keys otherwise
 * @param evictAfter of a view that is populated on read: a key that nobody read for that long
 *     leaves the store
 * @param staleOnError where MySQL gives no answer, one that is too old is given and called so
 */
public record ViewOptions(boolean onRead, Duration evictAfter, boolean staleOnError)
    implements Serializable {
  /** How long keys stay that nobody reads, unless the view says it. */
  public static final Duration EVICT_AFTER = Duration.ofDays(7);

  /** What a view has that says nothing. */
  public static final ViewOptions DEFAULT = new ViewOptions(false, EVICT_AFTER, false);

  public ViewOptions {
    Objects.requireNonNull(evictAfter, "evictAfter");
    if (evictAfter.isNegative() || evictAfter.isZero()) {
      throw new IllegalArgumentException("keys leave after " + evictAfter);
    }
  }

  /** As {@link #DEFAULT}, but populated on read. */
  public static ViewOptions populatedOnRead(Duration evictAfter) {
    return new ViewOptions(true, evictAfter, false);
  }
}
