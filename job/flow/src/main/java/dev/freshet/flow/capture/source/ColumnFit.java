package dev.freshet.flow.capture.source;

import dev.freshet.flow.binlog.LogColumn;
import dev.freshet.flow.capture.source.TableDefinition.Definition;

/** Checks whether a column of the binlog matches a column definition. */
final class ColumnFit {
  private ColumnFit() {}

  /**
   * Compares type, signedness, digits, and collation; compares neither the lengths of texts nor the
   * labels of ENUM and SET.
   *
   * @param collation the collation of the binlog's column; null if the binlog does not contain it
   */
  static boolean fits(Definition column, LogColumn logged, String collation) {
    return hasType(column, logged)
        && (collation == null
            || column.collation().isEmpty()
            || isOptional(logged)
            || column.collation().equals(collation));
  }

  private static boolean isOptional(LogColumn logged) {
    return logged.type() == LogColumn.ENUM || logged.type() == LogColumn.SET;
  }

  private static boolean hasType(Definition column, LogColumn logged) {
    int[] arguments = column.arguments();
    int first = arguments.length > 0 ? arguments[0] : 0;
    int second = arguments.length > 1 ? arguments[1] : 0;
    int meta = logged.meta();
    return switch (column.base()) {
      case "tinyint" -> isInteger(LogColumn.TINY, column, logged);
      case "smallint" -> isInteger(LogColumn.SHORT, column, logged);
      case "mediumint" -> isInteger(LogColumn.INT24, column, logged);
      case "int" -> isInteger(LogColumn.LONG, column, logged);
      case "bigint" -> isInteger(LogColumn.LONGLONG, column, logged);
      case "decimal" -> logged.type() == LogColumn.NEWDECIMAL && meta == (first << 8 | second);
      case "float" -> logged.type() == LogColumn.FLOAT;
      case "double" -> logged.type() == LogColumn.DOUBLE;
      case "year" -> logged.type() == LogColumn.YEAR;
      case "date" -> logged.type() == LogColumn.DATE;
      case "time" -> isTime(LogColumn.TIME2, LogColumn.TIME, first, logged);
      case "datetime" -> isTime(LogColumn.DATETIME2, LogColumn.DATETIME, first, logged);
      case "timestamp" -> isTime(LogColumn.TIMESTAMP2, LogColumn.TIMESTAMP, first, logged);
      case "char" -> logged.type() == LogColumn.STRING && !isBinary(logged);
      case "binary" -> logged.type() == LogColumn.STRING && logged.mostBytes() == first;
      case "varchar" -> isVariable(logged) && !isBinary(logged);
      case "varbinary" -> isVariable(logged) && !isText(logged);
      case "tinytext", "text", "mediumtext", "longtext" ->
          logged.type() == LogColumn.BLOB && meta == bytesOfLength(column) && !isBinary(logged);
      case "tinyblob", "blob", "mediumblob", "longblob" ->
          logged.type() == LogColumn.BLOB && meta == bytesOfLength(column) && !isText(logged);
      case "enum" -> logged.type() == LogColumn.ENUM;
      case "set" -> logged.type() == LogColumn.SET;
      case "bit" -> logged.type() == LogColumn.BIT && (meta >> 8) * 8 + (meta & 0xFF) == first;
      case "json" -> logged.type() == LogColumn.JSON;
      case "vector" -> logged.type() == LogColumn.VECTOR;
      default -> logged.type() == LogColumn.GEOMETRY;
    };
  }

  private static boolean isInteger(int type, Definition column, LogColumn logged) {
    return logged.type() == type && logged.unsigned() == column.isUnsigned();
  }

  /**
   * Tables that MySQL 5.5 created keep the old time types, without fractions, until they are
   * rebuilt.
   */
  private static boolean isTime(int type, int oldType, int digits, LogColumn logged) {
    return (logged.type() == type && logged.meta() == digits)
        || (logged.type() == oldType && digits == 0);
  }

  private static boolean isVariable(LogColumn logged) {
    return logged.type() == LogColumn.VARCHAR || logged.type() == LogColumn.VAR_STRING;
  }

  private static boolean isBinary(LogColumn logged) {
    return logged.collation() == LogColumn.BINARY;
  }

  private static boolean isText(LogColumn logged) {
    return logged.collation() != 0 && !isBinary(logged);
  }

  private static int bytesOfLength(Definition column) {
    return switch (column.base()) {
      case "tinytext", "tinyblob" -> 1;
      case "text", "blob" -> 2;
      case "mediumtext", "mediumblob" -> 3;
      default -> 4;
    };
  }
}
