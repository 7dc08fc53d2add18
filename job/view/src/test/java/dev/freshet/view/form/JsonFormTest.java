package dev.freshet.view.form;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.freshet.view.Column;
import dev.freshet.view.ValueType;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class JsonFormTest {
  @Test
  void integersAreNumbersIfADoubleCanHoldThem() throws IOException {
    Column bigint = column(ValueType.INTEGER, "bigint");
    assertThat(json(bigint, 9007199254740992L)).isEqualTo("9007199254740992");
    assertThat(json(bigint, -9007199254740992L)).isEqualTo("-9007199254740992");
    assertThat(json(bigint, 9007199254740993L)).isEqualTo("\"9007199254740993\"");
    assertThat(json(bigint, Long.MIN_VALUE)).isEqualTo("\"-9223372036854775808\"");
    Column unsigned = column(ValueType.DECIMAL, "bigint unsigned");
    assertThat(json(unsigned, new BigDecimal("9007199254740992"))).isEqualTo("9007199254740992");
    assertThat(json(unsigned, new BigDecimal("18446744073709551615")))
        .isEqualTo("\"18446744073709551615\"");
  }

  @Test
  void decimalsAreStringsWithAllDigitsOfTheColumn() throws IOException {
    assertThat(json(column(ValueType.DECIMAL, "decimal(10,2)"), new BigDecimal("1.50")))
        .isEqualTo("\"1.50\"");
    assertThat(json(column(ValueType.DECIMAL, "decimal(10,0)"), new BigDecimal("7")))
        .isEqualTo("\"7\"");
  }

  @Test
  void otherValuesAreNullNumbersOrStrings() throws IOException {
    assertThat(json(column(ValueType.STRING, "text"), null)).isEqualTo("null");
    assertThat(json(column(ValueType.STRING, "json"), "{\"a\": 1}"))
        .isEqualTo("\"{\\\"a\\\": 1}\"");
    assertThat(json(column(ValueType.DOUBLE, "double"), 0.1)).isEqualTo("0.1");
    assertThat(json(column(ValueType.BYTES, "blob"), new byte[] {-1, -1})).isEqualTo("\"__8\"");
    assertThat(json(column(ValueType.TIMESTAMP, "timestamp"), 0L))
        .isEqualTo("\"1970-01-01T00:00:00Z\"");
  }

  private static String json(Column column, Object value) throws IOException {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      JsonForm.write(json, column, value);
    }
    return out.toString();
  }

  private static Column column(ValueType type, String mysqlType) {
    return new Column("c", type, true, mysqlType, "");
  }
}
