package dev.freshet.view.form;

import static dev.freshet.view.ValueType.BYTES;
import static dev.freshet.view.ValueType.DATE;
import static dev.freshet.view.ValueType.DATETIME;
import static dev.freshet.view.ValueType.DECIMAL;
import static dev.freshet.view.ValueType.DOUBLE;
import static dev.freshet.view.ValueType.INTEGER;
import static dev.freshet.view.ValueType.STRING;
import static dev.freshet.view.ValueType.TIME;
import static dev.freshet.view.ValueType.TIMESTAMP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.view.Column;
import dev.freshet.view.ValueType;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextFormTest {
  private static final long NOON =
      Instant.parse("2026-01-31T12:00:00Z").getEpochSecond() * 1_000_000L;

  @Test
  void printsAllDigitsThatTheColumnHas() {
    assertThat(TextForm.print(column(DATETIME, "datetime(6)"), NOON + 1))
        .isEqualTo("2026-01-31T12:00:00.000001");
    assertThat(TextForm.print(column(DATETIME, "datetime(3)"), NOON + 50_000))
        .isEqualTo("2026-01-31T12:00:00.050");
    assertThat(TextForm.print(column(DATETIME, "datetime"), NOON)).isEqualTo("2026-01-31T12:00:00");
    assertThat(TextForm.print(column(TIMESTAMP, "timestamp(1)"), NOON + 900_000))
        .isEqualTo("2026-01-31T12:00:00.9Z");
    assertThat(TextForm.print(column(TIME, "time(2)"), -3_020_399_000_000L))
        .isEqualTo("-838:59:59.00");
    assertThat(TextForm.print(column(DECIMAL, "decimal(10,2)"), new BigDecimal("-0.50")))
        .isEqualTo("-0.50");
    assertThat(TextForm.print(column(DECIMAL, "decimal(30,0)"), new BigDecimal("1E+20")))
        .isEqualTo("100000000000000000000");
  }

  @Test
  void printsTimesBefore1970() {
    assertThat(TextForm.print(column(DATETIME, "datetime(6)"), -1L))
        .isEqualTo("1969-12-31T23:59:59.999999");
    assertThat(TextForm.print(column(DATE, "date"), -1L)).isEqualTo("1969-12-31");
    assertThat(TextForm.print(column(TIME, "time(6)"), -1L)).isEqualTo("-00:00:00.000001");
  }

  @Test
  void printsBytesAsBase64Url() {
    assertThat(TextForm.print(column(BYTES, "binary(3)"), new byte[] {-1, -2, -65}))
        .isEqualTo("__6_");
  }

  @Test
  void acceptsFewerDigitsThanTheColumnHas() throws BadForm {
    assertThat(TextForm.parse(column(DATETIME, "datetime(6)"), "2026-01-31T12:00:00.5"))
        .isEqualTo(NOON + 500_000);
    assertThat(TextForm.parse(column(DECIMAL, "decimal(10,2)"), "12"))
        .isEqualTo(new BigDecimal("12.00"));
    assertThat(TextForm.parse(column(DECIMAL, "bigint unsigned"), "18446744073709551615"))
        .isEqualTo(new BigDecimal("18446744073709551615"));
  }

  @Test
  void acceptsTheYearZero() throws BadForm {
    assertThat(TextForm.parse(column(INTEGER, "year"), "0")).isEqualTo(0L);
    assertThat(TextForm.parse(column(INTEGER, "year"), "1901")).isEqualTo(1901L);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "INTEGER   | bigint        | 4x                    | not an integer; write it like 42",
        "INTEGER   | bigint        | 042                   | not an integer; write it like 42",
        "INTEGER   | bigint        | +4                    | not an integer; write it like 42",
        "INTEGER   | bigint        | ٤                     | not an integer; write it like 42",
        "INTEGER   | bigint        | 9223372036854775808   | outside of bigint, which holds -9223372036854775808 to 9223372036854775807",
        "INTEGER   | year          | 26                    | outside of year, which holds 0 and 1901 to 2155",
        "INTEGER   | year          | 1900                  | outside of year, which holds 0 and 1901 to 2155",
        "INTEGER   | year          | 2156                  | outside of year, which holds 0 and 1901 to 2155",
        "INTEGER   | year          | 0000                  | not an integer; write it like 42",
        "INTEGER   | year          | -1                    | outside of year, which holds 0 and 1901 to 2155",
        "DECIMAL   | decimal(2,2)  | 1                     | outside of decimal(2,2), which holds -0.99 to 0.99",
        "DECIMAL   | bigint unsigned | -1                  | outside of bigint unsigned, which holds 0 to 18446744073709551615",
        "DATE      | date          | 0000-01-01            | a day that no calendar has",
        "DECIMAL   | decimal(10,2) | 1e3                   | not a decimal number; write it like 12.50",
        "DECIMAL   | decimal(10,2) | 1.234                 | a number with more than 2 digits after the point",
        "DECIMAL   | bigint unsigned | 1.5                 | a number with more than 0 digits after the point",
        "BYTES     | binary(2)     | /w==                  | not base64url without padding",
        "BYTES     | binary(2)     | _x                    | not base64url without padding",
        "DATE      | date          | 2026-02-30            | a day that no calendar has",
        "DATE      | date          | 2026-2-3              | not a date; write it like 2026-01-31",
        "TIME      | time          | 1:2:3                 | not a time; write it like 11:59:58",
        "DATETIME  | datetime(6)   | 2026-01-31T24:00:00   | not a date and time; write it like 2026-01-31T11:59:58",
        "DATETIME  | datetime(6)   | 2026-01-31T12:00:00Z  | not a date and time; write it like 2026-01-31T11:59:58",
        "TIMESTAMP | timestamp     | 2026-01-31T12:00:00   | not a time in UTC; write it like 2026-01-31T11:59:58Z",
        "DOUBLE    | double        | NaN                   | not a floating-point number; write it like 12.5 or 1.0E-7",
        "DOUBLE    | double        | 1.5d                  | not a floating-point number; write it like 12.5 or 1.0E-7",
        "DOUBLE    | double        | 1E999                 | not a floating-point number; write it like 12.5 or 1.0E-7"
      })
  void saysWhatIsWrong(
      dev.freshet.view.ValueType type, String mysqlType, String text, String problem) {
    assertThatThrownBy(() -> TextForm.parse(column(type, mysqlType), text))
        .isInstanceOf(BadForm.class)
        .hasMessage(problem);
  }

  @Test
  void aKeyOfAnEnumNamesAMember() throws BadForm {
    Column status =
        new Column(
            "status", ValueType.STRING, false, "enum('Open','it''s','2')", "utf8mb4_general_ci");
    assertThat(TextForm.parseKey(status, "OPEN "))
        .isEqualTo(TextForm.parseKey(status, "Open"))
        .isEqualTo(status.canonical("open"));
    assertThat(TextForm.parseKey(status, "")).isEqualTo("");
    assertThatThrownBy(() -> TextForm.parseKey(status, "1"))
        .isInstanceOf(BadForm.class)
        .hasMessage("not one of 'Open', 'it''s', '2'");
  }

  @Test
  void aKeyOfASetNamesItsMembersInTheirOrder() throws BadForm {
    Column tags =
        new Column("tags", STRING, false, "set('Open','it''s','2')", "utf8mb4_0900_ai_ci");
    assertThat(TextForm.parseKey(tags, "OPEN,2")).isEqualTo(tags.canonical("Open,2"));
    assertThat(TextForm.parseKey(tags, "")).isEqualTo("");
    for (String other : List.of("2,Open", "2,2", "Open,", ",2", "4", "Open, 2", "Open，2", " ")) {
      assertThatThrownBy(() -> TextForm.parseKey(tags, other))
          .isInstanceOf(BadForm.class)
          .hasMessage("not members in the order 'Open', 'it''s', '2', with a comma between two");
    }
  }

  @Test
  void halfOfASurrogatePairIsNoText() {
    assertThatThrownBy(() -> TextForm.parse(column(STRING, "varchar(9)"), "a\ud800"))
        .isInstanceOf(BadForm.class)
        .hasMessage("a text with half of a surrogate pair; send valid Unicode");
  }

  @Test
  void parsesWhatItPrints() throws BadForm {
    Column[] columns = {
      column(INTEGER, "bigint"),
      column(DECIMAL, "decimal(65,30)"),
      column(STRING, "text"),
      column(DATE, "date"),
      column(TIME, "time(6)"),
      column(DATETIME, "datetime(6)"),
      column(TIMESTAMP, "timestamp(6)")
    };
    Object[] values = {
      Long.MIN_VALUE,
      new BigDecimal("-1.000000000000000000000000000001"),
      " /%😀\0",
      2932896L,
      3_020_399_000_000L,
      253402300799999999L,
      1L
    };
    for (int i = 0; i < columns.length; i++) {
      assertThat(TextForm.parse(columns[i], TextForm.print(columns[i], values[i])))
          .isEqualTo(values[i]);
    }
    Column bytes = column(BYTES, "varbinary(9)");
    assertThat((byte[]) TextForm.parse(bytes, TextForm.print(bytes, new byte[] {0, -128, 127, 5})))
        .containsExactly(0, -128, 127, 5);
    assertThat(TextForm.print(column(DOUBLE, "double"), 0.1)).isEqualTo("0.1");
  }

  private static Column column(ValueType type, String mysqlType) {
    return new Column("c", type, true, mysqlType, "");
  }
}
