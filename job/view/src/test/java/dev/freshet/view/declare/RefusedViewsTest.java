package dev.freshet.view.declare;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.view.Catalogue;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One row per construct that is refused: the view, and the message word by word. */
class RefusedViewsTest {
  private static final String FORM =
      "the form is CREATE MATERIALIZED TABLE name (PRIMARY KEY (...) NOT ENFORCED) PARTITIONED BY"
          + " (...) WITH ('populate' = 'eager') FRESHNESS = INTERVAL '5' SECOND AS SELECT ...";
  private static final String CONDITION_REMEDY =
      "combine comparisons of columns and constants with AND, OR and NOT";
  private static final String JOINS = "only JOIN ... ON and LEFT JOIN ... ON are supported";

  /** The query stands on lines 2 and following. */
  private static String view(String query) {
    return head("k, id", "k", query);
  }

  private static String head(String primaryKey, String key, String query) {
    return "CREATE MATERIALIZED TABLE v (PRIMARY KEY ("
        + primaryKey
        + ") NOT ENFORCED) PARTITIONED BY ("
        + key
        + ") FRESHNESS = INTERVAL '5' SECOND AS\n"
        + query;
  }

  private static String where(String condition) {
    return view("SELECT k, id\nFROM `rows` r\nWHERE " + condition);
  }

  private static String from(String from) {
    return view("SELECT r.k, r.id\nFROM `rows` r\n" + from);
  }

  private static Arguments row(String text, String message) {
    return Arguments.of(text, "View v: " + message);
  }

  static Stream<Arguments> queries() {
    String select = "SELECT k, id\nFROM `rows`\n";
    return Stream.of(
        row(
            view(select + "GROUP BY k"),
            "GROUP BY is not supported (line 4); count in the client or keep a counter column"),
        row(view(select + "HAVING k > 1"), "HAVING is not supported (line 4); use WHERE"),
        row(
            view("SELECT DISTINCT k, id FROM `rows`"),
            "DISTINCT is not supported (line 2); entries are told apart by the primary key"),
        row(
            view(select + "UNION ALL SELECT k, id FROM `rows`"),
            "UNION is not supported (line 2); write one plain SELECT"),
        row(
            view(select + "LIMIT 10"),
            "LIMIT is not supported (line 4); the reader pages; leave it out"),
        row(view("SELECT * FROM `rows`"), "* is not supported (line 2); name the columns"),
        row(view("SELECT r.* FROM `rows` r"), "* is not supported (line 2); name the columns"),
        row(
            view("WITH x AS (SELECT 1) SELECT k FROM x"),
            "WITH before the SELECT is not supported (line 2); write one plain SELECT"),
        row(
            view("SELECT k, id, UPPER(bin) b FROM `rows`"),
            "the function UPPER in the SELECT list is not supported (line 2); select columns and"
                + " compute in the client"),
        row(
            view("SELECT k, id, tiny + 1 AS t FROM `rows`"),
            "arithmetic in the SELECT list is not supported (line 2); select columns and compute in"
                + " the client"),
        row(
            view("SELECT k, id, 1 FROM `rows`"),
            "the constant 1 in the SELECT list is not supported (line 2); select columns and"
                + " compute in the client"),
        row(
            view("SELECT k, id, (SELECT 1) x FROM `rows`"),
            "a sub-query in the SELECT list is not supported (line 2); select columns and compute"
                + " in the client"),
        row(
            view("SELECT k, id, tiny AS K FROM `rows`"),
            "two columns are named 'K' (line 2); give one another name with AS"),
        row(
            view("SELECT k, id, tiny AS ctid FROM `rows`"),
            "the store cannot have a column 'ctid' (line 2); give it another name of at most 63"
                + " bytes with AS"),
        row(
            view("SELECT k, id, doc FROM `rows`"),
            "'rows.doc' cannot be shown: JSON columns are not supported yet: the binlog does not"
                + " keep MySQL's spelling (line 2); leave it out"),
        row(
            view("SELECT k, id, place FROM `rows`"),
            "'rows.place' cannot be shown: columns of type point are not supported (line 2); leave"
                + " it out"),
        row(
            view("SELECT k, id, tinny FROM `rows`"),
            "no table has a column 'tinny' (line 2); did you mean 'tiny'?"),
        row(
            view("SELECT r.k, r.id, x.a FROM `rows` r"),
            "the alias 'x' is not known here (line 2); did you mean 'r'?"),
        row(
            view("SELECT r.k, r.id, r.prise FROM `rows` r"),
            "the table 'rows' has no column 'prise' (line 2); did you mean 'price'?"),
        row(
            view(
                "SELECT r.k, r.id, a.b FROM `rows` r JOIN parents a ON a.a = parent_b\nAND a.b ="
                    + " parent_b JOIN parents b ON b.a = r.parent_b AND b.b = b"),
            "the column 'b' is in several tables (line 3); write alias.b"),
        row(
            view("SELECT k, id FROM `row`"),
            "the table 'row' is not in the database 'inbox' (line 2); did you mean 'rows'?"),
        row(
            view("SELECT k, id FROM other.`rows`"),
            "the table 'rows' is not in the database 'other' (line 2); did you mean 'rows'?"),
        row(
            view("SELECT id AS k, id FROM loose"),
            "the table 'loose' has no primary key (line 2); give it one; rows cannot be told apart"
                + " without"),
        row(
            view("SELECT k, id FROM (SELECT 1 k, 2 id) x"),
            "a sub-query in FROM is not supported (line 2); name a table"),
        row(view("SELECT 1"), "FROM is missing (line 2); name the root table after FROM"));
  }

  static Stream<Arguments> joins() {
    return Stream.of(
        row(from(", parents p"), "a comma between tables is not supported (line 4); " + JOINS),
        row(from("CROSS JOIN parents p"), "CROSS JOIN is not supported (line 4); " + JOINS),
        row(from("NATURAL JOIN parents p"), "NATURAL JOIN is not supported (line 4); " + JOINS),
        row(
            from("RIGHT JOIN parents p ON p.a = r.parent_b"),
            "RIGHT JOIN is not supported (line 4); " + JOINS),
        row(
            from("FULL JOIN parents p ON p.a = r.parent_b"),
            "FULL JOIN is not supported (line 4); " + JOINS),
        row(
            from("JOIN parents p USING (id)"),
            "JOIN ... USING is not supported (line 4); " + JOINS),
        row(from("JOIN parents p"), "a JOIN without ON is not supported (line 4); " + JOINS),
        row(
            from("JOIN parents p ON p.a = r.parent_b"),
            "the join with 'p' leaves out 'b' (line 4); equate its whole primary key; a join to"
                + " many rows is not supported"),
        row(
            from("JOIN parents p ON p.group_id = r.parent_b"),
            "'p.group_id' is not of the primary key (line 4); a join to many rows is not supported;"
                + " join by the primary key, or begin FROM with parents"),
        row(
            from("JOIN parents p ON p.a = r.parent_b AND p.weight > 1"),
            "ON may only equate columns (line 4); equate the primary key of 'p'; put the rest into"
                + " WHERE"),
        row(
            from("JOIN parents p ON p.a = r.parent_b AND p.a = r.id AND p.b = r.id"),
            "'p.a' is equated twice (line 4); equate it once; put the rest into WHERE"),
        row(
            from("JOIN parents p ON r.id = r.parent_b"),
            "ON does not equate 'p' with an earlier table (line 4); equate its primary key with"
                + " columns of one earlier table"),
        row(
            from(
                "JOIN parents p ON p.a = r.id AND p.b = r.id\n"
                    + "JOIN parents q ON q.a = r.id AND q.b = p.group_id"),
            "the join with 'q' takes columns of several tables (line 5); equate its primary key"
                + " with columns of one earlier table"),
        row(
            from("JOIN parents r ON r.a = r.id"),
            "the alias 'r' stands twice (line 4); give each table an alias of its own"),
        row(
            from("JOIN codes c ON c.code = r.code"),
            "'code' cannot be joined by: text of collation utf8mb4_0900_ai_ci has several values"
                + " that are equal; take utf8mb4_0900_bin (line 4); join by another"),
        row(
            from("JOIN unsigned_things t ON t.id = r.parent_b"),
            "the join compares unlike columns: 'parent_b' (bigint) and 'id' (bigint unsigned) are"
                + " of different types (line 4); give both the same type"),
        row(
            from("JOIN (parents p JOIN codes c ON c.code = p.a) ON p.a = r.id"),
            "brackets around joins are not supported (line 4); join one by one"));
  }

  static Stream<Arguments> conditions() {
    return Stream.of(
        row(
            where("ci = 'a'"),
            "the comparison of 'r.ci' is not supported: text of collation utf8mb4_0900_ai_ci cannot"
                + " be compared; take utf8mb4_0900_bin (line 4); compare another column"),
        row(
            where("pad < 'a'"),
            "the comparison of 'r.pad' is not supported: text of collation utf8mb4_bin can be"
                + " compared by = and <> only; take utf8mb4_0900_bin (line 4); compare another"
                + " column"),
        row(
            where("fixed BETWEEN 'A' AND 'a'"),
            "the comparison of 'r.fixed' is not supported: CHAR columns can be compared by = and <>"
                + " only; take VARCHAR (line 4); compare another column"),
        row(
            where("colour = 'red'"),
            "the comparison of 'r.colour' is not supported: columns of type ENUM can be shown only"
                + " (line 4); compare another column"),
        row(
            where("ratio > 1"),
            "the comparison of 'r.ratio' is not supported: floating-point columns can be shown"
                + " only; take DECIMAL (line 4); compare another column"),
        row(
            where("doc = 'x'"),
            "the comparison of 'r.doc' is not supported: JSON columns are not supported yet: the"
                + " binlog does not keep MySQL's spelling (line 4); compare another column"),
        row(
            where("bits = 1"),
            "the comparison of 'r.bits' is not supported: columns of type BIT can be shown only"
                + " (line 4); compare another column"),
        row(
            where("stamp > '2026-01-01'"),
            "a constant for the TIMESTAMP column 'stamp' is not supported (line 4); its meaning"
                + " depends on the time zone; compare with a TIMESTAMP column"),
        row(
            where("since > '12:00:00'"),
            "a constant for the column 'since' (time) is not supported (line 4); compare with a"
                + " column of the same type"),
        row(
            where("bin = pad"),
            "the comparison is not supported: 'bin' (varchar(40) utf8mb4_0900_bin) and 'pad'"
                + " (varchar(40) utf8mb4_bin) are not compared value by value (line 4); compare"
                + " columns of the same type and collation"),
        row(
            where("seen = born"),
            "the comparison is not supported: 'seen' (datetime) and 'born' (date) are of different"
                + " types (line 4); compare columns of the same type and collation"),
        row(
            where("tiny = TRUE"),
            "a comparison with TRUE is not supported (line 4); write tiny <> 0 or tiny = 0"),
        row(
            where("tiny = NULL"),
            "a comparison with NULL is never true (line 4); write IS NULL or IS NOT NULL"),
        row(
            where("tiny = 200"),
            "200 is no value of 'tiny' (tinyint) (line 4); take one that the column can hold"),
        row(
            where("tiny IN (1, 200)"),
            "200 is no value of 'tiny' (tinyint) (line 4); take one that the column can hold"),
        row(
            where("tiny IN (1, k)"),
            "a column in the list of IN is not supported (line 4); list constants"),
        row(
            where("tiny IN (SELECT 1)"),
            "a sub-query in WHERE is not supported (line 4); " + CONDITION_REMEDY),
        row(
            where("EXISTS (SELECT 1)"),
            "a sub-query in WHERE is not supported (line 4); " + CONDITION_REMEDY),
        row(
            where("big_u = -1"),
            "-1 is no value of 'big_u' (bigint unsigned) (line 4); take one that the column can"
                + " hold"),
        row(
            where("price = 1.005"),
            "1.005 is no value of 'price' (decimal(10,2)) (line 4); take one that the column can"
                + " hold"),
        row(
            where("tiny = 1e0"),
            "the floating-point constant 1E0 is not supported (line 4); write it without exponent"),
        row(where("tiny = '1'"), "'1' is compared with 'tiny' (tinyint) (line 4); write a number"),
        row(where("bin = 1"), "1 is compared with 'bin' (varchar(40)) (line 4); write text"),
        row(
            where("fixed = 'a '"),
            "text that ends in a space is never equal to the CHAR column 'fixed' (line 4); leave"
                + " out the space"),
        row(
            where("bin = _utf8'a'"),
            "a character set in front of a text is not supported (line 4); write the text alone"),
        row(
            where("raw4 = X'00FF'"),
            "2 bytes are no value of 'raw4' (binary(4)) (line 4); write all of its bytes"),
        row(
            where("seen > '2026-02-30'"),
            "'2026-02-30' is no value of 'seen' (datetime) (line 4); write a date of the calendar as"
                + " 'YYYY-MM-DD' or 'YYYY-MM-DD HH:MM:SS[.ffffff]'"),
        row(
            where("seen > '2026-02-03T10:00:00'"),
            "'2026-02-03T10:00:00' is no value of 'seen' (datetime) (line 4); write a date of the"
                + " calendar as 'YYYY-MM-DD' or 'YYYY-MM-DD HH:MM:SS[.ffffff]'"),
        row(
            where("seen > '2026-02-03 10:00:00.5'"),
            "'2026-02-03 10:00:00.5' has more digits than 'seen' (datetime) (line 4); leave out the"
                + " digits that the column does not hold"),
        row(
            where("born = '2026-1-1'"),
            "'2026-1-1' is no value of 'born' (date) (line 4); write a date of the calendar as"
                + " 'YYYY-MM-DD'"),
        row(
            where("born IS NULL"),
            "IS NULL of 'r.born', which is a NOT NULL date, is not supported (line 4); MySQL takes"
                + " zero dates for NULL there; ask for another column"),
        row(
            where("made = 24"),
            "24 is no value of 'made' (year) (line 4); take one that the column can hold"),
        row(
            where("made = k"),
            "the comparison is not supported: 'made' (year) and 'k' (int) are not compared value by"
                + " value (line 4); compare columns of the same type and collation"),
        row(
            where("1 = 1"),
            "a comparison of two constants is not supported (line 4); leave it out"),
        row(
            where("TRUE"),
            "the constant TRUE in WHERE is not supported (line 4); " + CONDITION_REMEDY),
        row(
            where("bin"),
            "the column 'r.bin' alone is no condition (line 4); compare it; only integer columns"
                + " can stand alone"),
        row(
            where("k + 1 = 2"),
            "arithmetic in WHERE is not supported (line 4); compare columns and constants only"),
        row(
            where("seen > NOW()"),
            "the function NOW in WHERE is not supported (line 4); compare columns and constants"
                + " only"),
        row(
            where("k = ?"),
            "the parameter ? in WHERE is not supported (line 4); compare columns and constants"
                + " only"),
        row(where("bin LIKE 'a%'"), "LIKE in WHERE is not supported (line 4); " + CONDITION_REMEDY),
        row(
            where("tiny IS TRUE"),
            "IS TRUE in WHERE is not supported (line 4); " + CONDITION_REMEDY),
        row(
            where("(tiny = k) = k"),
            "a condition in WHERE is not supported (line 4); compare columns and constants only"),
        row(
            where("5 BETWEEN tiny AND k"),
            "the constant 5 before BETWEEN is not supported (line 4); put a column there"),
        row(
            where("CASE WHEN tiny = 1 THEN 1 END = 1"),
            "CASE in WHERE is not supported (line 4); compare columns and constants only"),
        row(
            where("tiny <=> 1"),
            "<=> is not supported (line 4); write a = b OR a IS NULL AND b IS NULL"),
        row(where("tiny || k"), "|| is not supported (line 4); write OR or AND"),
        row(
            where("bin = 'a\\'"),
            "a backslash in a text literal is not supported (line 4); MySQL reads it as an escape;"
                + " compare with a column instead"),
        row(
            where("bin = \"a\""),
            "double quotes are not supported (line 4); write 'text' in single quotes, `names` in"
                + " back-ticks"),
        row(
            where("k = 1--1"),
            "'--' without a space is not supported (line 4); write '-- ' for a comment; MySQL reads"
                + " two minus signs otherwise"),
        row(
            where("k = 1 /*! OR 1 */"),
            "the comment '/*!' is not supported (line 4); leave it out; MySQL would execute it"),
        row(
            where("k = 1 # one"),
            "a comment that begins with # is not supported (line 4); write -- and a space"),
        row(where("k = @x"), "a MySQL variable is not supported (line 4); write the value"),
        row(
            view("SELECT /*+ NO_MERGE(v) */ k, id FROM `rows`"),
            "the comment '/*+' is not supported (line 2); leave it out; MySQL would execute it"));
  }

  static Stream<Arguments> ordersAndKeys() {
    String rows = "FROM `rows` r";
    String left = rows + " LEFT JOIN parents p ON p.a = r.parent_b AND p.b = r.parent_b";
    return Stream.of(
        row(
            view("SELECT k, id, tiny " + rows + "\nORDER BY tiny"),
            "ORDER BY 'tiny' is not supported: it may be NULL (line 3); order by NOT NULL columns"
                + " that no LEFT JOIN brings"),
        row(
            view("SELECT k, id, weight " + left + "\nORDER BY weight"),
            "ORDER BY 'weight' is not supported: it may be NULL (line 3); order by NOT NULL columns"
                + " that no LEFT JOIN brings"),
        row(
            view("SELECT k, id, code " + rows + "\nORDER BY code"),
            "ORDER BY 'code' is not supported: text of collation utf8mb4_0900_ai_ci has several"
                + " values that are equal; take utf8mb4_0900_bin (line 3); take another"),
        row(
            view("SELECT k, id, title " + rows + "\nORDER BY title"),
            "ORDER BY 'title' is not supported: columns of type varchar(400) are sorted by their"
                + " first 1024 bytes only (line 3); take another"),
        row(
            view("SELECT k, id " + rows + "\nORDER BY born"),
            "ORDER BY 'r.born' is not in the SELECT list (line 3); select it, or order by a column"
                + " that is"),
        row(
            view("SELECT k, id " + rows + "\nORDER BY 2"),
            "the constant 2 in ORDER BY is not supported (line 3); order by columns of the SELECT"
                + " list"),
        row(
            view("SELECT k, id " + rows + "\nORDER BY id NULLS LAST"),
            "NULLS FIRST and NULLS LAST are not supported (line 3); order by NOT NULL columns"),
        row(
            view("SELECT k, id " + rows + "\nORDER BY id, r.id DESC"),
            "ORDER BY names a column twice (line 3); name it once"),
        row(
            head("tiny, id", "tiny", "SELECT tiny, id " + rows),
            "the key column 'tiny' may be NULL (line 1); declare it NOT NULL in MySQL, or take"
                + " another"),
        row(
            head("weight, id", "weight", "SELECT weight, id " + left),
            "the key column 'weight' comes from a LEFT JOIN (line 1); take one from the root or"
                + " from an inner join"),
        row(
            head("code, id", "code", "SELECT code, id " + rows),
            "'code' cannot be of the key: text of collation utf8mb4_0900_ai_ci has several values"
                + " that are equal; take utf8mb4_0900_bin (line 1); take another"),
        row(
            head("kk, id", "kk", "SELECT k, id " + rows),
            "'kk' of the key is not in the SELECT list (line 1); did you mean 'k'?"),
        row(
            head("id, k", "k", "SELECT k, id " + rows),
            "the primary key does not begin with the key (line 1); write PRIMARY KEY (k, id)"),
        row(
            head("k", "k", "SELECT k, id " + rows),
            "the primary key leaves out 'id' of the root's primary key (line 1); select r.id and"
                + " write PRIMARY KEY (k, id)"),
        row(
            head("k, id, tiny", "k", "SELECT k, id, tiny " + rows),
            "'tiny' is neither of the key nor of the root's primary key (line 1); write PRIMARY KEY"
                + " (k, id)"),
        row(
            head("title, subject, id", "title, subject", "SELECT title, subject, id " + rows),
            "primary key and order may take 3216 bytes, more than the 2600 that the store can"
                + " index; take shorter columns"));
  }

  static Stream<Arguments> statements() {
    String body = " AS SELECT k, id FROM `rows`";
    String keys =
        "CREATE MATERIALIZED TABLE v (PRIMARY KEY (k, id) NOT ENFORCED) PARTITIONED BY (k)";
    return Stream.of(
        row(
            keys + body,
            "FRESHNESS is missing (line 1); write FRESHNESS = INTERVAL '5' SECOND before AS"),
        row(
            keys + " FRESHNESS = INTERVAL '0' SECOND" + body,
            "FRESHNESS is no positive whole number of one unit (line 1); write one like INTERVAL"
                + " '5' SECOND, in SECOND, MINUTE, HOUR or DAY"),
        row(
            keys + " WITH ('populate' = 'on-read') FRESHNESS = INTERVAL '1' SECOND" + body,
            "'populate' = 'on-read' is not supported yet (line 1); take 'eager'"),
        row(
            keys + " WITH ('populate' = 'lazy') FRESHNESS = INTERVAL '1' SECOND" + body,
            "'populate' = 'lazy' is not known (line 1); take 'eager'"),
        row(
            keys + " WITH ('popullate' = 'eager') FRESHNESS = INTERVAL '1' SECOND" + body,
            "the option 'popullate' is not known (line 1); did you mean 'populate'?"),
        row(
            keys + " FRESHNESS = INTERVAL '1' SECOND REFRESH_MODE = CONTINUOUS" + body,
            "REFRESH_MODE is not supported (line 1); leave it out"),
        row(
            "CREATE MATERIALIZED TABLE v (PRIMARY KEY (k) NOT ENFORCED) FRESHNESS = INTERVAL '1'"
                + " SECOND"
                + body,
            "the key is missing (line 1); write PARTITIONED BY (...) with the columns it is asked"
                + " by"),
        row(
            "CREATE MATERIALIZED TABLE v PARTITIONED BY (k) FRESHNESS = INTERVAL '1' SECOND" + body,
            "the primary key is missing (line 1); write (PRIMARY KEY (...) NOT ENFORCED) after the"
                + " name, beginning with the key"),
        row(
            view("SELECT k, value FROM `rows`"),
            "'value' was not expected here (line 2); if it is the name of a column, put it in"
                + " back-ticks"),
        row(view("SELECT k, id FROM `rows` WHERE"), "the text ends too early (line 2); " + FORM),
        row(
            view("SELECT k, id FROM `rows` WHERE bin = 'a"),
            "the quote ' is not closed (line 2); close it"));
  }

  @ParameterizedTest
  @MethodSource({"queries", "joins", "conditions", "ordersAndKeys", "statements"})
  void refusesByName(String text, String message) {
    assertThatThrownBy(() -> Planner.plan(text, Sources.kinds()))
        .isInstanceOf(ViewException.class)
        .message()
        .startsWith(message)
        .doesNotContain("\n");
  }

  @Test
  void refusesNamesThatTheStoreTakes() {
    for (String name : List.of("catalogue", "Progress", "v_g1", "a.b", "n".repeat(49))) {
      String text = view("SELECT k, id FROM `rows`").replace("TABLE v", "TABLE " + name);
      assertThatThrownBy(() -> Planner.plan(text, Sources.kinds()))
          .isInstanceOf(ViewException.class)
          .hasMessageStartingWith("View " + name + ": the name ");
    }
  }

  @Test
  void refusesWhatIsNoViewAtAll() {
    for (String text : List.of("", "SELECT 1", "CREATE TABLE t (a INT)", "hello", ";")) {
      assertThatThrownBy(() -> Planner.plan(text, new Catalogue("inbox", List.of())))
          .isInstanceOf(ViewException.class)
          .hasMessageStartingWith("View (without a name): ")
          .hasMessageEndingWith(FORM);
    }
  }
}
