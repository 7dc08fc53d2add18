package dev.freshet.flow.capture;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shyiko.mysql.binlog.io.ByteArrayInputStream;
import dev.freshet.view.ImpossibleDate;
import java.io.IOException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class BinlogDatesTest {
  @Test
  void datesAreThreeBytes() throws IOException {
    assertThat(BinlogDates.date(bytes("3fd00f"))).isEqualTo(LocalDate.of(2024, 1, 31));
    assertThat(BinlogDates.date(bytes("000000"))).isEqualTo(ImpossibleDate.dateOrStandIn(0, 0, 0));
    assertThat(BinlogDates.date(bytes("0ad00f")))
        .isEqualTo(ImpossibleDate.dateOrStandIn(2024, 0, 10));
  }

  @Test
  void dateTimesHaveAFraction() throws IOException {
    assertThat(BinlogDates.dateTime(0, bytes("99b27f7efb")))
        .isEqualTo(LocalDateTime.parse("2024-01-31T23:59:59"));
    assertThat(BinlogDates.dateTime(1, bytes("99b27f7efb32")))
        .isEqualTo(LocalDateTime.parse("2024-01-31T23:59:59.5"));
    assertThat(BinlogDates.dateTime(6, bytes("99b27f7efb0f423f")))
        .isEqualTo(LocalDateTime.parse("2024-01-31T23:59:59.999999"));
    assertThat(BinlogDates.dateTime(3, bytes("800000000004ce")))
        .isEqualTo(ImpossibleDate.dateOrStandIn(0, 0, 0).atTime(0, 0, 0, 123_000_000));
  }

  @Test
  void timestampsAreSecondsAndTheFirstIsNone() throws IOException {
    assertThat(BinlogDates.timestamp(3, bytes("0000000104ce")))
        .isEqualTo(ZonedDateTime.parse("1970-01-01T00:00:01.123Z[UTC]").withFixedOffsetZone());
    assertThat(BinlogDates.timestamp(0, bytes("ffffffff")).toEpochSecond()).isEqualTo(0xFFFFFFFFL);
    assertThat(BinlogDates.timestamp(0, bytes("00000000")).toLocalDate())
        .isEqualTo(ImpossibleDate.dateOrStandIn(0, 0, 0));
  }

  @Test
  void tablesOfMysql55HaveOtherForms() throws IOException {
    assertThat(BinlogDates.dateTime(bytes("77e7597366120000")))
        .isEqualTo(LocalDateTime.parse("2023-12-31T23:59:59"));
    assertThat(BinlogDates.dateTime(bytes("0000000000000000")))
        .isEqualTo(ImpossibleDate.dateOrStandIn(0, 0, 0).atStartOfDay());
    assertThat(BinlogDates.timestamp(bytes("01000000")).toEpochSecond()).isEqualTo(1);
  }

  private static ByteArrayInputStream bytes(String hex) {
    return new ByteArrayInputStream(HexFormat.of().parseHex(hex));
  }
}
