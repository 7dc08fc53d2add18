package dev.freshet.flow.generated;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A type of MySQL with its extremes, all as SQL.
 *
 * @param name the type as the documentation writes it
 * @param type the type as CREATE TABLE has it
 * @param value what a query asks of a column, with {@code %s} for the column
 * @param joined the type of the column that the value is joined with
 * @param values what a column may hold, NULL among it
 * @param constants what the value is compared with
 * @param odd what a column may hold and no answer can show
 * @param longest values that are too long to be met by every other
 */
record TypeCase(
    String name,
    String type,
    String value,
    String joined,
    List<String> values,
    List<String> constants,
    List<String> odd,
    List<String> longest) {
  private static final String[] ZERO_DATES = {"'0000-00-00'", "'2024-00-10'", "'2023-02-29'"};
  private static final String[] ZERO_TIMES = {"'0000-00-00 00:00:00'", "'2024-02-00 23:59:59'"};

  private static final String[] BITS = {"b'0'", "b'1'"};
  private static final String NUL = "_utf8mb4 X'610062'";
  private static final String TAB = "'a\tb'";

  private static final String EMOJI = "'" + "😀".repeat(20) + "'";

  /** More bytes than MySQL sorts by. */
  private static final String BEGINNING = "x".repeat(1100);

  static final List<TypeCase> ALL =
      List.of(
          of("TINYINT", "-128", "127", "0", "-1", "1"),
          of("TINYINT UNSIGNED", "0", "255", "1", "128"),
          of("SMALLINT", "-32768", "32767", "0", "-1", "1"),
          of("SMALLINT UNSIGNED", "0", "65535", "1", "32768"),
          of("MEDIUMINT", "-8388608", "8388607", "0", "-1", "1"),
          of("MEDIUMINT UNSIGNED", "0", "16777215", "1", "8388608"),
          of("INT", "-2147483648", "2147483647", "0", "-1", "1"),
          of("INT UNSIGNED", "0", "4294967295", "1", "2147483648"),
          of("BIGINT", "-9223372036854775808", "9223372036854775807", "0", "-1")
              .and("9007199254740992", "9007199254740993"),
          of("BIGINT UNSIGNED", "0", "18446744073709551615", "1", "9223372036854775808"),
          of("BOOL", "TRUE", "FALSE", "-128", "127"),
          of("DECIMAL(10,3)", "-9999999.999", "9999999.999", "0", "-0.0", "-0.001", "1.50"),
          of("DECIMAL(65,30)", "-" + nines(35) + "." + nines(30), nines(35) + "." + nines(30))
              .and("0", "0.000000000000000000000000000001"),
          of("FLOAT", "-3.40282e38", "3.40282e38", "0", "-0e0", "1.17549e-38", "1.1", "16777217"),
          of("DOUBLE", "-1.7976931348623157e308", "1.7976931348623157e308", "0", "-0e0")
              .and("2.2250738585072014e-308", "0.1", "9007199254740993"),
          of("BIT(1)", BITS),
          of("BIT(32)", BITS).and("b'11111111111111111111111111111111'"),
          of("BIT(64)", BITS).and("b'" + "1".repeat(64) + "'", "b'1" + "0".repeat(63) + "'"),
          of("YEAR", "1901", "2155", "0", "2000"),
          of("DATE", "'1000-01-01'", "'9999-12-31'", "'1969-12-31'", "'2024-02-29'")
              .holding("'0001-01-01'")
              .odd(ZERO_DATES),
          of("TIME", "'-838:59:59'", "'838:59:59'", "'00:00:00'", "'-00:00:01'", "'23:59:59'"),
          of("TIME(6)", "'-838:59:59.000000'", "'838:59:59.000000'", "'00:00:00'")
              .and("'-00:00:00.000001'", "'-00:00:01.500000'", "'23:59:59.999999'"),
          of("DATETIME(6)", "'1000-01-01 00:00:00.000001'", "'9999-12-31 23:59:59.999999'")
              .and("'1969-12-31 23:59:59.999999'")
              .holding("'0001-01-01 00:00:00'")
              .odd(ZERO_TIMES),
          of("TIMESTAMP(6)", "'1970-01-01 00:00:01.000001'", "'2038-01-19 03:14:07.999999'")
              .and("'2026-03-29 02:30:00.500000'")
              .odd("'0000-00-00 00:00:00'"),
          of(
                  "CHAR(20) COLLATE utf8mb4_0900_ai_ci",
                  "''",
                  "'a'",
                  "'A'",
                  "'á'",
                  "'ss'",
                  "'10'",
                  "'9'")
              .and(EMOJI)
              .odd(NUL, TAB, "'ß'"),
          text("CHAR(20) COLLATE utf8mb4_general_ci", "'á'"),
          text("CHAR(20) COLLATE utf8mb4_0900_bin", "'á'").odd(TAB),
          text("VARCHAR(20) COLLATE utf8mb4_0900_ai_ci", "'á '"),
          text("VARCHAR(20) COLLATE utf8mb4_general_ci", "'á '"),
          text("VARCHAR(20) COLLATE utf8mb4_0900_bin", "'á '"),
          of("VARCHAR(20) CHARACTER SET latin1", "''", "'a'", "'A '", "'z'", "'ss'")
              .holding("'ß'", "'ÿ'"),
          of("VARCHAR(300) COLLATE utf8mb4_unicode_ci", "''", "'a'", "'A'", "'ä '")
              .and("'" + "z".repeat(300) + "'"),
          text("TEXT COLLATE utf8mb4_0900_ai_ci", "'á '").longest("REPEAT('a', 65535)"),
          text("TEXT COLLATE utf8mb4_unicode_ci", "'á '")
              .and("'" + BEGINNING + "b'", "'" + BEGINNING + "a'")
              .longest("REPEAT('a', 65535)"),
          text("TEXT COLLATE utf8mb4_0900_bin", "'á '").longest("REPEAT('a', 65535)"),
          of("BINARY(4)", "X'00000000'", "X'FFFFFFFF'", "X'61000000'", "X'41200000'"),
          bytes("VARBINARY(8)").and("X'FFFFFFFFFFFFFFFF'"),
          bytes("BLOB").longest("REPEAT(X'FF', 65535)"),
          of("ENUM('z','b','Ä','10')", "'z'", "'b'", "'Ä'", "'10'").holding("'nosuch'"),
          of("SET('z','b','Ä')", "''", "'z'", "'b'", "'z,b'", "'z,b,Ä'"),
          json("JSON", "%s", "JSON").compared("'null'", "'{\"a\": null}'"),
          json("`->>` of JSON", "%s->>'$.a'", "VARCHAR(40) COLLATE utf8mb4_bin")
              .compared("'x'", "'X'", "''", "'null'", "'true'", "'1.5'", "'{\"b\": [1, 2]}'"));

  /** Of values that may be written as constants, and of NULL. */
  private static TypeCase of(String type, String... values) {
    return new TypeCase(type, type, "%s", type, List.of("NULL"), List.of(), List.of(), List.of())
        .and(values);
  }

  private static TypeCase text(String type, String accented) {
    return of(type, "''", "'a'", "'A'", accented, "'ß'", "'ss'", "'10'", "'9'").and(EMOJI).odd(NUL);
  }

  private static TypeCase bytes(String type) {
    return of(type, "X''", "X'00'", "X'61'", "X'6100'", "X'41'", "X'6120'");
  }

  private static TypeCase json(String name, String value, String joined) {
    List<String> values =
        List.of(
            "NULL",
            "'null'",
            "'[]'",
            "'{\"b\": [1, 2.50, null, true], \"a\": \"x\"}'",
            "'{\"a\": \"\"}'",
            "'{\"a\": null}'",
            "'{\"a\": true}'",
            "'{\"a\": {\"b\":[1,2]}}'",
            "'{\"a\": 1.50}'",
            "'{\"a\": -0.0}'",
            "'{\"a\": \"ä\\\\n😀\\\\\"\"}'",
            "JSON_OBJECT('a', 1e100, 'd', DATE'2024-01-02', 'x', X'00FF')",
            "JSON_OBJECT('a', 18446744073709551615)");
    return new TypeCase(name, "JSON", value, joined, values, List.of(), List.of(), List.of())
        .longest("JSON_OBJECT('a', REPEAT('a', 100000))");
  }

  private static String nines(int digits) {
    return "9".repeat(digits);
  }

  private TypeCase and(String... more) {
    return holding(more).compared(more);
  }

  private TypeCase holding(String... more) {
    return new TypeCase(name, type, value, joined, concat(values, more), constants, odd, longest);
  }

  private TypeCase compared(String... more) {
    return new TypeCase(name, type, value, joined, values, concat(constants, more), odd, longest);
  }

  private TypeCase odd(String... more) {
    return new TypeCase(name, type, value, joined, values, constants, concat(odd, more), longest);
  }

  private TypeCase longest(String... more) {
    return new TypeCase(name, type, value, joined, values, constants, odd, List.of(more));
  }

  private static List<String> concat(List<String> some, String... more) {
    return Stream.concat(some.stream(), Arrays.stream(more)).toList();
  }
}
