package dev.freshet.reader.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BulkheadTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  @Test
  void letsAsManyInAsThereArePlaces() {
    Bulkhead gate = new Bulkhead(2, 0, LONG);

    assertThat(gate.enter()).isTrue();
    assertThat(gate.enter()).isTrue();
    assertThat(gate.enter()).isFalse();
    assertThat(gate.occupied()).isEqualTo(2);

    gate.leave();
    assertThat(gate.enter()).isTrue();
  }

  @Test
  void whoWaitsComesInWhenOneLeaves() {
    Bulkhead gate = new Bulkhead(1, 1, LONG);
    assertThat(gate.enter()).isTrue();

    CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(gate::enter);
    gate.leave();

    assertThat(waiting.join()).isTrue();
    assertThat(gate.occupied()).isEqualTo(1);
  }

  @Test
  void waitingEnds() {
    Bulkhead gate = new Bulkhead(1, 1, Duration.ofMillis(1));
    assertThat(gate.enter()).isTrue();

    assertThat(gate.enter()).isFalse();
    assertThat(gate.occupied()).isEqualTo(1);
  }
}
