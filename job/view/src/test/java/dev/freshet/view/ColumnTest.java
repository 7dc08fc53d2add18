package dev.freshet.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class ColumnTest {
  private static Column column(String mysqlType) {
    return new Column("c", ValueType.STRING, true, mysqlType, "utf8mb4_0900_ai_ci");
  }

  private static boolean continues(String now, String before) {
    return column(now).continues(column(before));
  }

  private static Column number(ValueType type, String mysqlType) {
    return new Column("n", type, true, mysqlType, "");
  }

  @Test
  void equalNumbersOfJoinedColumnsHaveOneKey() {
    Column signed = number(ValueType.INTEGER, "int");
    Column unsigned = number(ValueType.DECIMAL, "bigint unsigned");

    assertThat(Key.of(unsigned.canonical(100L))).isEqualTo(Key.of(new BigDecimal("100.00")));
    assertThat(signed.canonical(new BigDecimal("-100.00"))).isEqualTo(-100L);
    assertThat(signed.canonical(new BigDecimal(Long.MAX_VALUE))).isEqualTo(Long.MAX_VALUE);
    assertThat(signed.canonical(null)).isNull();
    assertThat(unsigned.canonical(null)).isNull();
  }

  @Test
  void aNumberThatAColumnCannotHoldEqualsNone() {
    Column signed = number(ValueType.INTEGER, "bigint");

    assertThat(signed.canonical(new BigDecimal("9223372036854775808"))).isNull();
    assertThat(signed.canonical(new BigDecimal("18446744073709551615"))).isNull();
    assertThat(signed.canonical(new BigDecimal("1.50"))).isNull();
  }

  @Test
  void appendedMembersDoNotChangeTheOthers() {
    assertThat(continues("enum('a','b','on-hold')", "enum('a','b')")).isTrue();
    assertThat(continues("set('a','b''','c')", "set('a','b''')")).isTrue();
    assertThat(continues("enum('a','b')", "enum('a','b')")).isTrue();
  }

  @Test
  void aVarcharMayBecomeLonger() {
    assertThat(continues("varchar(20)", "varchar(10)")).isTrue();
    assertThat(continues("varchar(100)", "varchar(20)")).isTrue();
  }

  @Test
  void anyOtherChangeMakesAnotherColumn() {
    assertThat(continues("enum('a')", "enum('a','b')")).isFalse();
    assertThat(continues("enum('b','a','c')", "enum('a','b')")).isFalse();
    assertThat(continues("enum('a''','b')", "enum('a')")).isFalse();
    assertThat(continues("enum('a'',''b')", "enum('a')")).isFalse();
    assertThat(continues("set('a','b')", "enum('a')")).isFalse();
    assertThat(continues("varchar(10)", "varchar(20)")).isFalse();
    assertThat(continues("varbinary(20)", "varbinary(10)")).isFalse();
    assertThat(continues("char(20)", "char(10)")).isFalse();
    Column before = column("enum('a')");
    String now = "enum('a','b')";
    assertThat(new Column("c", ValueType.STRING, false, now, before.collation()).continues(before))
        .isFalse();
    assertThat(new Column("c", ValueType.STRING, true, now, "latin1_swedish_ci").continues(before))
        .isFalse();
    assertThat(new Column("d", ValueType.STRING, true, now, before.collation()).continues(before))
        .isFalse();
  }
}
