package dev.freshet.reader.answer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.reader.answer.Verdict.Doubted;
import dev.freshet.reader.answer.Verdict.Vouched;
import dev.freshet.view.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
  private static final Duration FRESHNESS = Duration.ofSeconds(5);
  private static final Doubted BUILDING =
      new Doubted(Doubt.BUILDING, Optional.of(KeyState.BUILDING));
  private static final Doubted STALE = new Doubted(Doubt.STALE, Optional.of(KeyState.VALID));

  @Test
  void withoutProgressOrHandOverTheKeyIsBuilding() {
    assertThat(Verdict.of(reading(Optional.empty(), Optional.empty()), FRESHNESS, NOW))
        .isEqualTo(BUILDING);
    assertThat(of(new Progress(7, "", Optional.of(NOW), false))).isEqualTo(BUILDING);
  }

  @Test
  void isStaleBeyondFreshnessAndNotAtIt() {
    Instant limit = NOW.minus(FRESHNESS);

    assertThat(of(new Progress(7, "", Optional.of(limit), true))).isEqualTo(new Vouched(7, limit));
    assertThat(of(new Progress(7, "", Optional.of(limit.minusNanos(1)), true))).isEqualTo(STALE);
    assertThat(of(new Progress(7, "", Optional.empty(), true))).isEqualTo(STALE);
  }

  @Test
  void aConfirmationFromAClockThatIsAheadCounts() {
    assertThat(of(new Progress(7, "", Optional.of(NOW.plusMillis(3)), true)))
        .isEqualTo(new Vouched(7, NOW.plusMillis(3)));
  }

  @Test
  void aKeyThatIsNotValidIsNotServedHoweverFresh() {
    Progress fresh = new Progress(7, "", Optional.of(NOW), true);

    assertThat(
            Verdict.of(reading(Optional.of(fresh), Optional.of(Reason.UNSTORABLE)), FRESHNESS, NOW))
        .isEqualTo(new Doubted(Doubt.of(Reason.UNSTORABLE), Optional.of(KeyState.INVALID)));
  }

  private static Store.Reading reading(Optional<Progress> progress, Optional<Reason> invalid) {
    return new Store.Reading(progress, invalid, false, new Page(List.of(), "0", Optional.empty()));
  }

  private static Verdict of(Progress progress) {
    return Verdict.of(reading(Optional.of(progress), Optional.empty()), FRESHNESS, NOW);
  }
}
