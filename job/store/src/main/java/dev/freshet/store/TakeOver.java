package dev.freshet.store;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

/**
 * What a writer finds in the range that it takes over, compared with what a checkpoint knows of it.
 * The store has lost commits where it is another store, where a row is missing, and where a row has
 * fewer flushes than the checkpoint knows. Nothing of such a range is served: it becomes one row
 * whose views are all rebuilt. Where the store has more than the checkpoint nothing is lost.
 */
final class TakeOver {
  private final GroupRange range;
  private final List<RangeProgress> parts;
  private final Optional<StoreLoss> loss;
  private final long flushes;

  /**
   * Compares.
   *
   * @param found the rows of the range, cut at its borders
   * @param durable what the store must have
   * @param store its identity
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

  /** The count of flushes from now on: one that neither the store nor a checkpoint knows. */
  long flushes() {
    return flushes;
  }

  /**
   * The progress of the range from now on.
   *
   * @param views names of all of the job's
   */
  List<RangeProgress> parts(Collection<String> views) {
    return loss.isEmpty() ? parts : List.of(lost(loss.get(), views));
  }

  private RangeProgress lost(StoreLoss lost, Collection<String> views) {
    // The positions of another store may be of another binlog.
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

  /** The same in short, with what the range lacks. */
  TakenRange taken(Collection<String> views) {
    return TakenRange.of(parts(views), flushes, loss);
  }
}
