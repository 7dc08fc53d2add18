package dev.freshet.reader.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.reader.answer.ByteBudget;
import dev.freshet.reader.answer.Unanswered;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CountedRowsTest {
  private final ByteBudget budget = new ByteBudget(80_000, 10_000);
  private final AtomicInteger read = new AtomicInteger();

  @Test
  void readsNoRowAfterTheOneThatIsTooMuch() {
    try (ByteBudget.Reservation bytes = budget.reserve()) {
      assertThatThrownBy(() -> CountedRows.read(() -> true, () -> row(4000), bytes))
          .isInstanceOf(Unanswered.class)
          .hasMessageContaining("ask for a smaller limit");
    }
    assertThat(read).hasValue(3);
    assertThat(budget.used()).isZero();
  }

  @Test
  void countsTheRowsThatItReturns() throws Exception {
    try (ByteBudget.Reservation bytes = budget.reserve()) {
      assertThat(CountedRows.read(() -> read.get() < 5, () -> row(1000), bytes)).hasSize(5);
      assertThat(budget.used()).isBetween(10_000L, 11_000L);
    }
  }

  private Object[] row(int bytes) {
    read.incrementAndGet();
    return new Object[] {7L, "x".repeat(bytes / 2), new byte[bytes / 2]};
  }
}
