package dev.freshet.view.form;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.freshet.view.Column;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Locale;

/**
 * Writes canonical values into the JSON of answers:
 *
 * <ul>
 *   <li>NULL: {@code null}
 *   <li>INTEGER and BIGINT UNSIGNED: a number from −2^53 to 2^53, otherwise a string, because most
 *       JSON parsers hold numbers as doubles
 *   <li>DECIMAL: a string, for the same reason
 *   <li>FLOAT and DOUBLE: a number with the fewest digits that identify it
 *   <li>all others: a string as {@link TextForm} prints it; ENUM, SET and JSON columns are their
 *       text
 * </ul>
 */
public final class JsonForm {
  private static final long LARGEST = 1L << 53;
  private static final BigDecimal LARGEST_DECIMAL = BigDecimal.valueOf(LARGEST);

  private JsonForm() {}

  /** Writes one value at the generator's current position. */
  public static void write(JsonGenerator json, Column column, Object value) throws IOException {
    if (value == null) {
      json.writeNull();
    } else if (value instanceof Double number) {
      if (column.mysqlType().startsWith("float")) {
        json.writeNumber(number.floatValue());
      } else {
        json.writeNumber(number);
      }
    } else {
      switch (column.type()) {
        case INTEGER -> {
          long number = (Long) value;
          if (number >= -LARGEST && number <= LARGEST) {
            json.writeNumber(number);
          } else {
            json.writeString(Long.toString(number));
          }
        }
        case DECIMAL -> {
          BigDecimal number = (BigDecimal) value;
          if (isInteger(column) && number.compareTo(LARGEST_DECIMAL) <= 0) {
            json.writeNumber(number.longValueExact());
          } else {
            json.writeString(TextForm.print(column, value));
          }
        }
        case DOUBLE, STRING, BYTES, DATE, TIME, DATETIME, TIMESTAMP ->
            json.writeString(TextForm.print(column, value));
      }
    }
  }

  /** True also for BIGINT UNSIGNED, whose values are DECIMALs internally. */
  private static boolean isInteger(Column column) {
    return column.mysqlType().toLowerCase(Locale.ROOT).startsWith("bigint");
  }
}
