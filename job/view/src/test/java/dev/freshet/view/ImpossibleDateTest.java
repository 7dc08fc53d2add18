package dev.freshet.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.time.LocalTime;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ImpossibleDateTest {
  @Test
  void possibleDatesStayUnchanged() {
    assertThat(ImpossibleDate.dateOrStandIn(1, 1, 1)).isEqualTo(LocalDate.of(1, 1, 1));
    assertThat(ImpossibleDate.dateOrStandIn(2024, 2, 29)).isEqualTo(LocalDate.of(2024, 2, 29));
    assertThat(ImpossibleDate.dateOrStandIn(9999, 12, 31)).isEqualTo(LocalDate.of(9999, 12, 31));
    assertThat(ImpossibleDate.isStandIn(LocalDate.of(9999, 12, 31))).isFalse();
    long last = LocalDate.of(9999, 12, 31).toEpochDay();
    assertThat(ImpossibleDate.isStandIn(ValueType.DATE, last)).isFalse();
    assertThat(ImpossibleDate.isStandIn(ValueType.DATETIME, (last + 1) * 86_400_000_000L - 1))
        .isFalse();
    assertThat(ImpossibleDate.isStandIn(ValueType.INTEGER, Long.MAX_VALUE)).isFalse();
  }

  @Test
  void impossibleDatesHaveDifferentStandIns() {
    Set<LocalDate> seen = new HashSet<>();
    for (int year : new int[] {0, 1, 1900, 2023, 2024, 9999}) {
      for (int month = 0; month <= 15; month++) {
        for (int day = 0; day <= 31; day++) {
          LocalDate date = ImpossibleDate.dateOrStandIn(year, month, day);
          if (ImpossibleDate.isStandIn(date)) {
            assertThat(seen.add(date)).isTrue();
            assertThat(ImpossibleDate.isStandIn(ValueType.DATE, date.toEpochDay())).isTrue();
            assertThat(ImpossibleDate.text(ValueType.DATE, date.toEpochDay()))
                .isEqualTo("%04d-%02d-%02d".formatted(year, month, day));
          }
        }
      }
    }
    assertThat(seen).hasSize(512 + 5 * (512 - 365) - 1);
  }

  @Test
  void theTimeOfDayIsKept() {
    long micros =
        CanonicalTime.micros(
            ImpossibleDate.dateOrStandIn(2024, 0, 10).atTime(LocalTime.parse("23:59:58.000001")));
    assertThat(ImpossibleDate.isStandIn(ValueType.DATETIME, micros)).isTrue();
    assertThat(ImpossibleDate.text(ValueType.DATETIME, micros))
        .isEqualTo("2024-00-10 23:59:58.000001");
  }
}
