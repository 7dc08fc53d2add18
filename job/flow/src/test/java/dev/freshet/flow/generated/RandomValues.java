package dev.freshet.flow.generated;

import dev.freshet.flow.generated.RealTables.Column;
import dev.freshet.flow.generated.RealTables.Place;
import dev.freshet.view.ValueType;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;

/**
 * Makes values for columns of real tables, as SQL: few, so that rows meet, tie and collide; with
 * extremes of the types, texts that a collation takes as equal, and, rarely, values that no answer
 * can hold: dates in no calendar, and texts with a NUL.
 */
final class RandomValues {
  private static final List<String> TEXTS =
      List.of(
          "", " ", "a", "A", "á", "Á", "a ", "A  ", " a", "ab", "AB", "a\t", "a-b", "ä", "ae", "æ",
          "ß", "ss", "SS", "ñ", "n\u0303", "fi", "ﬁ", "Ａ", "ı", "İ", "か", "が", "中", "😀", "😁",
          "\uFFFD", "it's", "\\", "\"q\"", "0", "00", "1", "01", "10", "%", "_", "z", "Ž");
  private static final List<String> TIMES =
      List.of("00:00:00", "-00:00:01", "838:59:59", "-838:59:59", "12:34:56.5", "12:34:56");
  private static final List<String> DAYS =
      List.of("2024-02-29", "2024-03-31", "1000-01-01", "9999-12-31", "1969-12-31", "2024-10-27");
  private static final List<String> MOMENTS =
      List.of("2024-03-31 02:30:00", "2024-03-31 02:30:00.001", "2024-10-27 01:30:00.999999");
  private static final List<String> DOUBLES =
      List.of("0", "-0e0", "0.1", "2.5", "-1.5e30", "16777216", "3.4028234e38", "1.17549435e-38");
  private static final List<String> JSONS =
      List.of(
          "{}",
          "{\"totalPrice\": 12.50, \"b\": [1, null, true]}",
          "{\"totalPrice\": 0.1}",
          "{\"totalPrice\": -1.7976931348623157e308}",
          "{\"totalPrice\": \"7\"}",
          "{\"totalPrice\": 12.5, \"é\": \"😀 it's \\\\ \\u0001\"}");

  private static final Pattern MEMBER = Pattern.compile("'((?:[^']|'')*)'");

  private final Random random;
  private final RealTables tables;

  RandomValues(Random random, RealTables tables) {
    this.random = random;
    this.tables = tables;
  }

  /** A value for a column. */
  String of(Column column) {
    if (column.nullable() && random.nextInt(8) == 0) {
      return "NULL";
    }
    List<String> constants = tables.constants(column);
    if (!constants.isEmpty() && random.nextInt(10) < 7) {
      return random.nextInt(6) == 0 ? near(pick(constants)) : pick(constants);
    }
    return switch (column.type()) {
      case "tinyint" -> integer(column, 8);
      case "smallint" -> integer(column, 16);
      case "mediumint" -> integer(column, 24);
      case "int" -> integer(column, 32);
      case "bigint" -> integer(column, 64);
      case "decimal" -> decimal(column);
      case "float", "double" -> pick(DOUBLES);
      case "char", "varchar", "tinytext", "text", "mediumtext", "longtext" -> quoted(text(column));
      case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob" -> bytes(column);
      case "enum" -> member(column);
      case "json" -> quoted(pick(JSONS));
      case "date" -> quoted(oneIn(400) ? "0000-00-00" : day());
      case "datetime", "timestamp" -> quoted(moment(column));
      case "time" -> quoted(pick(TIMES));
      default -> throw new IllegalStateException("no values for " + column);
    };
  }

  /** A canonical value as SQL. */
  static String literal(ValueType type, Object value) {
    return switch (type) {
      case INTEGER, DECIMAL, DOUBLE -> value.toString();
      case STRING -> quoted((String) value);
      case BYTES -> "X'" + HexFormat.of().formatHex((byte[]) value) + "'";
      case DATE, TIME, DATETIME, TIMESTAMP ->
          throw new IllegalStateException("no literals of " + type);
    };
  }

  /** Something that may be equal to a constant for MySQL, or is beside it. */
  private String near(String constant) {
    if (constant.matches("-?\\d+")) {
      return new BigInteger(constant).add(BigInteger.valueOf(random.nextInt(3) - 1)).toString();
    }
    return switch (random.nextInt(4)) {
      case 0 -> constant.startsWith("X") ? constant : constant.toUpperCase(Locale.ROOT);
      case 1 -> constant.replace('e', 'é').replace('o', 'Ö');
      default -> constant.startsWith("'") ? constant.replaceFirst("'$", " '") : constant;
    };
  }

  private String integer(Column column, int bits) {
    if (oneIn(30)) {
      BigInteger above = BigInteger.ONE.shiftLeft(column.isUnsigned() ? bits : bits - 1);
      return random.nextBoolean() || column.isUnsigned()
          ? above.subtract(BigInteger.ONE).toString()
          : above.negate().toString();
    }
    Place origin = tables.origin(column.place());
    boolean alone = column.unique() || tables.tables().stream().anyMatch(t -> isKey(t, origin));
    return Integer.toString(random.nextInt(!alone ? 7 : tables.isReferenced(origin) ? 30 : 300));
  }

  private static boolean isKey(RealTables.Table table, Place place) {
    return table.key().size() == 1 && table.key().get(0).place().equals(place);
  }

  private String decimal(Column column) {
    String whole = "9".repeat(column.precision() - column.scale());
    String most = column.scale() == 0 ? whole : whole + "." + "9".repeat(column.scale());
    return pick(
        List.of("0", "1", "-1.5", "1.50", "12.345678", "0.01", "100", "-0.0001", most, "-" + most));
  }

  private String text(Column column) {
    if (oneIn(1500)) {
      return "a\0b";
    }
    if (oneIn(60)) {
      return pick(TEXTS).repeat(Math.min(column.length(), 300));
    }
    return pick(TEXTS);
  }

  private String bytes(Column column) {
    byte[] value = pick(TEXTS).getBytes(StandardCharsets.UTF_8);
    if (column.type().equals("binary")) {
      // Ids: few, some of them with bytes at the end that others cut off.
      int id = random.nextInt(30);
      value = new byte[column.length()];
      value[0] = (byte) (id * 9);
      value[column.length() - 1] = (byte) (id % 3 == 0 ? 0 : id % 3 == 1 ? ' ' : 0xff);
    } else if (random.nextInt(4) == 0) {
      value = new byte[] {0, (byte) 0xff, (byte) random.nextInt(2)};
    }
    return "X'" + HexFormat.of().formatHex(value) + "'";
  }

  /** Rarely none of them: MySQL then holds its error value. */
  private String member(Column column) {
    List<String> members =
        MEMBER.matcher(column.definition()).results().map(each -> each.group()).toList();
    return oneIn(60) ? "'no member'" : pick(members);
  }

  private String moment(Column column) {
    if (oneIn(400)) {
      return oneIn(3) ? "2024-00-10 01:02:03" : "0000-00-00 00:00:00";
    }
    if (column.type().equals("timestamp")) {
      return oneIn(8) ? "1970-01-01 00:00:01" : oneIn(8) ? "2038-01-19 03:14:07" : pick(MOMENTS);
    }
    return random.nextBoolean() ? pick(MOMENTS) : day() + " 23:59:59";
  }

  private String day() {
    return random.nextBoolean() ? pick(DAYS) : "2024-01-0" + (1 + random.nextInt(9));
  }

  private static String quoted(String text) {
    return "'"
        + text.replace("\\", "\\\\").replace("'", "''").replace("\0", "\\0").replace("\t", "\\t")
        + "'";
  }

  private boolean oneIn(int bound) {
    return random.nextInt(bound) == 0;
  }

  private <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
