package dev.freshet.view;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random conditions over the tables of {@link #TABLES}, and rows that they tell apart. */
final class Predicates {
  static final String TABLES =
      """
      CREATE TABLE `groups` (id INT NOT NULL PRIMARY KEY, opened TINYINT(1) NOT NULL,
        label VARCHAR(20) COLLATE utf8mb4_0900_bin, founded DATETIME(3));
      CREATE TABLE parents (a INT NOT NULL, b BIGINT NOT NULL, group_id INT, weight INT NOT NULL,
        label VARCHAR(20) COLLATE utf8mb4_0900_bin, since DATETIME(6) NOT NULL, PRIMARY KEY (b, a));
      CREATE TABLE things (id BIGINT NOT NULL PRIMARY KEY, k INT NOT NULL,
        flag TINYINT(1) NOT NULL, tiny TINYINT, small_u SMALLINT UNSIGNED, big BIGINT,
        big_u BIGINT UNSIGNED, big_v BIGINT UNSIGNED, price DECIMAL(10,2), cost DECIMAL(12,4),
        bin VARCHAR(20) COLLATE utf8mb4_0900_bin, bin2 VARCHAR(20) COLLATE utf8mb4_0900_bin,
        pad VARCHAR(20) COLLATE utf8mb4_bin, pad2 VARCHAR(20) COLLATE utf8mb4_bin,
        fixed CHAR(5) COLLATE utf8mb4_0900_bin, octets VARBINARY(8), raw4 BINARY(4), name VARCHAR(20), body TEXT,
        born DATE, died DATE, seen DATETIME, seen6 DATETIME(6) NOT NULL, made_at TIMESTAMP(6) NULL,
        moved_at TIMESTAMP(6) NULL, made YEAR, sold YEAR,
        parent_a INT, parent_b BIGINT, mood ENUM('sad', 'so-so', 'Happy'),
        tint ENUM('x', 'X', 'x/y') COLLATE utf8mb4_bin, side ENUM('left', 'right') COLLATE latin1_swedish_ci
        NOT NULL, ratio DOUBLE, ratio2 DOUBLE NOT NULL,
        lasts TIME, lasts6 TIME(6), gen VARCHAR(20) COLLATE utf8mb4_general_ci,
        accented VARCHAR(20) COLLATE utf8mb4_0900_as_cs,
        bit1 BIT(1), bits BIT(12) NOT NULL, mood2 ENUM('sad', 'so-so', 'Happy'),
        tags SET('red', 'it''s', 'Blue', '2'), tags2 SET('red', 'it''s', 'Blue', '2'),
        doc JSON, marks SET('a', 'b', 'c') COLLATE latin1_swedish_ci NOT NULL, KEY (tags), KEY (marks), KEY (bit1), KEY (bits), KEY (name), KEY (gen), KEY (lasts), KEY (mood), KEY (ratio), KEY (tiny), KEY (bin), KEY (pad), KEY (fixed), KEY (seen),
        KEY (big_u), KEY (price))
      """;

  private static final String[] DOUBLES = {
    "0", "-0e0", "0.1", "-1.5", "1e300", "5e-324", "9007199254740992", "0.1e0 + 0.2e0",
  };

  private static final String[] TEXTS = {
    "''", "'a'", "'A'", "'a '", "'ä'", "'ab'", "'é'", "'😀'", "'\uFFFD'", "'z'", "'it''s'", "' a'",
  };

  /** Columns that can be compared with each other, and constants for them. */
  private record Kind(boolean ordered, List<String> columns, String... constants) {
    boolean isText() {
      return constants.length > 0 && constants[0].endsWith("''");
    }

    boolean isNumber() {
      return columns.contains("t.tiny")
          || columns.contains("t.small_u")
          || columns.contains("t.big")
          || columns.contains("t.big_u")
          || columns.contains("t.price");
    }

    /** Dates and years take no constants where a value is chosen. */
    boolean choosesConstants() {
      return constants.length > 0
          && !constants[0].equals("1901")
          && !constants[0].matches("'\\d{4}-.*");
    }
  }

  private static final List<Kind> KINDS =
      List.of(
          new Kind(
              true, List.of("t.flag", "g.opened", "t.tiny"), "0", "1", "2", "-1", "-128", "127"),
          new Kind(true, List.of("t.small_u"), "0", "1", "65535"),
          new Kind(
              true,
              List.of("t.big", "t.k", "p.weight", "t.tiny", "t.small_u", "t.parent_b", "g.id"),
              "0",
              "1",
              "2",
              "3"),
          new Kind(true, List.of("t.big"), "-9223372036854775808", "9223372036854775807", "-1"),
          new Kind(
              true,
              List.of("t.big_u", "t.big_v"),
              "0",
              "1",
              "9223372036854775807",
              "9223372036854775808",
              "18446744073709551615"),
          new Kind(true, List.of("t.price", "t.cost"), "0", "1.5", "-1.50", "0.01", "99999999.99"),
          new Kind(true, List.of("t.bin", "t.bin2", "p.label", "g.label"), TEXTS),
          new Kind(false, List.of("t.pad", "t.pad2"), TEXTS),
          new Kind(true, List.of("t.name", "t.body"), TEXTS),
          new Kind(true, List.of("t.gen"), TEXTS),
          new Kind(true, List.of("t.accented"), TEXTS),
          new Kind(
              true,
              List.of(
                  "doc->>'$.a'",
                  "JSON_UNQUOTE(JSON_EXTRACT(doc, '$.b[1].\"c d\"'))",
                  "t.doc ->> '$[0].a'",
                  "t.doc->>'$.b[0]'"),
              "'x'",
              "'a'",
              "'a '",
              "'1'",
              "'null'",
              "'it''s'",
              "'😀'",
              "''"),
          new Kind(true, List.of("doc->>'$.a[0]'"), "'1'", "'true'", "'null'", "'{}'", "''"),
          new Kind(false, List.of("t.fixed"), "''", "'a'", "'A'", "'ab'", "'😀'", "' a'"),
          new Kind(true, List.of("t.octets"), "X''", "X'00'", "X'61'", "X'6100'", "X'FF'"),
          new Kind(true, List.of("t.raw4"), "X'00000000'", "X'61000000'", "X'FFFFFFFF'"),
          new Kind(true, List.of("t.born", "t.died"), "'2024-02-29'", "'1969-12-31'"),
          new Kind(
              true, List.of("t.seen"), "'2024-02-29'", "'1000-01-01'", "'2024-03-31 02:30:00'"),
          new Kind(
              true,
              List.of("t.seen6", "p.since"),
              "'2024-02-29'",
              "'2024-03-31 02:30:00.000001'",
              "'2024-03-31 02:30:00.5'"),
          new Kind(true, List.of("g.founded"), "'2024-02-29'", "'2024-03-31 02:30:00.5'"),
          new Kind(true, List.of("t.seen", "t.seen6", "p.since", "g.founded")),
          new Kind(true, List.of("t.made_at", "t.moved_at")),
          new Kind(true, List.of("t.made", "t.sold"), "1901", "2024", "2155", "0"));

  /**
   * Columns that can be compared and not computed with; those without order with constants only.
   */
  private static final List<Kind> COMPARED =
      List.of(
          new Kind(
              true,
              List.of("t.ratio", "t.ratio2"),
              "0",
              "0.1",
              "-1.5",
              "1e300",
              "9007199254740993",
              "0.30000000000000004"),
          new Kind(true, List.of("t.big_u", "t.big_v", "t.tiny", "t.small_u", "t.big"), "0", "1"),
          new Kind(true, List.of("t.price", "t.cost", "t.tiny", "t.small_u"), "0", "1"),
          new Kind(true, List.of("t.lasts"), "'00:00:00'", "'-00:30:00'", "'838:59:59'"),
          new Kind(true, List.of("t.lasts6"), "'12:00:00.5'", "'-00:00:00.000001'", "'12:00:00'"),
          new Kind(true, List.of("t.lasts6", "t.lasts"), "'00:00:00'", "'-838:59:59'"),
          new Kind(true, List.of("t.bit1", "t.flag", "t.tiny"), "0", "1"),
          new Kind(true, List.of("t.bit1", "t.bits"), "0", "1", "TRUE", "b'1'", "X'00'"),
          new Kind(true, List.of("t.bits"), "5", "4095", "b'101'", "0x0FFF", "X'7F'"),
          new Kind(true, List.of("t.bits", "t.big", "t.big_u", "t.price"), "0", "1"),
          new Kind(
              false, List.of("t.mood", "t.mood2"), "'sad'", "'SAD'", "'So-So'", "'happy'", "''"),
          new Kind(
              false,
              List.of("t.tags", "t.tags2"),
              "''",
              "'red'",
              "'RED,blue'",
              "'it''s,2'",
              "'red,it''s,Blue,2'"),
          new Kind(false, List.of("t.marks"), "'a'", "'A,c'", "'a,b,c'", "''"),
          new Kind(false, List.of("t.tint"), "'x'", "'X'", "'x/y'"),
          new Kind(false, List.of("t.side"), "'left'", "'RIGHT'"));

  /** Texts that can be shown and joined together only. */
  private static final Kind SHOWN = new Kind(false, List.of("t.name", "t.body"), TEXTS);

  private static final List<String> NULLABLE =
      List.of(
          "t.tiny",
          "t.big",
          "t.bin",
          "t.seen",
          "t.parent_a",
          "p.weight",
          "g.label",
          "g.founded",
          "t.price");
  private static final List<String> BARE =
      List.of("t.flag", "g.opened", "t.tiny", "p.weight", "t.bit1", "FIND_IN_SET('it''s', tags)");

  private final Random random;

  Predicates(Random random) {
    this.random = random;
  }

  /** A view with one such condition over a root, a dimension and a dimension of that. */
  String view() {
    return """
        CREATE MATERIALIZED TABLE v (PRIMARY KEY (k, id) NOT ENFORCED) PARTITIONED BY (k)
        FRESHNESS = INTERVAL '5' SECOND
        AS SELECT t.k, t.id, p.weight, g.label AS group_label, t.seen6, t.price, t.bin, t.ratio, t.ratio2,
          t.lasts, t.lasts6, t.name, t.accented, t.tags, mood2,
          %s AS x, %s AS y, %s AS z, COALESCE(%s, seen6) AS moved, %s AS text, IFNULL(bin, 'ä') word
        FROM things t %s JOIN parents p ON p.a = t.parent_a AND t.parent_b = p.b
        %s JOIN `groups` g ON p.group_id = g.id
        WHERE %s
        ORDER BY %s
        """
        .formatted(
            computed(pick(KINDS), 2),
            computed(pick(KINDS), 1),
            condition(1),
            pick("t.seen", "p.since", "g.founded"),
            pick(computed(SHOWN, 1), "CONCAT(" + value(SHOWN, 1) + ", name)"),
            pick("", "LEFT"),
            pick("INNER", "LEFT OUTER"),
            condition(random.nextInt(4)),
            pick(
                "id",
                "id DESC",
                "seen6 DESC",
                "seen6, id DESC",
                "moved DESC, word",
                "word DESC",
                "ratio2, id",
                "ratio DESC",
                "lasts DESC, id",
                "tags DESC, mood",
                "mood2 DESC, t.marks",
                "lasts6",
                "bin, ratio2 DESC",
                "body, t.gen DESC",
                "CONCAT(t.body, t.name) DESC",
                "g.founded, t.big_u DESC",
                condition(1) + " DESC, " + value(SHOWN, 1),
                computed(pick(KINDS), 1) + ", t.made_at"));
  }

  /** A value of a kind: a column, or an expression of some depth. */
  private String value(Kind kind, int depth) {
    return depth == 0 || random.nextInt(3) > 0 ? pick(kind.columns()) : computed(kind, depth);
  }

  private String computed(Kind kind, int depth) {
    if (kind.columns().contains("t.flag") && random.nextInt(4) == 0) {
      return calculated();
    }
    String a = value(kind, depth - 1);
    String b = branch(kind, depth - 1);
    return switch (random.nextInt(kind.isText() ? 7 : 6)) {
      case 0 -> "COALESCE(" + a + ", " + b + ")";
      case 1 -> "COALESCE(" + b + ", " + branch(kind, 0) + ", " + a + ")";
      case 2 -> "IFNULL(" + a + ", " + b + ")";
      case 3 -> "IF(" + condition(0) + ", " + a + ", " + pick(b, "NULL") + ")";
      case 4 ->
          "CASE WHEN %s THEN %s WHEN %s THEN NULL ELSE %s END"
              .formatted(condition(1), b, condition(0), a);
      case 5 ->
          kind.equals(SHOWN)
              ? "COALESCE(" + b + ", " + a + ")"
              : "CASE %s WHEN %s THEN %s%s END"
                  .formatted(a, operand(kind, 0), a, pick("", " ELSE " + b));
      default -> "CONCAT(" + a + ", " + b + pick("", ", " + branch(kind, 0)) + ")";
    };
  }

  private String branch(Kind kind, int depth) {
    return kind.choosesConstants() && random.nextBoolean()
        ? pick(kind.constants())
        : value(kind, depth);
  }

  private String condition(int depth) {
    if (depth > 0) {
      String left = condition(depth - 1);
      return switch (random.nextInt(7)) {
        case 0, 1 -> left + " AND " + condition(depth - 1);
        case 2, 3 -> "(" + left + " OR " + condition(depth - 1) + ")";
        case 4 -> "NOT (" + left + ")";
        case 5 -> "NOT " + condition(0);
        default -> left + " OR " + condition(depth - 1);
      };
    }
    return switch (random.nextInt(13)) {
      case 12 ->
          "(" + condition(0) + pick(" IS TRUE", " IS FALSE", " IS NOT TRUE", " IS NOT FALSE") + ")";
      case 11 -> calculated() + pick(" = ", " < ", " >= ") + pick("0", "1", "-128", calculated());
      case 10 -> compared(pick(COMPARED));
      case 0 -> pick(pick(NULLABLE), value(pick(KINDS), 1)) + pick(" IS NULL", " IS NOT NULL");
      case 1 -> pick("", "NOT ") + pick(pick(BARE), "IF(" + condition(0) + ", t.flag, t.tiny)");
      case 2, 3 -> in(pick(KINDS));
      case 4 -> between(pick(KINDS));
      default -> comparison(pick(KINDS));
    };
  }

  private String compared(Kind kind) {
    String column = pick(kind.columns());
    String constant = pick(kind.constants());
    if (!kind.ordered()) {
      return pick(
          column + pick(" IN (", " NOT IN (") + constant + ", " + pick(kind.constants()) + ")",
          column + pick(" = ", " <> ") + pick(constant, pick(kind.columns())));
    }
    String other = pick(constant, pick(kind.columns()));
    return pick(
        column + pick(" = ", " <> ", " < ", " <= ", " > ", " >= ") + other,
        column + " BETWEEN " + constant + " AND " + pick(kind.constants()),
        column + " BETWEEN " + pick(kind.columns()) + " AND " + pick(kind.columns()));
  }

  private String comparison(Kind kind) {
    String operator =
        kind.ordered() ? pick("=", "<>", "!=", "<", "<=", ">", ">=") : pick("=", "<>", "!=");
    String column = value(kind, 1);
    String other = operand(kind, 1);
    return random.nextBoolean()
        ? column + " " + operator + " " + other
        : other + operator + " " + column;
  }

  /** A calculation that does not leave BIGINT. */
  private String calculated() {
    List<String> columns =
        List.of(
            "t.flag", "g.opened", "t.tiny", "FIND_IN_SET('2', t.tags)", "FIND_IN_SET('b', marks)");
    String operand = pick(pick(columns), pick("1", "-3", "200"));
    return "(" + pick(columns) + pick(" + ", " - ", " * ", "-") + " " + operand + ")";
  }

  private String operand(Kind kind, int depth) {
    return kind.constants().length > 0 && random.nextInt(3) > 0
        ? constant(kind)
        : value(kind, depth);
  }

  /** A constant in one of the forms that it may have. */
  private String constant(Kind kind) {
    String constant = pick(kind.constants());
    if (random.nextInt(4) > 0) {
      return constant;
    }
    if (constant.startsWith("'")) {
      return '"' + constant.substring(1, constant.length() - 1).replace("''", "'") + '"';
    }
    if (constant.startsWith("X'") && constant.length() > 3) {
      return "0x" + constant.substring(2, constant.length() - 1);
    }
    if (kind.isNumber() && constant.matches("[01]") && random.nextBoolean()) {
      return constant.equals("1") ? "TRUE" : "FALSE";
    }
    return kind.isNumber() && constant.length() < 15 ? "'" + constant + "'" : constant;
  }

  private String in(Kind kind) {
    if (kind.constants().length == 0) {
      return comparison(kind);
    }
    List<String> list = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      list.add(constant(kind));
    }
    return value(kind, 1) + pick(" IN (", " NOT IN (") + String.join(", ", list) + ")";
  }

  private String between(Kind kind) {
    return kind.ordered()
        ? value(kind, 1)
            + pick(" BETWEEN ", " NOT BETWEEN ")
            + operand(kind, 1)
            + " AND "
            + operand(kind, 1)
        : comparison(kind);
  }

  /** Rows for all three tables. */
  List<String> inserts(int things) {
    List<String> inserts = new ArrayList<>();
    for (int id = 0; id < 4; id++) {
      inserts.add(
          "INSERT INTO `groups` VALUES (%d, %s, %s, %s)"
              .formatted(id, pick("0", "1", "2"), text(), maybe(dateTime("0", "5", "25"))));
    }
    for (int a = 0; a < 4; a++) {
      for (int b = 0; b < 4; b++) {
        inserts.add(
            "INSERT INTO parents VALUES (%d, %d, %s, %s, %s, %s)"
                .formatted(
                    a,
                    b,
                    maybe(pick("0", "1", "2", "3", "9")),
                    pick("0", "1", "2"),
                    text(),
                    dateTime("0", "5", "000001")));
      }
    }
    for (int id = 1; id <= things; id++) {
      // Values that are no members become the empty text.
      inserts.add("INSERT IGNORE INTO things VALUES (" + String.join(", ", thing(id)) + ")");
    }
    return inserts;
  }

  private List<String> thing(int id) {
    String bigU = pick("0", "1", "9223372036854775807", "9223372036854775808", "2");
    String price = pick("0", "1.5", "-1.50", "0.01", "99999999.99");
    return List.of(
        "" + id,
        pick("1", "2", "3"),
        pick("0", "1", "1", "2"),
        maybe(pick("0", "1", "2", "-1", "-128", "127")),
        maybe(pick("0", "1", "2", "65535")),
        maybe(pick("0", "1", "3", "-1", "-9223372036854775808", "9223372036854775807")),
        maybe(bigU),
        maybe(pick(bigU, "18446744073709551615")),
        maybe(price),
        maybe(pick(price, "1.4999", "0.0101")),
        text(),
        text(),
        text(),
        text(),
        maybe(pick("''", "'a'", "'A'", "'ab'", "'😀'", "' a'")),
        maybe(pick("X''", "X'00'", "X'61'", "X'6100'", "X'FF'")),
        maybe(pick("X''", "X'61'", "X'6100'", "X'FFFFFFFF'")),
        text(),
        text(),
        maybe(pick("'2024-02-29'", "'1969-12-31'", "'9999-12-31'")),
        maybe(pick("'2024-02-29'", "'1969-12-31'", "'1000-01-01'")),
        maybe(dateTime("0")),
        dateTime("0", "5", "000001", "999999"),
        maybe(stamp()),
        maybe(stamp()),
        maybe(pick("1901", "2024", "2155", "0")),
        maybe(pick("2024", "2155")),
        maybe(pick("0", "1", "2", "3", "8")),
        maybe(pick("0", "1", "2", "3")),
        maybe(pick("'sad'", "'so-so'", "'Happy'", "'none'")),
        maybe(pick("'x'", "'X'", "'x/y'")),
        pick("'left'", "'right'"),
        maybe(pick(DOUBLES)),
        pick(DOUBLES),
        maybe(pick("'00:00:00'", "'-00:30:00'", "'838:59:59'", "'-838:59:59'")),
        maybe(pick("'12:00:00.5'", "'-00:00:00.000001'", "'12:00:00'", "'00:00:00'")),
        text(),
        text(),
        maybe(pick("0", "1")),
        pick("0", "1", "5", "127", "4095"),
        maybe(pick("'sad'", "'so-so'", "'Happy'", "'none'")),
        maybe(tags()),
        maybe(tags()),
        maybe(document()),
        pick("'a'", "'a,c'", "'a,b,c'", "'b'", "''"));
  }

  private String document() {
    String value = pick("null", "1", "-1.5", "1e100", "true", "{}", "[2, 1.0]", json(text()));
    return pick(
        "'{\"a\": " + value + ", \"b\": [" + json(text()) + ", {\"c d\": " + value + "}]}'",
        "'" + value + "'",
        "'[{\"a\": \"x\\\\n\\\\\"\"}, " + value + "]'",
        "JSON_OBJECT('a', JSON_ARRAY(1.50, DATE'2024-01-02', X'00FF', CAST(2 AS UNSIGNED)))");
  }

  private static String json(String text) {
    return text.equals("NULL") ? "null" : text.replaceAll("^'|'$", "\"");
  }

  private String tags() {
    return pick("''", "'red'", "'Blue,red'", "'it''s,2'", "'red,it''s,Blue,2'", "'2'", "'none'");
  }

  private String text() {
    return maybe(pick(TEXTS));
  }

  private String dateTime(String... fractions) {
    return "'"
        + pick("2024-02-29 00:00:00", "2024-03-31 02:30:00", "1000-01-01 00:00:00")
        + "."
        + pick(fractions)
        + "'";
  }

  private String stamp() {
    return pick("'2024-03-31 02:30:00.5'", "'1970-01-01 00:00:01'", "'2038-01-19 03:14:07.999999'");
  }

  private String maybe(String value) {
    return random.nextInt(6) == 0 ? "NULL" : value;
  }

  private String pick(String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
