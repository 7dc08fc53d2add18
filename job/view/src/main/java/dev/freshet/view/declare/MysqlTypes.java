package dev.freshet.view.declare;

import dev.freshet.view.Column;
import dev.freshet.view.Members;
import dev.freshet.view.ValueType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Interprets MySQL's column types, such as {@code decimal(10,2)}. */
public final class MysqlTypes {
  private static final Pattern ARGUMENTS = Pattern.compile("\\((\\d+)(?:,(\\d+))?\\)");
  private static final Set<String> SPATIAL =
      Set.of(
          "geometry",
          "point",
          "linestring",
          "polygon",
          "multipoint",
          "multilinestring",
          "multipolygon",
          "geomcollection",
          "geometrycollection");

  private MysqlTypes() {}

  /**
   * The type in which Freshet computes with a MySQL type. For a type that Freshet does not support,
   * such as a geometry, it is BYTES; use {@link #isComputable} to distinguish these.
   *
   * @param mysqlType {@code COLUMN_TYPE} of the catalogue
   */
  public static ValueType valueType(String mysqlType) {
    return switch (base(mysqlType)) {
      case "tinyint", "smallint", "mediumint", "int", "integer", "year" -> ValueType.INTEGER;
      case "bigint" -> isUnsigned(mysqlType) ? ValueType.DECIMAL : ValueType.INTEGER;
      case "decimal", "numeric" -> ValueType.DECIMAL;
      case "float", "double", "real" -> ValueType.DOUBLE;
      case "char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set", "json" ->
          ValueType.STRING;
      case "date" -> ValueType.DATE;
      case "time" -> ValueType.TIME;
      case "datetime" -> ValueType.DATETIME;
      case "timestamp" -> ValueType.TIMESTAMP;
      default -> ValueType.BYTES;
    };
  }

  /** Whether expressions and conditions of a view may use a column of this type. */
  static boolean isComputable(Column column) {
    return !SPATIAL.contains(base(column)) && !base(column).equals("vector");
  }

  /** The type's name without length and attributes, in lower case. */
  static String base(Column column) {
    return base(column.mysqlType());
  }

  private static String base(String mysqlType) {
    String lower = mysqlType.toLowerCase(Locale.ROOT).trim();
    int end = 0;
    while (end < lower.length() && Character.isLetter(lower.charAt(end))) {
      end++;
    }
    return lower.substring(0, end);
  }

  static boolean isUnsigned(Column column) {
    return isUnsigned(column.mysqlType());
  }

  private static boolean isUnsigned(String mysqlType) {
    return mysqlType.toLowerCase(Locale.ROOT).contains("unsigned");
  }

  /** Whether MySQL shows a number with zeros in front. */
  static boolean isZerofill(Column column) {
    return column.mysqlType().toLowerCase(Locale.ROOT).contains("zerofill");
  }

  /** The length or precision in brackets, or {@code otherwise} if there are none. */
  public static int length(Column column, int otherwise) {
    Matcher matcher = ARGUMENTS.matcher(column.mysqlType());
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : otherwise;
  }

  /** The total number of digits of a DECIMAL or BIGINT UNSIGNED. */
  static int precision(Column column) {
    return base(column).equals("bigint") ? 20 : length(column, 10);
  }

  /** The number of digits after the point of a DECIMAL; 0 for integers. */
  public static int scale(Column column) {
    Matcher matcher = ARGUMENTS.matcher(column.mysqlType());
    return base(column).equals("bigint") || !matcher.find() || matcher.group(2) == null
        ? 0
        : Integer.parseInt(matcher.group(2));
  }

  /**
   * Whether a number is in the range of an INTEGER or DECIMAL column, ignoring its digits after the
   * point.
   */
  public static boolean holds(Column column, BigDecimal number) {
    if (base(column).equals("year") && number.signum() == 0) {
      return true;
    }
    return number.compareTo(smallest(column)) >= 0 && number.compareTo(largest(column)) <= 0;
  }

  /** Describes the range that {@link #holds} accepts. */
  public static String range(Column column) {
    String range = smallest(column).toPlainString() + " to " + largest(column).toPlainString();
    return base(column).equals("year") ? "0 and " + range : range;
  }

  /** The smallest value of an INTEGER or DECIMAL column, the YEAR 0000 aside. */
  private static BigDecimal smallest(Column column) {
    if (base(column).equals("year")) {
      return BigDecimal.valueOf(1901);
    }
    return isUnsigned(column.mysqlType()) || base(column).equals("bit")
        ? BigDecimal.ZERO
        : largest(column, false).negate();
  }

  /** The largest value of an INTEGER or DECIMAL column. */
  public static BigDecimal largest(Column column) {
    return largest(column, true);
  }

  /**
   * The largest value, or the absolute value of the smallest, which is larger by one in two's
   * complement.
   */
  private static BigDecimal largest(Column column, boolean above) {
    String base = base(column);
    if (base.equals("year")) {
      return BigDecimal.valueOf(2155);
    }
    if (base.equals("bit")) {
      return new BigDecimal(BigInteger.TWO.pow(length(column, 1)).subtract(BigInteger.ONE));
    }
    if (base.equals("decimal") || base.equals("numeric")) {
      int precision = length(column, 10);
      BigInteger digits = BigInteger.TEN.pow(precision).subtract(BigInteger.ONE);
      return new BigDecimal(digits, scale(column));
    }
    int bits =
        switch (base) {
          case "tinyint" -> 8;
          case "smallint" -> 16;
          case "mediumint" -> 24;
          case "bigint" -> 64;
          default -> 32;
        };
    BigInteger half = BigInteger.TWO.pow(isUnsigned(column.mysqlType()) ? bits : bits - 1);
    return new BigDecimal(above ? half.subtract(BigInteger.ONE) : half);
  }

  private static IntStream lengths(Column column) {
    return Members.of(column).all().stream().mapToInt(String::length);
  }

  /** The maximum number of bytes of a value in an index of the store. */
  static long indexBytes(Column column) {
    return switch (column.type()) {
      case INTEGER, DOUBLE, DATE, DATETIME, TIMESTAMP -> 8;
      case TIME -> 16;
      case DECIMAL -> 40;
      case BYTES ->
          switch (base(column)) {
            case "binary", "bit" -> length(column, 1) + 4;
            case "varbinary" -> length(column, 1) + 4;
            default -> Integer.MAX_VALUE;
          };
      case STRING ->
          switch (base(column)) {
            case "char", "varchar" -> length(column, 1) * 4L + 4;
            case "enum" -> 4 + 4L * lengths(column).max().orElse(0);
            case "set" -> 4 + 4L * lengths(column).map(length -> length + 1).sum();
            default -> Integer.MAX_VALUE;
          };
    };
  }
}
