package dev.freshet.flow.binlog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.view.CanonicalTime;
import dev.freshet.view.ImpossibleDate;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class LogDatesTest {
  @Test
  void datesAreThreeBytes() {
    assertThat(LogDates.date(bytes("3fd00f"))).isEqualTo(LocalDate.of(2024, 1, 31).toEpochDay());
    assertThat(LogDates.date(bytes("000000")))
        .isEqualTo(ImpossibleDate.dateOrStandIn(0, 0, 0).toEpochDay());
    assertThat(LogDates.date(bytes("0ad00f")))
        .isEqualTo(ImpossibleDate.dateOrStandIn(2024, 0, 10).toEpochDay());
  }

  @Test
  void dateTimesHaveAFraction() {
    assertThat(LogDates.dateTime(0, bytes("99b27f7efb"))).isEqualTo(micros("2024-01-31T23:59:59"));
    assertThat(LogDates.dateTime(1, bytes("99b27f7efb32")))
        .isEqualTo(micros("2024-01-31T23:59:59.5"));
    assertThat(LogDates.dateTime(6, bytes("99b27f7efb0f423f")))
        .isEqualTo(micros("2024-01-31T23:59:59.999999"));
    assertThat(LogDates.dateTime(3, bytes("800000000004ce")))
        .isEqualTo(
            CanonicalTime.micros(
                ImpossibleDate.dateOrStandIn(0, 0, 0).atTime(0, 0, 0, 123_000_000)));
  }

  @Test
  void timestampsAreSecondsAndTheFirstIsNone() {
    assertThat(LogDates.timestamp(3, bytes("0000000104ce")))
        .isEqualTo(CanonicalTime.micros(Instant.parse("1970-01-01T00:00:01.123Z")));
    assertThat(LogDates.timestamp(0, bytes("ffffffff"))).isEqualTo(0xFFFFFFFFL * 1_000_000);
    assertThat(LogDates.timestamp(0, bytes("00000000")))
        .isEqualTo(CanonicalTime.micros(ImpossibleDate.dateOrStandIn(0, 0, 0).atStartOfDay()));
  }

  @Test
  void timesMayBeNegative() {
    assertThat(LogDates.time(0, bytes("8c8d85"))).isEqualTo(CanonicalTime.timeMicros("200:54:05"));
    assertThat(LogDates.time(0, bytes("4b9105"))).isEqualTo(CanonicalTime.timeMicros("-838:59:59"));
    assertThat(LogDates.time(6, bytes("800000000001")))
        .isEqualTo(CanonicalTime.timeMicros("00:00:00.000001"));
    assertThat(LogDates.time(6, bytes("7fffffffffff")))
        .isEqualTo(CanonicalTime.timeMicros("-00:00:00.000001"));
    assertThat(LogDates.time(2, bytes("7fffffff")))
        .isEqualTo(CanonicalTime.timeMicros("-00:00:00.01"));
    assertThat(LogDates.time(1, bytes("7ffffece")))
        .isEqualTo(CanonicalTime.timeMicros("-00:00:01.5"));
  }

  @Test
  void tablesOfMysql55HaveOtherForms() {
    assertThat(LogDates.dateTime(bytes("77e7597366120000")))
        .isEqualTo(micros("2023-12-31T23:59:59"));
    assertThat(LogDates.dateTime(bytes("0000000000000000")))
        .isEqualTo(CanonicalTime.micros(ImpossibleDate.dateOrStandIn(0, 0, 0).atStartOfDay()));
    assertThat(LogDates.timestamp(bytes("01000000"))).isEqualTo(1_000_000);
    assertThat(LogDates.time(bytes("40e201"))).isEqualTo(CanonicalTime.timeMicros("12:34:56"));
    assertThat(LogDates.time(bytes("c01dfe"))).isEqualTo(CanonicalTime.timeMicros("-12:34:56"));
  }

  private static long micros(String time) {
    return CanonicalTime.micros(LocalDateTime.parse(time));
  }

  private static Bytes bytes(String hex) {
    return new Bytes(HexFormat.of().parseHex(hex));
  }
}
