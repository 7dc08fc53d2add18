package dev.freshet.cli.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.store.RebuildsTable;
import dev.freshet.view.Version;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RebuildTextTest {
  private static final Instant BEGAN = Instant.parse("2026-01-31T12:00:00Z");

  private static RebuildsTable.Rebuild rebuild(Optional<Instant> began, long sent, long total) {
    return new RebuildsTable.Rebuild(
        "inbox",
        RebuildsTable.STORE_LOST,
        BEGAN,
        began,
        sent,
        total,
        OptionalLong.of(Version.of(0, "binlog.000003", 400)),
        OptionalLong.empty());
  }

  @Test
  void theProgressShowsRowsAndRemainingTime() {
    Instant now = BEGAN.plusSeconds(10);
    assertThat(RebuildText.progress(rebuild(Optional.empty(), 0, 0), now))
        .isEqualTo("the job has not started it yet");
    assertThat(RebuildText.progress(rebuild(Optional.of(BEGAN), 0, 0), now)).isEqualTo("it began");
    assertThat(RebuildText.progress(rebuild(Optional.of(BEGAN), 100_000, 400_000), now))
        .isEqualTo("100,000 of 400,000 rows sent, 25%, about 30 s left");
    assertThat(RebuildText.progress(rebuild(Optional.of(BEGAN), 400_000, 400_000), now))
        .isEqualTo("all 400,000 rows sent, the last are being written");
  }

  @Test
  void theReasonNamesBothPositionsOfAStoreThatWentBack() {
    assertThat(RebuildText.reason(rebuild(Optional.empty(), 0, 0)))
        .isEqualTo(
            "the store lost commits: the job had written binlog.000003:400, the store had nothing");
  }
}
