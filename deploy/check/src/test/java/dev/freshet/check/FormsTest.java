package dev.freshet.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FormsTest {
  @Test
  void positionsSortLikeTheLog() {
    assertThat(BinlogPosition.parse("binlog.000009:4567"))
        .isLessThan(BinlogPosition.parse("binlog.000010:4"));
    assertThat(BinlogPosition.parse("binlog.000010:4"))
        .isLessThan(BinlogPosition.parse("binlog.000010:4294967295"));
    assertThat(BinlogPosition.parse("binlog.999999:9"))
        .isLessThan(BinlogPosition.parse("1/binlog.000001:4"));
  }

  @Test
  void aPositionIsPrintedAsItWasParsed() {
    assertThat(BinlogPosition.print(BinlogPosition.parse("mysql-bin.000012:4567")))
        .isEqualTo("binlog.000012:4567");
  }

  @Test
  void malformedPositionsAreRefused() {
    assertThatThrownBy(() -> BinlogPosition.parse("binlog:12"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("binlog:12");
  }

  @Test
  void timesKeepTheirMicroseconds() {
    long micros = Micros.ofSql("2026-01-31 11:59:58.000001");

    assertThat(Micros.ofJson("2026-01-31T11:59:58.000001")).isEqualTo(micros);
    assertThat(Micros.sql(micros)).isEqualTo("2026-01-31 11:59:58.000001");
    assertThat(Micros.sql(Micros.ofSql("1969-12-31 23:59:59.999999")))
        .isEqualTo("1969-12-31 23:59:59.999999");
  }

  @Test
  void aTimeWithFewerDigitsThanItsColumnIsRefused() {
    assertThatThrownBy(() -> Micros.ofJson("2026-01-31T11:59:58"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
