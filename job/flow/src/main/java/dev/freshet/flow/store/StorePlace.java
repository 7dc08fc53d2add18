package dev.freshet.flow.store;

import java.util.UUID;

/**
 * How far a range of key groups was written to a store when a checkpoint was taken: what the store
 * must still have when the job goes on from there.
 *
 * @param first key group
 * @param last key group
 * @param flushes how many were committed of the range; grows with each, whatever it writes
 * @param version of the last of them
 * @param store the identity of the store
 */
record StorePlace(int first, int last, long flushes, long version, UUID store) {
  private static final UUID UNKNOWN = new UUID(0, 0);

  /** Of a range that was written to some store, as states of earlier versions say it. */
  static StorePlace somewhere(int first, int last) {
    return new StorePlace(first, last, 0, 0, UNKNOWN);
  }

  boolean isOfKnownStore() {
    return !store.equals(UNKNOWN);
  }

  /** As a checkpoint keeps it. */
  long[] toState() {
    return new long[] {
      first, last, flushes, version, store.getMostSignificantBits(), store.getLeastSignificantBits()
    };
  }

  static StorePlace ofState(long[] state) {
    return new StorePlace(
        Math.toIntExact(state[0]),
        Math.toIntExact(state[1]),
        state[2],
        state[3],
        new UUID(state[4], state[5]));
  }

  boolean overlaps(int from, int to) {
    return first <= to && from <= last;
  }
}
