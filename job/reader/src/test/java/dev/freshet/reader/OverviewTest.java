package dev.freshet.reader;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OverviewTest {
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");

  private Instant now = START;
  private final Overview overview = new Overview(new ReaderMetrics(), () -> now);

  @Test
  void keepsSamplesOfTheLastHour() {
    for (int i = 0; i < 1300; i++) {
      overview.show(figures(i, START, now));
      now = now.plusSeconds(3);
    }

    assertThat(overview.since()).isEqualTo(START);
    assertThat(overview.samples()).hasSize(1201);
    assertThat(overview.samples().get(0).changes()).contains(99L);
    Overview.Sample last = overview.samples().get(1200);
    assertThat(last.changes()).contains(1299L);
    assertThat(last.lag()).contains(Duration.ofSeconds(3 * 1299));
  }

  @Test
  void aStoreThatIsSilentHasASampleWithoutChangesAndLag() {
    overview.show(StoreFigures.NONE);

    assertThat(overview.samples())
        .containsExactly(new Overview.Sample(START, 0, 0, Optional.empty(), Optional.empty()));
  }

  @Test
  void theLagIsUnknownUntilEveryJobIsConfirmed() {
    overview.show(
        new StoreFigures(
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of("one", Optional.of(START), "other", Optional.empty()),
            Map.of(),
            Optional.of(START),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of()));

    assertThat(overview.samples().get(0).lag()).isEmpty();
  }

  @Test
  void theLagIsThatOfTheTimeAtWhichTheFiguresWereRead() {
    now = START.plusSeconds(40);
    overview.show(figures(1, START, START.plusMillis(200)));

    assertThat(overview.samples().get(0).lag()).contains(Duration.ofMillis(200));
  }

  @Test
  void figuresThatComeTooSoonReplaceTheLastOnesWithoutASample() {
    overview.show(figures(1, START, START));
    now = now.plusSeconds(1);
    overview.show(figures(2, START, START));

    assertThat(overview.samples()).hasSize(1);
    assertThat(overview.figures()).isEqualTo(figures(2, START, START));
  }

  private static StoreFigures figures(long applied, Instant asOf, Instant at) {
    return new StoreFigures(
        Map.of(
            new StoreFigures.Of("view", "applied"),
            applied,
            new StoreFigures.Of("view", "dead"),
            7L),
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of("job", Optional.of(asOf)),
        Map.of(),
        Optional.of(at),
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of());
  }
}
