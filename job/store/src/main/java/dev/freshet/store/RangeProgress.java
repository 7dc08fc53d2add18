package dev.freshet.store;

import dev.freshet.view.Version;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The progress of a writer in its range of key groups: one row of {@link ProgressTable}.
 *
 * @param position the binlog position up to which the range is complete
 * @param injected how many steps after that position, such as retries, the range contains
 * @param gtids the executed GTID set at {@code position}
 * @param asOf the last time at which MySQL confirmed that it had nothing newer; empty before the
 *     first confirmation
 * @param handedOver whether the first fill from the snapshot is complete
 * @param invalid the views that are invalid as a whole, each with the wire name of its reason; a
 *     newer job may write reasons that this version does not know
 * @param onRead the views that are populated on read; of these the range holds only keys with a
 *     header
 */
public record RangeProgress(
    GroupRange range,
    long position,
    int injected,
    String gtids,
    Optional<Instant> asOf,
    boolean handedOver,
    Map<String, String> invalid,
    Set<String> onRead,
    HiddenViews hidden) {
  public RangeProgress {
    Objects.requireNonNull(range, "range");
    Objects.requireNonNull(gtids, "gtids");
    Objects.requireNonNull(asOf, "asOf");
    Objects.requireNonNull(hidden, "hidden");
    invalid = new TreeMap<>(invalid);
    onRead = Set.copyOf(onRead);
    if (injected < 0) {
      throw new IllegalArgumentException(injected + " injected steps");
    }
  }

  /**
   * Returns the progress as one number: the binlog position, then the count of repair steps that
   * were injected after it. A larger number is further progress.
   */
  public long version() {
    return position + injected;
  }

  /**
   * Prints the position as answers do: a binlog position, or for a job over events the positions of
   * its topics.
   */
  public String printedPosition() {
    // Every position in a topic has a slash, and no GTID set has one.
    return gtids.contains("/") ? gtids : Version.print(Math.max(0, position));
  }

  RangeProgress of(GroupRange part) {
    return new RangeProgress(
        part, position, injected, gtids, asOf, handedOver, invalid, onRead, hidden);
  }

  /** This progress, as a reader of a view sees it. */
  public Progress of(String view, String store) {
    Optional<FallbackReason> why = Optional.empty();
    if (!handedOver) {
      why = Optional.of(FallbackReason.BUILDING);
    } else if (hidden.views().contains(view)) {
      why = hidden.reason().map(FallbackReason::new);
    }
    return new Progress(position, gtids, asOf, why, store, hidden.rebuilt() > 0);
  }

  /**
   * The earliest {@code asOf} of some ranges: everything in them is known to be current up to that
   * time. Empty if there is no range, or if MySQL has not confirmed one of them yet.
   */
  public static Optional<Instant> asOf(Collection<RangeProgress> ranges) {
    Optional<Instant> earliest = Optional.empty();
    for (RangeProgress range : ranges) {
      if (range.asOf().isEmpty()) {
        return Optional.empty();
      }
      if (earliest.isEmpty() || range.asOf().get().isBefore(earliest.get())) {
        earliest = range.asOf();
      }
    }
    return earliest;
  }
}
