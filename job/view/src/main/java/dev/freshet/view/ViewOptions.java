package dev.freshet.view;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;

/**
 * The options of a view's WITH clause: how the view is stored and served.
 *
 * @param onRead whether the view is populated on read: the store then has only keys that were read,
 *     and otherwise all keys
 * @param evictAfter how long a key of a view that is populated on read stays in the store after its
 *     last read
 * @param maxKeys the maximum number of keys in the store of a view that is populated on read; it is
 *     approximate, because each writer limits its own part of the keys
 * @param staleOnError whether the reader returns an answer that is too old, marked as stale, when
 *     MySQL does not answer
 */
public record ViewOptions(boolean onRead, Duration evictAfter, int maxKeys, boolean staleOnError)
    implements Serializable {
  /**
   * How long a key of a view that is populated on read stays in the store after its last read, by
   * default.
   */
  public static final Duration EVICT_AFTER = Duration.ofDays(7);

  /** The maximum number of keys in the store of a view that is populated on read, by default. */
  public static final int MAX_KEYS = 1_000_000;

  /** The options of a view without a WITH clause. */
  public static final ViewOptions DEFAULT = new ViewOptions(false, EVICT_AFTER, MAX_KEYS, false);

  public ViewOptions {
    Objects.requireNonNull(evictAfter, "evictAfter");
    if (evictAfter.isNegative() || evictAfter.isZero()) {
      throw new IllegalArgumentException("keys leave after " + evictAfter);
    }
    if (maxKeys < 1) {
      throw new IllegalArgumentException("at most " + maxKeys + " keys");
    }
  }

  /** The options {@link #DEFAULT}, but populated on read. */
  public static ViewOptions populatedOnRead(Duration evictAfter) {
    return new ViewOptions(true, evictAfter, MAX_KEYS, false);
  }
}
