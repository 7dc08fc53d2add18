package dev.freshet.view.declare;

import dev.freshet.view.Column;
import java.util.Locale;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlTypeNameSpec;
import org.apache.flink.sql.parser.type.SqlTimestampLtzTypeNameSpec;

/**
 * The types of the fields of events. Each is the type of a column of MySQL, so that conditions and
 * calculations mean the same as in all other views. Texts are compared by code points.
 */
final class EventTypes {
  private static final String TYPES =
      "take STRING, BOOLEAN, INT, BIGINT, DECIMAL(p,s), DOUBLE, DATE, TIMESTAMP(p) or"
          + " TIMESTAMP_LTZ(p)";

  /** The digits after the second of a time. */
  private static final int MICROS = 6;

  private static final int MOST_DIGITS = 38;
  private static final int MOST_SCALE = 30;
  private static final String TEXT = "longtext";

  /** A text that the store can index; {@code StoreLimits} refuses longer ones. */
  private static final String INDEXED_TEXT = "varchar(255)";

  private EventTypes() {}

  /** The column of a field. */
  static Column column(String name, SqlDataTypeSpec type, Refusals refusals) {
    String mysql = mysqlType(type, refusals);
    return new Column(
        name,
        MysqlTypes.valueType(mysql),
        type.getNullable() == null || type.getNullable(),
        mysql,
        mysql.equals(TEXT) ? ColumnRules.EXACT : "");
  }

  private static String mysqlType(SqlDataTypeSpec type, Refusals refusals) {
    SqlTypeNameSpec spec = type.getTypeNameSpec();
    if (spec instanceof SqlTimestampLtzTypeNameSpec zoned) {
      return "timestamp(" + fraction(type, zoned.getPrecision(), refusals) + ")";
    }
    String name = spec.getTypeName().getSimple();
    if (type.toString().toUpperCase(Locale.ROOT).startsWith("STRING")) {
      return TEXT;
    }
    if (!(spec instanceof SqlBasicTypeNameSpec basic)) {
      throw unknown(type, refusals);
    }
    return switch (name) {
      case "BOOLEAN" -> "tinyint(1)";
      case "INTEGER" -> "int";
      case "BIGINT" -> "bigint";
      case "DOUBLE" -> "double";
      case "DATE" -> "date";
      case "TIMESTAMP" -> "datetime(" + fraction(type, basic.getPrecision(), refusals) + ")";
      case "DECIMAL" -> decimal(type, basic, refusals);
      default -> throw unknown(type, refusals);
    };
  }

  private static ViewException unknown(SqlDataTypeSpec type, Refusals refusals) {
    return refusals.at(type, "the type " + type + " is not supported", TYPES);
  }

  /** The digits of a time; without them SQL means six. */
  private static int fraction(SqlDataTypeSpec type, int digits, Refusals refusals) {
    if (digits > MICROS) {
      throw refusals.at(
          type, "the type " + type + " has more than microseconds", "write 6 for the digits");
    }
    return digits < 0 ? MICROS : digits;
  }

  /** SQL means DECIMAL(10, 0) without digits. */
  private static String decimal(
      SqlDataTypeSpec type, SqlBasicTypeNameSpec basic, Refusals refusals) {
    int digits = basic.getPrecision() < 0 ? 10 : basic.getPrecision();
    int scale = Math.max(0, basic.getScale());
    if (digits < 1 || digits > MOST_DIGITS || scale > Math.min(digits, MOST_SCALE)) {
      throw refusals.at(
          type,
          "the type " + type + " is not supported",
          "a DECIMAL has 1 to %d digits, and at most %d of them after the point"
              .formatted(MOST_DIGITS, MOST_SCALE));
    }
    return "decimal(" + digits + "," + scale + ")";
  }

  /** The same column, but its texts are short enough to be in a key or an order. */
  static Column indexed(Column column) {
    return column.mysqlType().equals(TEXT)
        ? new Column(
            column.name(), column.type(), column.nullable(), INDEXED_TEXT, column.collation())
        : column;
  }

  /** The same column, which is NULL or is not. */
  static Column nullable(Column column, boolean nullable) {
    return new Column(
        column.name(), column.type(), nullable, column.mysqlType(), column.collation());
  }
}
