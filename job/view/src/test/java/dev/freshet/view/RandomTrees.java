package dev.freshet.view;

import dev.freshet.view.collation.RandomTexts;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Random trees of calculations and functions over the columns of one table, and rows with extremes.
 * Not all of the trees can be taken.
 */
final class RandomTrees {
  private static final int DEPTH = 3;

  private static final List<String> WHOLE =
      List.of("tiny", "small_u", "med", "num", "num_u", "big", "big_u");

  private static final List<String> DECIMALS = List.of("d0", "d2", "d4", "d9", "d12", "du", "wide");

  private static final List<String> NUMBERS =
      List.of(
          "0",
          "1",
          "-1",
          "2",
          "3",
          "7",
          "10",
          "100",
          "-100",
          "1000",
          "0.5",
          "1.25",
          "-0.01",
          "0.10",
          "33.333",
          "9223372036854775807",
          "-9223372036854775808",
          "4294967296",
          "0.000001");

  private static final String[] COLLATIONS = {
    "utf8mb4_0900_ai_ci",
    "utf8mb4_0900_as_ci",
    "utf8mb4_0900_as_cs",
    "utf8mb4_0900_bin",
    "utf8mb4_general_ci",
    "utf8mb4_unicode_ci",
    "utf8mb4_unicode_520_ci",
    "utf8mb4_bin",
    "utf8mb3_general_ci",
    "utf8mb3_unicode_ci",
    "latin1_swedish_ci",
    "latin1_bin",
    "ascii_general_ci",
    "ascii_bin"
  };

  private final Random random;
  private final RandomTexts texts;

  RandomTrees(Random random) {
    this.random = random;
    this.texts = new RandomTexts(random);
  }

  static String table() {
    StringBuilder columns = new StringBuilder();
    for (int i = 0; i < COLLATIONS.length; i++) {
      String charset = COLLATIONS[i].substring(0, COLLATIONS[i].indexOf('_'));
      String type = " CHARACTER SET " + charset + " COLLATE " + COLLATIONS[i];
      columns
          .append(", s" + i + " VARCHAR(40)" + type)
          .append(", c" + i + " CHAR(20)" + type)
          .append(", KEY (s" + i + ")");
    }
    return "CREATE TABLE trees (id INT NOT NULL PRIMARY KEY, k INT NOT NULL, tiny TINYINT,"
        + " small_u SMALLINT UNSIGNED, med MEDIUMINT, num INT NOT NULL, num_u INT UNSIGNED,"
        + " big BIGINT, big_u BIGINT UNSIGNED, d0 DECIMAL(5,0), d2 DECIMAL(10,2) NOT NULL,"
        + " d4 DECIMAL(12,4), d9 DECIMAL(20,9), d12 DECIMAL(30,12), du DECIMAL(8,2) UNSIGNED,"
        + " wide DECIMAL(65,30), octets VARBINARY(12), day DATE, other DATE NOT NULL, at DATETIME,"
        + " at6 DATETIME(6), ts TIMESTAMP NULL, ts3 TIMESTAMP(3) NULL, made YEAR, KEY (made)"
        + columns
        + ")";
  }

  /** A view of some values over all rows. */
  static String view(List<String> values) {
    StringBuilder outputs = new StringBuilder();
    for (int i = 0; i < values.size(); i++) {
      outputs.append(",\n").append(values.get(i)).append(" AS x").append(i);
    }
    return "CREATE MATERIALIZED TABLE v (PRIMARY KEY (k, id) NOT ENFORCED) PARTITIONED BY (k)"
        + " FRESHNESS = INTERVAL '5' SECOND AS\nSELECT k, id"
        + outputs
        + "\nFROM trees";
  }

  /** The values of a row, as they stand in INSERT. */
  String row(int id) {
    List<String> values = new ArrayList<>(List.of("" + id, "" + id % 3));
    values.add(maybe(whole(8, false)));
    values.add(maybe(whole(16, true)));
    values.add(maybe(whole(24, false)));
    values.add(whole(32, false));
    values.add(maybe(whole(32, true)));
    values.add(maybe(whole(64, false)));
    values.add(maybe(whole(64, true)));
    values.add(maybe(decimal(5, 0)));
    values.add(decimal(10, 2));
    values.add(maybe(decimal(12, 4)));
    values.add(maybe(decimal(20, 9)));
    values.add(maybe(decimal(30, 12)));
    values.add(maybe(decimal(8, 2).replace("-", "")));
    values.add(maybe(decimal(65, 30)));
    values.add(maybe(pick("X''", "X'00'", "X'61'", "X'6100'", "X'FF20'", "X'F09F9880'")));
    values.add(maybe(day()));
    values.add(day());
    values.add(maybe(moment("")));
    values.add(maybe(moment(pick(".000000", ".5", ".000001", ".999999"))));
    values.add(maybe(timestamp()));
    values.add(maybe(timestamp()));
    values.add(maybe(pick("0", "1901", "1999", "2000", "2024", "2155")));
    for (String collation : COLLATIONS) {
      values.add(maybe(text(collation)));
      values.add(maybe(text(collation)));
    }
    return values.stream().collect(Collectors.joining(", ", "(", ")"));
  }

  private String whole(int bits, boolean unsigned) {
    BigInteger most = BigInteger.TWO.pow(unsigned ? bits : bits - 1).subtract(BigInteger.ONE);
    BigInteger least = unsigned ? BigInteger.ZERO : most.negate().subtract(BigInteger.ONE);
    return switch (random.nextInt(8)) {
      case 0 -> most.toString();
      case 1 -> least.toString();
      case 2 -> new BigInteger(unsigned ? bits : bits - 1, random).toString();
      case 3 -> unsigned ? "7" : "-" + random.nextInt(20);
      default -> "" + random.nextInt(20);
    };
  }

  private String decimal(int precision, int scale) {
    BigInteger most = BigInteger.TEN.pow(precision).subtract(BigInteger.ONE);
    BigInteger digits =
        switch (random.nextInt(6)) {
          case 0 -> most;
          case 1 -> BigInteger.valueOf(random.nextInt(3));
          case 2 -> BigInteger.TEN.pow(scale).multiply(BigInteger.valueOf(random.nextInt(50)));
          case 3 -> BigInteger.valueOf(5).multiply(BigInteger.TEN.pow(random.nextInt(precision)));
          default ->
              new BigInteger(200, random).mod(BigInteger.TEN.pow(1 + random.nextInt(precision)));
        };
    BigDecimal number = new BigDecimal(digits.min(most), scale);
    return (random.nextInt(3) == 0 ? number.negate() : number).toPlainString();
  }

  private String day() {
    return "'"
        + pick("2024-02-29", "1969-12-31", "1000-01-01", "9999-12-31", "2023-01-31", "2024-12-31")
        + "'";
  }

  private String moment(String fraction) {
    return "'"
        + pick("2024-02-29", "1969-12-31", "1000-01-01", "9999-12-31", "2023-05-31")
        + " "
        + pick("00:00:00", "23:59:59", "12:30:01")
        + fraction
        + "'";
  }

  private String timestamp() {
    return pick(
        "'1970-01-03 00:00:01'",
        "'2038-01-17 03:14:07'",
        "'2024-02-29 23:59:59.999'",
        "'2026-07-01 12:00:00.001'");
  }

  private String text(String collation) {
    String text =
        switch (random.nextInt(4)) {
          case 0 -> pick("", " ", "a", "A", "ab", "Ab ", "  ab", "aab", "a%b", "a_b", "b\ta", "ß");
          case 1 -> pick("x", "ab", "aB") + pick("x", "ab", " ", "é") + pick("", "x", "a", "  ");
          default -> texts.text();
        };
    if (collation.startsWith("utf8mb3")) {
      text =
          text.codePoints()
              .filter(Character::isBmpCodePoint)
              .mapToObj(Character::toString)
              .collect(Collectors.joining());
    } else if (!collation.startsWith("utf8mb4")) {
      text =
          text.codePoints()
              .filter(c -> c < 128)
              .mapToObj(Character::toString)
              .collect(Collectors.joining());
    }
    return quoted(text);
  }

  /** A text as MySQL reads it. */
  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
  }

  private String maybe(String value) {
    return random.nextInt(8) == 0 ? "NULL" : value;
  }

  /** A random tree of any type. */
  String value() {
    return switch (random.nextInt(8)) {
      case 6 -> ofTime();
      case 7 -> cast();
      case 0 -> random.nextInt(4) == 0 ? ofYear() : like();
      case 1, 2 -> text(random.nextInt(COLLATIONS.length), DEPTH);
      case 3 -> digest();
      default -> number(DEPTH);
    };
  }

  private String number(int depth) {
    if (depth == 0 || random.nextInt(6) == 0) {
      return pick(pick(WHOLE), pick(WHOLE), pick(DECIMALS), pick(DECIMALS), pick(NUMBERS));
    }
    String a = number(depth - 1);
    String b = number(depth - 1);
    return switch (random.nextInt(20)) {
      case 0, 1 -> "(" + a + " + " + b + ")";
      case 2, 3 -> "(" + a + " - " + b + ")";
      case 4, 5 -> a + " * " + b;
      case 6, 7 -> "(" + a + " / " + b + ")";
      case 8 -> wholeDivision(depth - 1);
      case 9 -> "(" + a + " % " + b + ")";
      case 10 ->
          pick(
              "MOD(" + a + ", " + b + ")",
              "(" + a + " MOD " + b + ")",
              "(" + a + pick(" MOD (", " mod(") + b + "))");
      // MySQL takes - -1 for a DECIMAL.
      case 11 -> {
        String unsigned = a.startsWith("-") ? "num" : a;
        yield pick(
            "(- " + unsigned + ")", "(" + b + " - -(" + unsigned + "))", "(-(- " + unsigned + "))");
      }
      case 12 -> pick("ABS(", "SIGN(", "FLOOR(", "CEIL(", "CEILING(") + a + ")";
      case 13 -> pick("ROUND(", "ROUND(", "FLOOR(", "CEILING(") + a + ")";
      case 14, 15 -> pick("ROUND(", "TRUNCATE(") + a + ", " + random.nextInt(5) + ")";
      case 16 -> "NULLIF(" + a + ", " + b + ")";
      case 17 -> pick("COALESCE(", "IFNULL(") + a + ", " + b + ")";
      case 18 -> pick("LEAST(", "GREATEST(") + a + ", " + b + ")";
      default -> "IF(" + a + pick(" < ", " = ", " >= ") + b + ", " + a + ", " + b + ")";
    };
  }

  private String wholeDivision(int depth) {
    return "("
        + pick("", "7 + ")
        + wholeNumber(depth)
        + pick(" DIV ", " DIV ", " div ")
        + wholeNumber(depth)
        + pick("", " * 3", " DIV 2", " MOD 5")
        + ")";
  }

  private String wholeNumber(int depth) {
    if (depth == 0 || random.nextInt(3) == 0) {
      return pick(pick(WHOLE), pick(WHOLE), "" + random.nextInt(9), "-" + random.nextInt(9));
    }
    return switch (random.nextInt(4)) {
      case 0 -> wholeDivision(depth - 1);
      case 1 -> "MOD(" + wholeNumber(depth - 1) + ", " + wholeNumber(depth - 1) + ")";
      case 2 -> "UNIX_TIMESTAMP(ts)";
      default -> "(" + wholeNumber(depth - 1) + " - " + wholeNumber(depth - 1) + ")";
    };
  }

  /** A text of a collation. */
  private String text(int collation, int depth) {
    if (depth == 0 || random.nextInt(6) == 0) {
      return pick("s", "s", "c") + collation;
    }
    String a = text(collation, depth - 1);
    String b = random.nextInt(3) == 0 ? literal(collation) : text(collation, depth - 1);
    // What is converted to utf8mb4 has its default collation.
    return switch (random.nextInt(collation == 0 ? 21 : 17)) {
      case 0 -> "CONCAT(" + a + ", " + b + ")";
      case 1 ->
          "CONCAT(" + pick("", "'', ") + shownNumber() + ", " + a + ", " + shownNumber() + ")";
      case 2 -> "CONCAT_WS(" + literal(collation) + ", " + a + ", " + b + ", s" + collation + ")";
      case 3 -> "CONCAT_WS(" + a + ", " + b + ", " + shownNumber() + ")";
      case 4, 5 -> pick("LOWER(", "UPPER(", "LCASE(", "UCASE(") + a + ")";
      case 6, 7 -> pick("LEFT(", "RIGHT(") + a + ", " + count() + ")";
      case 8 -> pick("SUBSTRING(", "SUBSTR(", "MID(") + a + ", " + count() + ", " + count() + ")";
      case 9 -> "SUBSTRING(" + a + ", " + count() + ")";
      case 10 -> "REPLACE(" + a + ", " + literal(collation) + ", " + literal(collation) + ")";
      case 11 -> pick("TRIM(", "LTRIM(", "RTRIM(") + a + ")";
      case 12 ->
          "TRIM("
              + pick("", "BOTH ", "LEADING ", "TRAILING ")
              + literal(collation)
              + " FROM "
              + a
              + ")";
      case 13 -> pick("COALESCE(", "IFNULL(") + a + ", " + b + ")";
      case 14 -> "NULLIF(" + a + ", " + b + ")";
      case 15 ->
          "CASE WHEN " + a + " LIKE " + quoted(pattern()) + " THEN " + a + " ELSE " + b + " END";
      case 17, 18, 19, 20 ->
          "CONVERT(" + text(random.nextInt(COLLATIONS.length), depth - 1) + " USING utf8mb4)";
      default -> "IF(" + a + pick(" = ", " <> ") + b + ", " + b + ", " + a + ")";
    };
  }

  /** What is made of bytes, or has numbers of a text. */
  private String digest() {
    String text = text(random.nextInt(COLLATIONS.length), 2);
    return switch (random.nextInt(6)) {
      case 0 -> pick("HEX(", "MD5(") + text + ")";
      case 1 -> pick("HEX(", "MD5(", "LENGTH(") + "octets)";
      case 2 -> "HEX(" + pick(WHOLE) + pick("", " + 1", " % 7") + ")";
      case 3 ->
          "CONCAT(" + shownNumber() + ", " + pick("'-'", "'ö'", "0.50") + ", " + pick(WHOLE) + ")";
      case 4 -> "LOWER(HEX(" + text + "))";
      default -> "(" + pick("CHAR_LENGTH(", "LENGTH(") + text + ") + " + number(1) + ")";
    };
  }

  private String cast() {
    return cast(
        pick(number(2), number(1), shownNumber()),
        pick("SIGNED", "CHAR", "DECIMAL(65,30)", "DECIMAL(30,4)", "DECIMAL(40,0)", "DECIMAL(9,9)"));
  }

  private String cast(String value, String type) {
    return random.nextBoolean()
        ? "CAST(" + value + " AS " + type + ")"
        : pick("CONVERT(", "convert (") + value + pick(",", ", ", "\n,\n") + type + ")";
  }

  private String ofYear() {
    String year = pick("'1901'", "'1999'", "'2024'", "'2155'", "0", "2000");
    return switch (random.nextInt(4)) {
      case 0 -> "(made IN (" + year + ", " + pick("'2000'", "1901") + "))";
      case 1 -> "(made BETWEEN " + year + " AND " + pick("'2000'", "2024") + ")";
      case 2 -> "CASE made WHEN " + year + " THEN 1 ELSE 0 END";
      default -> "(made" + pick(" = ", " <> ", " < ", " >= ") + year + ")";
    };
  }

  private String ofTime() {
    String a = time(2);
    return switch (random.nextInt(7)) {
      case 6 -> "(UNIX_TIMESTAMP(" + pick("ts", "ts3") + ")" + pick("", " + num", " / 3") + ")";
      case 0 -> pick("YEAR(", "MONTH(", "DAYOFMONTH(", "DAY(") + a + ")";
      case 1 -> "(YEAR(" + a + ") - MONTH(" + time(1) + ") * " + pick("num", "big_u", "12") + ")";
      case 2 -> "DATEDIFF(" + a + ", " + time(1) + ")";
      case 3 -> "(" + a + pick(" < ", " = ", " >= ") + time(1) + ")";
      default -> a;
    };
  }

  private String time(int depth) {
    if (depth == 0 || random.nextInt(5) == 0) {
      return pick("day", "other", "at", "at6");
    }
    String a = time(depth - 1);
    return switch (random.nextInt(6)) {
      case 0 -> pick("DATE(" + a + ")", cast(a, pick("DATE", "DATETIME")));
      case 1 -> pick("COALESCE(", "IFNULL(") + a + ", " + time(depth - 1) + ")";
      case 2 -> "CASE WHEN " + a + " = " + time(depth - 1) + " THEN NULL ELSE " + a + " END";
      default -> moved(a);
    };
  }

  private String moved(String time) {
    String interval =
        "INTERVAL "
            + pick(
                "1", "-1", "'1'", "'-3'", "12", "31", "400", "25", "86400", "99999", "999999", "0")
            + pick(" YEAR", " MONTH", " MONTH", " DAY", " DAY", " HOUR", " MINUTE", " SECOND");
    return switch (random.nextInt(4)) {
      case 0 -> time + pick(" + ", " - ") + interval;
      case 1 -> "(" + time + pick(" + ", " - ") + interval + ")";
      default -> pick("DATE_ADD(", "DATE_SUB(") + time + ", " + interval + ")";
    };
  }

  /** A number of which MySQL makes a text. */
  private String shownNumber() {
    return pick(
        pick(WHOLE),
        pick(DECIMALS),
        pick(NUMBERS),
        "ROUND(" + number(1) + ", 2)",
        "num * num",
        "(small_u + 1)",
        "TRUNCATE(d4 / 3, 1)");
  }

  private String count() {
    return pick("0", "1", "2", "3", "-1", "-2", "100", "tiny", "med", "(num - num)");
  }

  /** A constant text of a collation's character set. */
  private String literal(int collation) {
    boolean unicode = COLLATIONS[collation].startsWith("utf8mb4");
    return quoted(
        unicode && random.nextInt(4) == 0
            ? pick("é", "ß", "😀", "Å", "x\u0301")
            : pick("", " ", "a", "A", "b", "ab", "x", "aa", "-", ", "));
  }

  private String like() {
    String column =
        random.nextInt(4) == 0
            ? text(random.nextInt(COLLATIONS.length), 1)
            : pick("s", "s", "c") + random.nextInt(COLLATIONS.length);
    String pattern = pattern();
    String escape = pick("", "", " ESCAPE '!'", " ESCAPE '|'");
    return "(" + column + pick(" LIKE ", " LIKE ", " NOT LIKE ") + quoted(pattern) + escape + ")";
  }

  private String pattern() {
    StringBuilder pattern = new StringBuilder();
    for (int i = random.nextInt(5); i >= 0; i--) {
      pattern.append(
          switch (random.nextInt(5)) {
            case 0, 1 -> pick("%", "%", "_", "!%", "|_", "!", "%%");
            case 2 -> pick("a", "A", "b", "ab", "x", " ", "é");
            case 3 -> texts.text();
            default -> pick("a", "b", "x", "s", "e", "ö", "_");
          });
    }
    return pattern.toString().replace("\\", "/");
  }

  private String pick(String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
