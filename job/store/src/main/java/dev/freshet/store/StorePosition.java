package dev.freshet.store;

import java.util.UUID;

/**
 * How far a range of key groups was written when a checkpoint was taken. A store that has less when
 * the job goes on from that checkpoint lost commits.
 *
 * @param flushes how many flushes of the range were committed; grows with each, whatever it writes
 * @param version of the last of them
 * @param store the identity of the store
 */
public record StorePosition(GroupRange range, long flushes, long version, UUID store) {
  private static final UUID UNKNOWN = new UUID(0, 0);

  /** A range that was written to some store, as states of earlier versions have it. */
  public static StorePosition ofUnknownStore(GroupRange range) {
    return new StorePosition(range, 0, 0, UNKNOWN);
  }

  boolean isOfKnownStore() {
    return !store.equals(UNKNOWN);
  }

  /** Six numbers, as a checkpoint keeps them. */
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

  /** Reads what {@link #toState} returned. */
  public static StorePosition ofState(long[] state) {
    return new StorePosition(
        new GroupRange(Math.toIntExact(state[0]), Math.toIntExact(state[1])),
        state[2],
        state[3],
        new UUID(state[4], state[5]));
  }
}
