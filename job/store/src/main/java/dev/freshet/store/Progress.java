package dev.freshet.store;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * The progress of a key's range, as a reader of one view sees it.
 *
 * @param version the binlog position up to which the range is complete
 * @param gtids a GTID set, as MySQL prints it; the range contains all its transactions, and
 *     possibly more. For a view over events, the positions of its topics, as {@link
 *     dev.freshet.view.event.Positions} prints them; the range contains exactly these events
 * @param asOf the last time at which MySQL confirmed that it had nothing newer; empty before the
 *     first confirmation
 * @param hidden why the reader must not serve the view from the range; empty if it may
 * @param store the identity of the store
 * @param isRebuilt whether the range was ever rebuilt from the job's state, and not only filled
 *     from a snapshot
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

  /** The progress of a range that was never rebuilt, in a store without a known identity. */
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

  /** A copy of this progress which says that the view is not served, and why. */
  public Progress hidden(FallbackReason why) {
    return new Progress(version, gtids, asOf, Optional.of(why), store, isRebuilt);
  }
}
