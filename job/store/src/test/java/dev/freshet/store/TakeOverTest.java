package dev.freshet.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TakeOverTest {
  private static final UUID STORE = new UUID(1, 1);
  private static final UUID OTHER = new UUID(2, 2);
  private static final GroupRange RANGE = new GroupRange(0, 9);
  private static final Set<String> VIEWS = Set.of("inbox", "unread");

  @Test
  void whatAStoreHasBeyondTheCheckpointIsNoLoss() {
    TakeOver found =
        takeOver(List.of(row(0, 4, 200, 7), row(5, 9, 300, 9)), position(0, 9, 6, 100, STORE));
    TakenRange taken = found.taken(VIEWS);
    assertThat(taken.loss()).isEmpty();
    assertThat(taken.highest()).isEqualTo(300);
    assertThat(taken.parts()).isEqualTo(2);
    assertThat(taken.groups()).isEqualTo(10);
    assertThat(taken.flushes()).as("one that nobody knows").isEqualTo(10);
    assertThat(found.parts(VIEWS)).hasSize(2);
  }

  @Test
  void aRowWithFewerFlushesIsALossAndNoViewIsServed() {
    TakeOver found =
        takeOver(List.of(row(0, 4, 200, 7), row(5, 9, 100, 3)), position(0, 9, 6, 250, STORE));
    assertThat(found.taken(VIEWS).loss()).contains(new StoreLoss(250, OptionalLong.of(100), false));
    assertThat(found.flushes()).isEqualTo(8);
    RangeProgress lost = found.parts(VIEWS).get(0);
    assertThat(found.parts(VIEWS)).hasSize(1);
    assertThat(lost.range()).isEqualTo(RANGE);
    assertThat(lost.position()).isEqualTo(200);
    assertThat(lost.asOf()).isEmpty();
    assertThat(lost.hidden())
        .isEqualTo(new HiddenViews(VIEWS, Optional.of(RebuildsTable.STORE_LOST), 0));
  }

  @Test
  void aRowThatIsMissingIsALoss() {
    TakeOver found = takeOver(List.of(row(0, 4, 200, 7)), position(0, 9, 6, 250, STORE));
    assertThat(found.taken(VIEWS).loss()).isPresent();
    assertThat(found.taken(VIEWS).groups()).isEqualTo(10);
  }

  @Test
  void positionsOfAnotherStoreAreNotTakenOver() {
    TakeOver found = takeOver(List.of(row(0, 9, 900, 20)), position(0, 9, 6, 250, OTHER));
    assertThat(found.taken(VIEWS).loss()).contains(new StoreLoss(250, OptionalLong.of(900), true));
    assertThat(found.parts(VIEWS).get(0).position()).isZero();
  }

  @Test
  void whatACheckpointKnowsOfOtherRangesDoesNotMatter() {
    TakeOver found = takeOver(List.of(row(0, 9, 200, 7)), position(10, 19, 90, 900, OTHER));
    assertThat(found.taken(VIEWS).loss()).isEmpty();
    assertThat(found.flushes()).isEqualTo(8);
  }

  @Test
  void aNewJobTakesOverNothing() {
    TakenRange taken = takeOver(List.of()).taken(VIEWS);
    assertThat(taken.loss()).isEmpty();
    assertThat(taken.highest()).isEqualTo(ProgressTable.NOTHING);
    assertThat(taken.groups()).isZero();
    assertThat(taken.flushes()).isEqualTo(1);
    assertThat(taken.allOnRead()).isEmpty();
  }

  @Test
  void aViewIsPopulatedOnReadWhereAllPartsSaySo() {
    TakenRange taken =
        takeOver(
                List.of(
                    row(0, 4, 200, 7, Set.of("inbox", "unread")),
                    row(5, 9, 200, 7, Set.of("inbox"))))
            .taken(VIEWS);
    assertThat(taken.allOnRead()).containsExactly("inbox");
    assertThat(taken.anyOnRead()).containsExactly("inbox", "unread");
  }

  private static TakeOver takeOver(List<ProgressRow> rows, StorePosition... durable) {
    return new TakeOver(RANGE, rows, List.of(durable), STORE);
  }

  private static StorePosition position(
      int first, int last, long flushes, long version, UUID store) {
    return new StorePosition(new GroupRange(first, last), flushes, version, store);
  }

  private static ProgressRow row(int first, int last, long position, long flushes) {
    return row(first, last, position, flushes, Set.of());
  }

  private static ProgressRow row(
      int first, int last, long position, long flushes, Set<String> onRead) {
    RangeProgress progress =
        new RangeProgress(
            new GroupRange(first, last),
            position,
            0,
            "",
            Optional.of(Instant.EPOCH),
            true,
            Map.of(),
            onRead,
            HiddenViews.NONE);
    return new ProgressRow("job", progress, 1, flushes);
  }
}
