package dev.freshet.view.declare;

import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.ValueType;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The types that MySQL gives to computed values. A type is represented by a column, whose name is
 * for messages. The operands must be of one kind: numbers, texts, bytes and so on.
 */
final class ResultTypes {
  /** The collation of a text that is computed only from constants. */
  private static final String OF_CONSTANTS = "utf8mb4_0900_ai_ci";

  /** The length of the longest VARCHAR with four bytes per character; for more, MySQL uses TEXT. */
  private static final int LONGEST_TEXT = 16_383;

  private static final int LONGEST_BYTES = 65_535;
  private static final int MOST_DIGITS = 65;

  /** A DECIMAL has a sign, 65 digits, a point, and a zero before it. */
  private static final int MOST_CHARACTERS_OF_NUMBER = 68;

  private static final List<String> TEXTS = List.of("tinytext", "text", "mediumtext", "longtext");
  private static final List<String> BLOBS = List.of("tinyblob", "blob", "mediumblob", "longblob");

  private ResultTypes() {}

  /** Why two operands cannot be mixed, or empty if they are of one kind. */
  static Optional<String> againstMixing(Column one, Column other) {
    boolean alike =
        one.type() == other.type()
            && one.collation().equals(other.collation())
            && ColumnRules.isYear(one) == ColumnRules.isYear(other);
    return unless(alike, one, other, " are of different types");
  }

  /** Why CASE or COALESCE cannot choose between two operands of one kind, or empty if it can. */
  static Optional<String> againstChoosing(Column one, Column other) {
    boolean padded =
        one.type() == ValueType.BYTES
            && ColumnRules.isFixedLength(one)
            && ColumnRules.isFixedLength(other)
            && MysqlTypes.length(one, 1) != MysqlTypes.length(other, 1);
    return unless(!padded, one, other, " are of different lengths");
  }

  private static Optional<String> unless(boolean fine, Column one, Column other, String problem) {
    return fine
        ? Optional.empty()
        : Optional.of(ColumnRules.describe(one) + " and " + ColumnRules.describe(other) + problem);
  }

  /** The type of a value that CASE or COALESCE chooses from operands of one kind. */
  static Column chosen(String name, List<Column> operands, boolean nullable) {
    Column first = operands.get(0);
    String type =
        switch (first.type()) {
          case INTEGER -> integer(operands);
          case DECIMAL -> decimal(operands);
          case STRING ->
              sameFixed(operands)
                  ? "char(" + MysqlTypes.length(first, 1) + ")"
                  : longest(TEXTS, operands)
                      .orElseGet(
                          () ->
                              text(
                                  operands.stream()
                                      .mapToLong(ResultTypes::characters)
                                      .max()
                                      .orElse(0)));
          case BYTES ->
              sameFixed(operands)
                  ? "binary(" + MysqlTypes.length(first, 1) + ")"
                  : longest(BLOBS, operands)
                      .orElseGet(
                          () ->
                              bytes(
                                  operands.stream()
                                      .mapToLong(ResultTypes::octets)
                                      .max()
                                      .orElse(0)));
          case TIME, DATETIME, TIMESTAMP -> MysqlTypes.base(first) + fraction(operands);
          case DATE, DOUBLE -> MysqlTypes.base(first);
        };
    return new Column(name, first.type(), nullable, type, first.collation());
  }

  /** The type of a CONCAT of operands of one kind. */
  static Column concatenated(String name, List<Column> operands) {
    Column first = operands.get(0);
    String type =
        first.type() == ValueType.STRING
            ? text(operands.stream().mapToLong(ResultTypes::characters).sum())
            : bytes(operands.stream().mapToLong(ResultTypes::octets).sum());
    // MySQL declares every CONCAT nullable, because the result may be too long.
    return new Column(name, first.type(), true, type, first.collation());
  }

  static Column ofText(String name, int characters) {
    return ofText(name, characters, false);
  }

  /** The type of a text that is made of no other text. */
  static Column ofText(String name, long characters, boolean nullable) {
    return new Column(name, ValueType.STRING, nullable, text(characters), OF_CONSTANTS);
  }

  /**
   * The type of a text that is converted to utf8mb4, of which MySQL takes the default collation.
   */
  static Column ofUnicode(String name, Column text) {
    return ofText(name, characters(text), true);
  }

  /** The type of a value in a JSON document as a text. */
  static Column ofJsonText() {
    return new Column("JSON_UNQUOTE", ValueType.STRING, true, "longtext", "utf8mb4_bin");
  }

  /** The type of a number as a text among others. */
  static Column ofNumberText(Column number, String collation) {
    String type = "varchar(" + MOST_CHARACTERS_OF_NUMBER + ")";
    return new Column(number.name(), ValueType.STRING, number.nullable(), type, collation);
  }

  /** The type of a text each of whose characters may become several. */
  static Column repeated(String name, Column column, int times) {
    return new Column(
        name, ValueType.STRING, true, text(characters(column) * times), column.collation());
  }

  /** The type of the bytes of a value in hexadecimal digits. */
  static Column hex(String name, Column column) {
    return ofText(
        name,
        2 * (column.type() == ValueType.BYTES ? octets(column) : 4 * characters(column)),
        true);
  }

  static Column ofBytes(String name, int length) {
    return new Column(name, ValueType.BYTES, false, bytes(length), "");
  }

  static Column ofDigits(String name, int precision, int scale) {
    return new Column(
        name, ValueType.DECIMAL, false, "decimal(" + precision + "," + scale + ")", "");
  }

  /** The type of a sort key; MySQL declares it nullable. */
  static Column ofSortKey(String name) {
    return new Column(name, ValueType.BYTES, true, bytes(Expr.SortKey.BYTES), "");
  }

  /** The type of a DECIMAL with so many digits before and after the point. */
  static Column ofDecimal(String name, boolean nullable, boolean unsigned, int whole, int scale) {
    String type =
        "decimal(%d,%d)%s"
            .formatted(Math.max(1, whole + scale), scale, unsigned ? " unsigned" : "");
    return new Column(name, ValueType.DECIMAL, nullable, type, "");
  }

  /** The type of whole numbers that are computed from unsigned ones. */
  static Column ofUnsigned(String name, boolean nullable) {
    return new Column(name, ValueType.DECIMAL, nullable, "bigint unsigned", "");
  }

  /** The type of whole numbers, and of conditions. */
  static Column ofInteger(String name, boolean nullable) {
    return new Column(name, ValueType.INTEGER, nullable, "bigint", "");
  }

  /** Whether a DECIMAL that can hold all operands stays within MySQL's maximum number of digits. */
  static boolean fitsDecimal(List<Column> operands) {
    return fitsDecimal(wholeDigits(operands), scale(operands));
  }

  static boolean fitsDecimal(int whole, int scale) {
    return whole + scale <= MOST_DIGITS;
  }

  private static String integer(List<Column> operands) {
    List<String> types =
        operands.stream()
            .map(c -> MysqlTypes.base(c) + (MysqlTypes.isUnsigned(c) ? " unsigned" : ""))
            .distinct()
            .toList();
    boolean unsigned = operands.stream().allMatch(MysqlTypes::isUnsigned);
    return types.size() == 1 ? types.get(0) : unsigned ? "int unsigned" : "bigint";
  }

  private static String decimal(List<Column> operands) {
    if (operands.stream().allMatch(c -> MysqlTypes.base(c).equals("bigint"))) {
      return "bigint unsigned";
    }
    int scale = scale(operands);
    return "decimal("
        + (wholeDigits(operands) + scale)
        + ","
        + scale
        + (operands.stream().allMatch(MysqlTypes::isUnsigned) ? ") unsigned" : ")");
  }

  private static int wholeDigits(List<Column> operands) {
    return operands.stream()
        .mapToInt(c -> MysqlTypes.precision(c) - MysqlTypes.scale(c))
        .max()
        .orElse(0);
  }

  private static int scale(List<Column> operands) {
    return operands.stream().mapToInt(MysqlTypes::scale).max().orElse(0);
  }

  private static String fraction(List<Column> operands) {
    int digits = operands.stream().mapToInt(c -> MysqlTypes.length(c, 0)).max().orElse(0);
    return digits == 0 ? "" : "(" + digits + ")";
  }

  private static boolean sameFixed(List<Column> operands) {
    int length = MysqlTypes.length(operands.get(0), 1);
    return operands.stream()
        .allMatch(c -> ColumnRules.isFixedLength(c) && MysqlTypes.length(c, 1) == length);
  }

  /** The longest of the operands' types without a length, such as TEXT; empty if there is none. */
  private static Optional<String> longest(List<String> types, List<Column> operands) {
    return operands.stream()
        .map(MysqlTypes::base)
        .filter(types::contains)
        .max(Comparator.comparing(types::indexOf));
  }

  private static String text(long characters) {
    return characters > LONGEST_TEXT ? "longtext" : "varchar(" + characters + ")";
  }

  private static String bytes(long octets) {
    return octets > LONGEST_BYTES ? "longblob" : "varbinary(" + octets + ")";
  }

  private static long characters(Column column) {
    return switch (MysqlTypes.base(column)) {
      case "char", "varchar" -> MysqlTypes.length(column, 1);
      default -> Integer.MAX_VALUE;
    };
  }

  private static long octets(Column column) {
    return switch (MysqlTypes.base(column)) {
      case "binary", "varbinary" -> MysqlTypes.length(column, 1);
      default -> Integer.MAX_VALUE;
    };
  }
}
