package dev.freshet.reader.answer;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * How far the writer of a key's range has come.
 *
 * @param version up to which the range is complete
 * @param gtids of transactions that are known to be among them, as MySQL prints a set
 * @param asOf when MySQL confirmed that there was nothing newer; empty when not yet known
 * @param notServed why the range is not served, whatever it has; empty when it is
 * @param store which store it is
 * @param isRebuilt whether the range was rebuilt from the job's state, rather than from a snapshot
 */
public record Progress(
    long version,
    String gtids,
    Optional<Instant> asOf,
    Optional<Doubt> notServed,
    String store,
    boolean isRebuilt) {
  public Progress {
    Objects.requireNonNull(gtids, "gtids");
    Objects.requireNonNull(asOf, "asOf");
    Objects.requireNonNull(notServed, "notServed");
    Objects.requireNonNull(store, "store");
  }

  /** Of a store that was filled from a snapshot. */
  public Progress(long version, String gtids, Optional<Instant> asOf, boolean handedOver) {
    this(
        version,
        gtids,
        asOf,
        handedOver ? Optional.empty() : Optional.of(Doubt.BUILDING),
        "",
        false);
  }

  public boolean isServed() {
    return notServed.isEmpty();
  }

  /** The same, not served. */
  Progress notServed(Doubt why) {
    return new Progress(version, gtids, asOf, Optional.of(why), store, isRebuilt);
  }
}
