package dev.freshet.sandbox.sql;

import dev.freshet.view.Column;
import dev.freshet.view.ValueType;
import dev.freshet.view.declare.MysqlTypes;
import java.util.Optional;

/** Maps columns to the types of Flink SQL that match the values of the JDBC drivers. */
final class FlinkTypes {
  private static final int MOST_DIGITS = 38;

  private FlinkTypes() {}

  /** Returns the type for a column of the store; empty if Flink has no such type. */
  static Optional<String> projected(Column column) {
    return switch (column.type()) {
      case INTEGER -> Optional.of("BIGINT");
      case DECIMAL -> decimal(column);
      case DOUBLE -> Optional.of("DOUBLE");
      case STRING -> Optional.of("STRING");
      case BYTES -> Optional.of("BYTES");
      case DATE -> Optional.of("DATE");
      // A TIME of MySQL may exceed 24 hours.
      case TIME -> Optional.empty();
      case DATETIME, TIMESTAMP -> Optional.of("TIMESTAMP(6)");
    };
  }

  /** Returns the type for a column of the source; empty if Flink has no such type. */
  static Optional<String> source(Column column) {
    String type = column.mysqlType().toLowerCase(java.util.Locale.ROOT);
    String base = type.replaceFirst("[^a-z].*", "");
    return switch (base) {
      case "year" -> Optional.of("SMALLINT");
      case "tinyint", "smallint", "mediumint" -> Optional.of("INT");
      case "int" -> Optional.of(type.contains("unsigned") ? "BIGINT" : "INT");
      case "bigint", "decimal" -> projected(column);
      case "float" -> Optional.of("FLOAT");
      case "double",
          "date",
          "datetime",
          "timestamp",
          "char",
          "varchar",
          "tinytext",
          "text",
          "mediumtext",
          "longtext",
          "enum",
          "set",
          "json",
          "binary",
          "varbinary",
          "tinyblob",
          "blob",
          "mediumblob",
          "longblob" ->
          projected(column);
      default -> Optional.empty();
    };
  }

  /**
   * Returns the type for a column whose changes are captured; empty if Flink has no such type. A
   * TIMESTAMP of MySQL is a point in time there.
   */
  static Optional<String> changed(Column column) {
    return source(column)
        .map(type -> column.type() == ValueType.TIMESTAMP ? type.replace("(", "_LTZ(") : type);
  }

  private static Optional<String> decimal(Column column) {
    int digits = MysqlTypes.largest(column).precision();
    return digits > MOST_DIGITS
        ? Optional.empty()
        : Optional.of("DECIMAL(" + digits + ", " + MysqlTypes.scale(column) + ")");
  }
}
