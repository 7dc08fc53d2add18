package dev.freshet.flow.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HorizonTest {
  private static final Duration KEPT = Duration.ofSeconds(10);

  @Test
  void thereIsNoneBeforeTheFirstTime() {
    Horizon horizon = new Horizon(Horizon.NONE);
    assertThat(horizon.of(KEPT)).isEqualTo(Long.MIN_VALUE);
    horizon.advance(30_000);
    assertThat(horizon.of(KEPT)).isEqualTo(20_000_000);
  }

  @Test
  void itNeverGoesBack() {
    Horizon horizon = new Horizon(30_000);
    horizon.advance(29_000);
    assertThat(horizon.of(KEPT)).isEqualTo(20_000_000);
    assertThat(horizon.clock()).isEqualTo(30_000);
    horizon.advance(31_000);
    assertThat(horizon.of(KEPT)).isEqualTo(21_000_000);
  }
}
