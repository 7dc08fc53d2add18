package dev.freshet.store;

import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * How far a writer is with its range of key groups: one row of {@link ProgressTable}.
 *
 * @param position the binlog position up to which the range is complete
 * @param injected steps beyond that position, such as retries, that the range has too
 * @param gtids the executed GTID set at {@code position}
 * @param asOf when MySQL last confirmed that there was nothing newer; empty before it first did
 * @param handedOver false while the range is filled for the first time
 * @param invalid the views that are invalid as a whole, by name, each with the wire name of its
 *     reason; a newer job may write reasons that are not known here
 * @param onRead the views of which the range has those keys alone that have a header
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

  /** What is compared and ordered: the watermark. */
  public long version() {
    return position + injected;
  }

  RangeProgress of(GroupRange part) {
    return new RangeProgress(
        part, position, injected, gtids, asOf, handedOver, invalid, onRead, hidden);
  }

  /** As readers of a view see it. */
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
   * The time up to which everything in some ranges is known to be current: the earliest of theirs.
   * Empty where there is no range, or MySQL has not confirmed one of them yet.
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
