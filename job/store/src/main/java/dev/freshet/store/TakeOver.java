package dev.freshet.store;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

/**
 * Decides what a writer takes over: compares the rows of a range in the store with the positions in
 * a checkpoint. The range has lost commits if the store is another store, if a row is missing, or
 * if a row has fewer flushes than the checkpoint. Such a range is not served: it becomes a single
 * row, and all its views are rebuilt. Nothing is lost if the store is ahead of the checkpoint.
 */
final class TakeOver {
  private final GroupRange range;
  private final List<RangeProgress> parts;
  private final Optional<StoreLoss> loss;
  private final long flushes;

  /**
   * Makes the decision.
   *
   * @param found the rows of the range in the store, cut at the range's borders
   * @param durable the positions that the checkpoint expects in the store
   * @param store the identity of the store
   */
  TakeOver(GroupRange range, List<ProgressRow> found, List<StorePosition> durable, UUID store) {
    List<StorePosition> wanted =
        durable.stream().filter(position -> position.range().overlaps(range)).toList();
    this.range = range;
    this.parts = found.stream().map(ProgressRow::progress).toList();
    this.loss = loss(range, found, wanted, store);
    this.flushes = flushesAfter(found, wanted);
  }

  private static Optional<StoreLoss> loss(
      GroupRange range, List<ProgressRow> found, List<StorePosition> wanted, UUID store) {
    OptionalLong has = found.stream().mapToLong(row -> row.progress().version()).min();
    for (StorePosition position : wanted) {
      boolean otherStore = position.isOfKnownStore() && !position.store().equals(store);
      if (otherStore || isLost(position, position.range().intersection(range), found)) {
        return Optional.of(new StoreLoss(position.version(), has, otherStore));
      }
    }
    return Optional.empty();
  }

  private static boolean isLost(StorePosition position, GroupRange part, List<ProgressRow> found) {
    int covered =
        found.stream()
            .filter(row -> row.flushes() >= position.flushes() && row.range().overlaps(part))
            .mapToInt(row -> row.range().intersection(part).size())
            .sum();
    return covered < part.size();
  }

  private static long flushesAfter(List<ProgressRow> found, List<StorePosition> wanted) {
    long flushes = 0;
    for (ProgressRow row : found) {
      flushes = Math.max(flushes, row.flushes());
    }
    for (StorePosition position : wanted) {
      flushes = Math.max(flushes, position.flushes());
    }
    return flushes + 1;
  }

  /** The number of flushes from now on, higher than any in the store or the checkpoint. */
  long flushes() {
    return flushes;
  }

  /**
   * The progress of the range from now on.
   *
   * @param views the names of all views of the job
   */
  List<RangeProgress> parts(Collection<String> views) {
    return loss.isEmpty() ? parts : List.of(lost(loss.get(), views));
  }

  private RangeProgress lost(StoreLoss lost, Collection<String> views) {
    // The versions in another store may be positions of another binlog.
    long position =
        lost.otherStore() ? 0 : parts.stream().mapToLong(RangeProgress::position).max().orElse(0);
    return new RangeProgress(
        range,
        position,
        0,
        "",
        Optional.empty(),
        true,
        Map.of(),
        Set.of(),
        new HiddenViews(Set.copyOf(views), Optional.of(RebuildsTable.STORE_LOST), 0));
  }

  /** Summarises the parts and the loss. */
  TakenRange taken(Collection<String> views) {
    return TakenRange.of(parts(views), flushes, loss);
  }
}
