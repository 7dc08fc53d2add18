package dev.freshet.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.store.Servability.NotServed;
import dev.freshet.store.Servability.Served;
import dev.freshet.view.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServabilityTest {
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
  private static final Duration FRESHNESS = Duration.ofSeconds(5);
  private static final NotServed BUILDING =
      new NotServed(FallbackReason.BUILDING, Optional.of(KeyState.BUILDING));
  private static final NotServed STALE =
      new NotServed(FallbackReason.STALE, Optional.of(KeyState.VALID));

  @Test
  void withoutProgressOrHandOverTheKeyIsBuilding() {
    assertThat(Servability.of(Optional.empty(), Optional.empty(), false, FRESHNESS, NOW))
        .isEqualTo(BUILDING);
    assertThat(of(new Progress(7, "", Optional.of(NOW), false))).isEqualTo(BUILDING);
  }

  @Test
  void isStaleBeyondFreshnessAndNotAtIt() {
    Instant limit = NOW.minus(FRESHNESS);

    assertThat(of(new Progress(7, "", Optional.of(limit), true)))
        .isEqualTo(new Served(7, "", limit));
    assertThat(of(new Progress(7, "", Optional.of(limit.minusNanos(1)), true))).isEqualTo(STALE);
    assertThat(of(new Progress(7, "", Optional.empty(), true))).isEqualTo(STALE);
  }

  @Test
  void aConfirmationFromTheFutureIsAccepted() {
    assertThat(of(new Progress(7, "", Optional.of(NOW.plusMillis(3)), true)))
        .isEqualTo(new Served(7, "", NOW.plusMillis(3)));
  }

  @Test
  void anInvalidKeyIsNeverServed() {
    Progress fresh = new Progress(7, "", Optional.of(NOW), true);

    assertThat(
            Servability.of(
                Optional.of(fresh),
                Optional.of(FallbackReason.of(Reason.UNSTORABLE)),
                false,
                FRESHNESS,
                NOW))
        .isEqualTo(
            new NotServed(FallbackReason.of(Reason.UNSTORABLE), Optional.of(KeyState.INVALID)));
  }

  @Test
  void aMissingKeyIsAbsentIfItsRangeIsServed() {
    Progress fresh = new Progress(7, "", Optional.of(NOW), true);

    assertThat(Servability.of(Optional.of(fresh), Optional.empty(), true, FRESHNESS, NOW))
        .isEqualTo(Servability.ABSENT);
    Progress lost = fresh.hidden(FallbackReason.STORE_LOST);
    assertThat(Servability.of(Optional.of(lost), Optional.empty(), true, FRESHNESS, NOW))
        .isEqualTo(new NotServed(FallbackReason.STORE_LOST, Optional.of(KeyState.BUILDING)));
  }

  private static Servability of(Progress progress) {
    return Servability.of(Optional.of(progress), Optional.empty(), false, FRESHNESS, NOW);
  }
}
