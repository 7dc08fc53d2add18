package dev.freshet.reader.answer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.reader.answer.Verdict.Doubted;
import dev.freshet.reader.answer.Verdict.Vouched;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
  private static final Duration FRESHNESS = Duration.ofSeconds(5);
  private static final Doubted BUILDING =
      new Doubted(Reason.BUILDING, Optional.of(KeyState.BUILDING));
  private static final Doubted STALE = new Doubted(Reason.STALE, Optional.of(KeyState.VALID));

  @Test
  void withoutProgressOrHandOverTheKeyIsBuilding() {
    assertThat(Verdict.of(Optional.empty(), FRESHNESS, NOW)).isEqualTo(BUILDING);
    assertThat(of(new Progress(7, Optional.of(NOW), false))).isEqualTo(BUILDING);
  }

  @Test
  void isStaleBeyondFreshnessAndNotAtIt() {
    Instant limit = NOW.minus(FRESHNESS);

    assertThat(of(new Progress(7, Optional.of(limit), true))).isEqualTo(new Vouched(7, limit));
    assertThat(of(new Progress(7, Optional.of(limit.minusNanos(1)), true))).isEqualTo(STALE);
    assertThat(of(new Progress(7, Optional.empty(), true))).isEqualTo(STALE);
  }

  @Test
  void aConfirmationFromAClockThatIsAheadCounts() {
    assertThat(of(new Progress(7, Optional.of(NOW.plusMillis(3)), true)))
        .isEqualTo(new Vouched(7, NOW.plusMillis(3)));
  }

  private static Verdict of(Progress progress) {
    return Verdict.of(Optional.of(progress), FRESHNESS, NOW);
  }
}
