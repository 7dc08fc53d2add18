package dev.freshet.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RangeProgressTest {
  private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

  @Test
  void theStalestRangeDecidesTheFreshness() {
    RangeProgress fresh = range(0, 63, Optional.of(NOON));
    RangeProgress stale = range(64, 127, Optional.of(NOON.minusSeconds(9)));

    assertThat(RangeProgress.asOf(List.of(fresh, stale))).contains(NOON.minusSeconds(9));
    assertThat(RangeProgress.asOf(List.of(stale, fresh))).contains(NOON.minusSeconds(9));
  }

  @Test
  void anUnconfirmedRangeLeavesAllUnconfirmed() {
    RangeProgress fresh = range(0, 63, Optional.of(NOON));
    RangeProgress never = range(64, 127, Optional.empty());

    assertThat(RangeProgress.asOf(List.of(fresh, never))).isEmpty();
    assertThat(RangeProgress.asOf(List.of(never, fresh))).isEmpty();
    assertThat(RangeProgress.asOf(List.of())).isEmpty();
  }

  @Test
  void aReaderSeesTheBinlogPositionAndWhyAViewIsHidden() {
    HiddenViews hidden = new HiddenViews(Set.of("lost"), Optional.of("store-lost"), 5);
    RangeProgress range =
        new RangeProgress(
            new GroupRange(0, 127),
            700,
            3,
            "a:1-9",
            Optional.of(NOON),
            true,
            Map.of("broken", "schema-changed"),
            Set.of(),
            hidden);

    assertThat(range.version()).as("steps beyond the position count").isEqualTo(703);
    Progress served = range.of("other", "store 1");
    assertThat(served.version()).isEqualTo(700);
    assertThat(served.isServed()).isTrue();
    assertThat(served.isRebuilt()).isTrue();
    assertThat(range.of("lost", "store 1").hidden()).contains(FallbackReason.STORE_LOST);
  }

  @Test
  void nothingIsServedBeforeTheHandOver() {
    RangeProgress filling =
        new RangeProgress(
            new GroupRange(0, 127),
            700,
            0,
            "",
            Optional.of(NOON),
            false,
            Map.of(),
            Set.of(),
            HiddenViews.NONE);

    assertThat(filling.of("any", "").hidden()).contains(FallbackReason.BUILDING);
  }

  @Test
  void aPositionIsPrintedAsAnswersPrintIt() {
    String uuid = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
    assertThat(at(7, "").printedPosition()).isEqualTo("binlog.000000:7");
    assertThat(at(7, uuid + ":1-5," + uuid + ":tag:1").printedPosition())
        .isEqualTo("binlog.000000:7");
    assertThat(at(7, "shipments/0:12,shipments/3:4").printedPosition())
        .isEqualTo("shipments/0:12,shipments/3:4");
  }

  private static RangeProgress at(long position, String gtids) {
    return new RangeProgress(
        new GroupRange(0, 127),
        position,
        0,
        gtids,
        Optional.of(NOON),
        true,
        Map.of(),
        Set.of(),
        HiddenViews.NONE);
  }

  @Test
  void aRangeIncludesBothEnds() {
    GroupRange range = new GroupRange(4, 9);

    assertThat(range.size()).isEqualTo(6);
    assertThat(range.contains(4)).isTrue();
    assertThat(range.contains(9)).isTrue();
    assertThat(range.contains(10)).isFalse();
    assertThat(range.overlaps(new GroupRange(9, 20))).isTrue();
    assertThat(range.overlaps(new GroupRange(10, 20))).isFalse();
    assertThat(range.intersection(new GroupRange(8, 20))).isEqualTo(new GroupRange(8, 9));
    assertThatThrownBy(() -> range.intersection(new GroupRange(10, 20)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static RangeProgress range(int first, int last, Optional<Instant> asOf) {
    return new RangeProgress(
        new GroupRange(first, last), 7, 0, "", asOf, true, Map.of(), Set.of(), HiddenViews.NONE);
  }
}
