package dev.freshet.flow.generated;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A type of MySQL with values to draw from, few enough to meet again.
 *
 * @param type as it stands in CREATE TABLE
 * @param family columns of one family may be compared and joined; empty for what can only be shown
 * @param key whether it may be of a primary key
 * @param chosen whether its values may stand in CASE and COALESCE
 * @param values as SQL
 */
record Kind(String type, String family, boolean key, boolean chosen, List<String> values) {
  private static final String EXACT = " CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin";

  private static final Set<String> NUMBERS = Set.of("integer", "unsigned", "decimal", "wide");

  /** Texts that some collations take as equal to others. */
  private static final String[] ALIKE = {"'Ä'", "'AB  '", "'ss'", "'ß'", "'a\\t'", "'æ'", "'AE'"};

  static final List<Kind> ALL =
      List.of(
          integer("TINYINT", "-128", "127"),
          integer("TINYINT(1)", "-1", "2"),
          integer("TINYINT UNSIGNED", "255"),
          integer("SMALLINT", "-32768", "32767"),
          integer("MEDIUMINT", "-8388608", "8388607"),
          integer("MEDIUMINT UNSIGNED", "16777215"),
          integer("INT", "-2147483648", "2147483647"),
          integer("INT", "-7", "12"),
          integer("INT UNSIGNED", "4294967295"),
          integer("INT(6) UNSIGNED ZEROFILL", "1234567"),
          integer("BIGINT", "-9223372036854775808", "9223372036854775807"),
          integer("BIGINT", "-5000000000", "11"),
          key("BIGINT UNSIGNED", "unsigned", "0", "1", "2", "3", "4", "5", "9223372036854775807")
              .and("9223372036854775808", "18446744073709551615"),
          key("DECIMAL(10,2)", "decimal", "0", "1", "1.5", "-1.5", "0.01", "100", "99999999.99"),
          key("DECIMAL(12,4)", "decimal", "0", "1", "1.5", "-1.5", "0.01", "100", "0.0001"),
          key("DECIMAL(65,30)", "wide", "0", "1.5", "-0.000000000000000000000000000001")
              .and("99999999999999999999999999999999999.999999999999999999999999999999"),
          key("DECIMAL(5,0)", "decimal", "0", "1", "2", "100", "-99999"),
          text("VARCHAR(20)" + EXACT, "exact", true),
          text("VARCHAR(6)" + EXACT, "exact", true),
          text("CHAR(6)" + EXACT, "char", true),
          text("VARCHAR(20) COLLATE utf8mb4_bin", "pad", true).and("'a\\t'"),
          text("VARCHAR(20) COLLATE utf8mb4_0900_ai_ci", "accents", true).and(ALIKE),
          text("VARCHAR(9) COLLATE utf8mb4_0900_ai_ci", "accents", true).and(ALIKE),
          text("VARCHAR(20) COLLATE utf8mb4_0900_as_cs", "cases", true).and(ALIKE),
          text("VARCHAR(9) COLLATE utf8mb4_0900_as_cs", "cases", true).and(ALIKE),
          text("VARCHAR(20) COLLATE utf8mb4_0900_as_ci", "marks", true).and(ALIKE),
          text("VARCHAR(20) COLLATE utf8mb4_general_ci", "general", true).and(ALIKE),
          text("VARCHAR(20) COLLATE utf8mb4_unicode_ci", "unicode", true).and(ALIKE),
          text("CHAR(9) COLLATE utf8mb4_unicode_520_ci", "unicode char", true).and(ALIKE),
          latin("VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_bin", "latin"),
          latin("VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_swedish_ci", "swedish"),
          latin("CHAR(5) CHARACTER SET ascii COLLATE ascii_general_ci", "ascii"),
          text("VARCHAR(20)", "shown text", false),
          text("TEXT", "shown text", false),
          text("TEXT" + EXACT, "exact", false),
          text("TEXT COLLATE utf8mb4_unicode_ci", "unicode", false).and(ALIKE),
          key("VARBINARY(8)", "bytes", "X''", "X'00'", "X'61'", "X'6100'", "X'FF'", "X'F09F9880'"),
          key("BINARY(4)", "four", "X'00000000'", "X'61000000'", "X'FFFFFFFF'", "X'00010203'"),
          key("BINARY(16)", "sixteen", "X'00000000000000000000000000000000'")
              .and("X'0102030405060708090A0B0C0D0E0F10'", "X'61000000000000000000000000000000'"),
          new Kind("BLOB", "bytes", false, true, List.of("X''", "X'00'", "X'6100'", "X'FFFE'")),
          compared("DATE", "date", "'2024-02-29'", "'1969-12-31'", "'1000-01-01'", "'9999-12-31'"),
          compared("DATETIME", "datetime", "'2024-03-31 02:30:00'", "'1000-01-01 00:00:00'")
              .and("'9999-12-31 23:59:59'", "'1969-12-31 23:59:59'"),
          compared("DATETIME(3)", "datetime3", "'2024-03-31 02:30:00'", "'2024-03-31 02:30:00.001'")
              .and("'9999-12-31 23:59:59.999'"),
          compared(
                  "DATETIME(6)",
                  "datetime6",
                  "'2024-03-31 02:30:00'",
                  "'1969-12-31 23:59:59.999999'")
              .and("'2024-03-31 02:30:00.000001'", "'9999-12-31 23:59:59.999999'"),
          compared("TIMESTAMP", "timestamp", "'2024-03-31 02:30:00'", "'1970-01-01 00:00:01'"),
          compared("TIMESTAMP(6)", "timestamp6", "'2024-03-31 02:30:00.5'")
              .and("'2038-01-19 03:14:07.999999'", "'2024-10-27 01:30:00'"),
          compared("TIME", "time", "'00:00:00'", "'-00:00:01'", "'838:59:59'", "'-838:59:59'"),
          compared("TIME(6)", "time6", "'-00:59:59.999999'", "'12:00:00.5'", "'-00:00:00.000001'"),
          compared("YEAR", "year", "1901", "2155", "2024", "2025"),
          shown("ENUM('x','it''s','a,b','ä')", "'x'", "'it''s'", "'a,b'", "'ä'"),
          shown("BIT(1)", "b'0'", "b'1'"),
          shown("BIT(12)", "b'0'", "b'101'", "b'111111111111'"),
          compared(
              "ENUM('new','open','Done','1','é')",
              "enum",
              "'new'",
              "'DONE'",
              "'open'",
              "'1'",
              "'é'"),
          compared(
              "SET('r','it''s','Q','1')",
              "set",
              "'r'",
              "''",
              "'r,q'",
              "'it''s,1'",
              "'r,it''s,Q,1'"),
          shown("JSON", "'{\"b\": [1, 2.50, null, true], \"a\": {}}'", "'\"it''s \\\\u0001\"'")
              .and("JSON_ARRAY(1.50, DATE'2024-01-02', 1e100, -0.5e0, X'00FF')"),
          shown("FLOAT", "0.1", "-1.5e30", "16777216", "3.4028234e38", "1.17549435e-38"),
          new Kind("DOUBLE", "double", false, false, List.of("0.1", "-1.5e300", "0"))
              .and("1.7976931348623157e308", "2.5", "-0e0"));

  private static Kind integer(String type, String... extremes) {
    return key(type, "integer", "0", "1", "2", "3", "4", "5", "6").and(extremes);
  }

  private static Kind key(String type, String family, String... values) {
    return new Kind(type, family, true, true, List.of(values));
  }

  /** May be compared, but not be chosen with a constant. */
  private static Kind compared(String type, String family, String... values) {
    return new Kind(type, family, true, false, List.of(values));
  }

  private static Kind text(String type, String family, boolean key) {
    return new Kind(
        type,
        family,
        key,
        true,
        List.of("''", "'a'", "'A'", "'a '", "'ä'", "'ab'", "'😀'", "'\uFFFD'", "'it''s'", "' a'"));
  }

  private static Kind latin(String type, String family) {
    return new Kind(
        type, family, true, true, List.of("''", "'a'", "'a '", "'A'", "'bc'", "'a\\t'", "'Bc'"));
  }

  private static Kind shown(String type, String... values) {
    return new Kind(type, "", false, false, List.of(values));
  }

  private Kind and(String... more) {
    List<String> all = Stream.concat(values.stream(), Stream.of(more)).toList();
    return new Kind(type, family, key, chosen, all);
  }

  boolean isComparable() {
    return !family.isEmpty() && !family.startsWith("shown");
  }

  /** Whether columns of both kinds may be joined: they are of one family, or exact numbers. */
  boolean joins(Kind other) {
    return family.equals(other.family)
        || (NUMBERS.contains(family) && NUMBERS.contains(other.family));
  }

  boolean isText() {
    return values.get(0).equals("''") && !family.isEmpty();
  }
}
