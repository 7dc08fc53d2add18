package dev.freshet.store;

import java.util.UUID;

/**
 * How far a range of key groups was written when a checkpoint was taken. If the store has less when
 * the job restores that checkpoint, the store lost commits.
 *
 * @param flushes the number of committed flushes of the range
 * @param version the version of the last of these flushes
 * @param store the identity of the store
 */
public record StorePosition(GroupRange range, long flushes, long version, UUID store) {
  private static final UUID UNKNOWN = new UUID(0, 0);

  /**
   * The position of a range in a checkpoint of an earlier version, which has neither store nor
   * flushes.
   */
  public static StorePosition ofUnknownStore(GroupRange range) {
    return new StorePosition(range, 0, 0, UNKNOWN);
  }

  boolean isOfKnownStore() {
    return !store.equals(UNKNOWN);
  }

  /** Encodes this position as six numbers for a checkpoint. */
  public long[] toState() {
    return new long[] {
      range.first(),
      range.last(),
      flushes,
      version,
      store.getMostSignificantBits(),
      store.getLeastSignificantBits()
    };
  }

  /** Restores what {@link #toState} returned. */
  public static StorePosition ofState(long[] state) {
    return new StorePosition(
        new GroupRange(Math.toIntExact(state[0]), Math.toIntExact(state[1])),
        state[2],
        state[3],
        new UUID(state[4], state[5]));
  }
}
