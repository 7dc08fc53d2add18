package dev.freshet.store;

import dev.freshet.view.Reason;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Why the reader asks MySQL instead of answering from the projection. A value class and not an
 * enum, because a newer job may write reasons that this reader does not know.
 *
 * @param wireName the reason's name in answers and metrics; it never changes
 */
public record FallbackReason(String wireName) {
  /** The first build is not complete. */
  public static final FallbackReason BUILDING = new FallbackReason("building");

  /** The store lost commits, and the lost data is being rebuilt. */
  public static final FallbackReason STORE_LOST = new FallbackReason("store-lost");

  /** An operator asked for a rebuild. */
  public static final FallbackReason REBUILDING = new FallbackReason("rebuilding");

  /** The view is populated on read, and the store does not have the key yet. */
  public static final FallbackReason ABSENT = new FallbackReason("absent");

  /** MySQL's last confirmation is older than the view's FRESHNESS. */
  public static final FallbackReason STALE = new FallbackReason("stale");

  /** A write that the answer must show did not arrive in time. */
  public static final FallbackReason BEHIND = new FallbackReason("behind");

  /** Postgres does not answer. */
  public static final FallbackReason STORE_UNAVAILABLE = new FallbackReason("store-unavailable");

  /** The caller asked for MySQL's own answer, to compare it with the projection's. */
  public static final FallbackReason REQUESTED = new FallbackReason("requested");

  public FallbackReason {
    Objects.requireNonNull(wireName, "wireName");
  }

  /** All reasons that this version knows. */
  public static List<FallbackReason> all() {
    return Stream.concat(
            Stream.of(
                BUILDING,
                STORE_LOST,
                REBUILDING,
                ABSENT,
                STALE,
                BEHIND,
                STORE_UNAVAILABLE,
                REQUESTED),
            Arrays.stream(Reason.values()).map(FallbackReason::of))
        .toList();
  }

  /** The fallback reason of a key, or of a whole view, that is invalid for {@code reason}. */
  public static FallbackReason of(Reason reason) {
    return new FallbackReason(reason.wireName());
  }
}
