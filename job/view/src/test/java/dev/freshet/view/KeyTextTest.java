package dev.freshet.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.view.declare.MysqlTypes;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyTextTest {
  private static Column column(String type) {
    return new Column("c", MysqlTypes.valueType(type), false, type, "");
  }

  private static void same(String type, String text, Object value) {
    assertThat(KeyText.parse(column(type), text)).as(type).isEqualTo(value);
    assertThat(KeyText.print(column(type), value)).as(type).isEqualTo(text);
  }

  @Test
  void readsWhatItWrites() {
    same("bigint", "-9223372036854775808", Long.MIN_VALUE);
    same("bigint unsigned", "18446744073709551615", new BigDecimal("18446744073709551615"));
    same("decimal(10,2)", "-1.50", new BigDecimal("-1.50"));
    same("varchar(10)", "ä/😀 %", "ä/😀 %");
    same("varbinary(10)", "__79AA", new byte[] {-1, -2, -3, 0});
    same("date", "1969-12-31", -1L);
    same("time", "-838:59:59.000001", -3020399000001L);
    same("time(3)", "00:00:00", 0L);
    same("datetime(6)", "1969-12-31T23:59:59.999999", -1L);
    same("timestamp(6)", "2026-01-31T11:59:58.000001Z", 1769860798000001L);
    same("year", "0", 0L);
  }

  @Test
  void takesOtherSpellings() {
    assertThat(KeyText.parse(column("decimal(10,2)"), "1.5")).isEqualTo(new BigDecimal("1.50"));
    assertThat(KeyText.parse(column("datetime(6)"), "1970-01-01 00:00:01")).isEqualTo(1_000_000L);
    assertThat(KeyText.parse(column("varbinary(4)"), "AQ==")).isEqualTo(new byte[] {1});
  }

  @Test
  void saysWhatItExpects() {
    refused("int", "abc", "42, from -2147483648 to 2147483647");
    refused("int", "1.0001", "42, from -2147483648 to 2147483647");
    refused("int", "", "42, from -2147483648 to 2147483647");
    refused("tinyint unsigned", "256", "42, from 0 to 255");
    refused("bigint unsigned", "-1", "42, from 0 to 18446744073709551615");
    refused("decimal(10,2)", "1.005", "1.5, with up to 2 digits after the point");
    refused("varchar(5)", "a\0", "a text without NUL");
    refused("varchar(5)", "\uD83D", "a text without NUL");
    refused("varbinary(5)", "?", "AQID, in base64url");
    refused("date", "2026-02-30", "2026-01-31");
    refused("datetime", "2026-01-31T12:00:00Z", "2026-01-31T12:34:56.000001");
    refused("timestamp", "2026-01-31T12:00:00", "2026-01-31T12:34:56.000001Z");
    refused("time", "12:60:00", "12:34:56.000001");
  }

  private static void refused(String type, String text, String form) {
    assertThatThrownBy(() -> KeyText.parse(column(type), text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'%s' is no value of c (%s); write it like %s", text, type, form);
  }

  @Test
  void knowsTheTypesOfMysql() {
    for (String type : List.of("tinyint(1)", "int unsigned", "bigint", "year")) {
      assertThat(MysqlTypes.valueType(type)).as(type).isEqualTo(ValueType.INTEGER);
    }
    for (String type :
        List.of("bigint unsigned", "decimal(65,30)", "bigint(20) unsigned zerofill")) {
      assertThat(MysqlTypes.valueType(type)).as(type).isEqualTo(ValueType.DECIMAL);
    }
    for (String type :
        List.of("enum('bigint','blob')", "set('a')", "json", "longtext", "char(3)")) {
      assertThat(MysqlTypes.valueType(type)).as(type).isEqualTo(ValueType.STRING);
    }
    for (String type : List.of("bit(1)", "binary(16)", "mediumblob", "point")) {
      assertThat(MysqlTypes.valueType(type)).as(type).isEqualTo(ValueType.BYTES);
    }
  }
}
