package dev.freshet.store;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * How far the writer of a key's range is, as a reader of one view sees it.
 *
 * @param version the binlog position up to which the range is complete
 * @param gtids of transactions that are known to be among them, as MySQL prints a set
 * @param asOf when MySQL confirmed that there was nothing newer; empty while no confirmation is
 *     known
 * @param hidden why the view is not served from the range, whatever the range has; empty when it is
 * @param store the identity of the store
 * @param isRebuilt whether the range was rebuilt from the job's state, rather than from a snapshot
 */
public record Progress(
    long version,
    String gtids,
    Optional<Instant> asOf,
    Optional<FallbackReason> hidden,
    String store,
    boolean isRebuilt) {
  public Progress {
    Objects.requireNonNull(gtids, "gtids");
    Objects.requireNonNull(asOf, "asOf");
    Objects.requireNonNull(hidden, "hidden");
    Objects.requireNonNull(store, "store");
  }

  /** Of a store that was filled from a snapshot. */
  public Progress(long version, String gtids, Optional<Instant> asOf, boolean handedOver) {
    this(
        version,
        gtids,
        asOf,
        handedOver ? Optional.empty() : Optional.of(FallbackReason.BUILDING),
        "",
        false);
  }

  public boolean isServed() {
    return hidden.isEmpty();
  }

  /** The same progress of a range that is not served. */
  public Progress hidden(FallbackReason why) {
    return new Progress(version, gtids, asOf, Optional.of(why), store, isRebuilt);
  }
}
