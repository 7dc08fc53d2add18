package dev.freshet.flow.capture;

import dev.freshet.view.CanonicalTime;
import dev.freshet.view.CharacterSets;
import dev.freshet.view.Column;
import io.debezium.data.Bits;
import io.debezium.time.Date;
import io.debezium.time.MicroTime;
import io.debezium.time.MicroTimestamp;
import io.debezium.time.Timestamp;
import io.debezium.time.Year;
import io.debezium.time.ZonedTimestamp;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Decimal;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Schema;

/** Reads one column's values, never null, from Debezium's form into the canonical one. */
interface ColumnDecoder {
  long MICROS_PER_MILLI = 1000L;
  int YEAR_ZERO = 1900;
  Pattern LENGTH = Pattern.compile("^(binary|bit)\\((\\d+)\\).*");

  Object decode(Object value);

  /** The decoder for a column that comes in this schema; null when the two do not fit. */
  static ColumnDecoder of(Column column, Schema schema) {
    return switch (column.type()) {
      case INTEGER -> integer(schema);
      case DECIMAL -> decimal(schema);
      case DOUBLE -> floating(schema);
      case STRING -> text(column, schema);
      case BYTES -> bytes(column, schema);
      case DATE -> named(schema, Date.SCHEMA_NAME) ? ColumnDecoder::number : null;
      case TIME -> named(schema, MicroTime.SCHEMA_NAME) ? ColumnDecoder::number : null;
      case DATETIME -> dateTime(schema);
      case TIMESTAMP ->
          named(schema, ZonedTimestamp.SCHEMA_NAME)
              ? text -> CanonicalTime.micros(OffsetDateTime.parse((String) text).toInstant())
              : null;
    };
  }

  private static ColumnDecoder integer(Schema schema) {
    return switch (schema.type()) {
      case INT8, INT16, INT32, INT64 -> {
        if (named(schema, Year.SCHEMA_NAME)) {
          // The year 0 comes as 1900, which no column holds.
          yield year -> (Integer) year == YEAR_ZERO ? (Object) 0L : number(year);
        }
        yield isTemporal(schema) ? null : ColumnDecoder::number;
      }
      case BOOLEAN -> flag -> (Boolean) flag ? 1L : 0L;
      default -> null;
    };
  }

  private static ColumnDecoder decimal(Schema schema) {
    if (named(schema, Decimal.LOGICAL_NAME)) {
      return BigDecimal.class::cast;
    }
    return schema.type() == Schema.Type.INT64 && schema.name() == null
        ? value -> new BigDecimal(BigInteger.valueOf((Long) value))
        : null;
  }

  private static ColumnDecoder floating(Schema schema) {
    return switch (schema.type()) {
      // As it is written, so that 1.1 stays 1.1.
      case FLOAT32 -> value -> Double.valueOf(value.toString());
      case FLOAT64 -> value -> ((Number) value).doubleValue();
      default -> null;
    };
  }

  private static ColumnDecoder text(Column column, Schema schema) {
    if (schema.type() != Schema.Type.STRING) {
      return null;
    }
    String type = column.mysqlType();
    if (type.startsWith("enum(")) {
      return value -> option(type, (String) value);
    }
    if (type.startsWith("set(")) {
      return String.class::cast;
    }
    return CharacterSets.doubted(column.collation())
        .<ColumnDecoder>map(doubted -> value -> undoubted((String) value, doubted))
        .orElse(String.class::cast);
  }

  /** From the binlog Debezium writes an option's comma as "\\,". */
  private static String option(String type, String value) {
    boolean known = type.contains("'" + value.replace("'", "''") + "'");
    return known ? value : value.replace("\\,", ",");
  }

  private static String undoubted(String text, Pattern doubted) {
    if (doubted.matcher(text).find()) {
      throw new IllegalArgumentException(
          "it holds characters that are read otherwise outside of MySQL; convert the column to"
              + " utf8mb4");
    }
    return text;
  }

  private static ColumnDecoder dateTime(Schema schema) {
    if (named(schema, Timestamp.SCHEMA_NAME)) {
      return value -> Math.multiplyExact((Long) value, MICROS_PER_MILLI);
    }
    return named(schema, MicroTimestamp.SCHEMA_NAME) ? ColumnDecoder::number : null;
  }

  private static ColumnDecoder bytes(Column column, Schema schema) {
    Matcher length = LENGTH.matcher(column.mysqlType());
    boolean fixed = length.matches();
    if (schema.type() == Schema.Type.BOOLEAN) {
      return flag -> new byte[] {(byte) ((Boolean) flag ? 1 : 0)};
    }
    if (schema.type() != Schema.Type.BYTES) {
      return null;
    }
    if (named(schema, Bits.LOGICAL_NAME)) {
      int size = fixed ? (Integer.parseInt(length.group(2)) + 7) / 8 : 1;
      return value -> reversed(array(value), size);
    }
    // The binlog leaves out a BINARY's trailing zeros.
    int size = fixed ? Integer.parseInt(length.group(2)) : 0;
    return value -> {
      byte[] bytes = array(value);
      return bytes.length < size ? Arrays.copyOf(bytes, size) : bytes;
    };
  }

  private static Object number(Object value) {
    return ((Number) value).longValue();
  }

  private static byte[] array(Object value) {
    if (value instanceof byte[] bytes) {
      return bytes;
    }
    ByteBuffer buffer = ((ByteBuffer) value).duplicate();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  /** Debezium gives a BIT's lowest byte first, MySQL its highest. */
  private static byte[] reversed(byte[] bytes, int size) {
    byte[] result = new byte[size];
    for (int i = 0; i < Math.min(bytes.length, size); i++) {
      result[size - 1 - i] = bytes[i];
    }
    return result;
  }

  private static boolean named(Schema schema, String name) {
    return name.equals(schema.name());
  }

  private static boolean isTemporal(Schema schema) {
    return named(schema, Date.SCHEMA_NAME)
        || named(schema, MicroTime.SCHEMA_NAME)
        || named(schema, Timestamp.SCHEMA_NAME)
        || named(schema, MicroTimestamp.SCHEMA_NAME);
  }
}
