package dev.freshet.view.declare;

import static dev.freshet.view.declare.Refusal.check;
import static dev.freshet.view.declare.Refusal.row;
import static dev.freshet.view.declare.Refusal.view;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.view.Catalogue;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The statement around the query, and the clauses of the query. */
class RefusedStatementsTest {
  private static final String FORM =
      "the form is CREATE MATERIALIZED TABLE name (PRIMARY KEY (...) NOT ENFORCED) PARTITIONED BY"
          + " (...) WITH ('populate' = 'eager') FRESHNESS = INTERVAL '5' SECOND AS SELECT ...";

  static Stream<Arguments> queries() {
    String select = "SELECT k, id\nFROM `rows`\n";
    return Stream.of(
        row(
            view(select + "GROUP BY k"),
            "GROUP BY leaves out 'rows.id' of the root's primary key (line 4); name it there, or"
                + " select the rows without GROUP BY"),
        row(
            view(select + "GROUP BY id + 1"),
            "arithmetic in GROUP BY is not supported (line 4); name columns, or leave out GROUP BY"),
        row(
            view(select + "GROUP BY 3"),
            "the constant 3 in GROUP BY is not supported (line 4); name columns, or leave out"
                + " GROUP BY"),
        row(
            view(select + "GROUP BY ROLLUP (id)"),
            "ROLLUP in GROUP BY is not supported (line 4); name columns, or leave out GROUP BY"),
        row(
            view(select + "GROUP BY id, missing"),
            "no table has a column 'missing' (line 4); text is written in single quotes"),
        row(
            view("SELECT k, COUNT(*) AS n\nFROM `rows` GROUP BY k"),
            "COUNT is not supported (line 2); select the rows by the root's primary key, without"
                + " COUNT and GROUP BY, and make the columns of GROUP BY the key: the total of an"
                + " answer counts them"),
        row(
            view("SELECT k, count(tiny) AS n\nFROM `rows` GROUP BY k"),
            "COUNT is not supported (line 2); select the rows by the root's primary key, without"
                + " COUNT and GROUP BY, WHERE tiny IS NOT NULL, and make the columns of GROUP BY the"
                + " key: the total of an answer counts them"),
        row(
            view("SELECT k, id, COUNT(DISTINCT tiny) AS n\nFROM `rows` GROUP BY k, id"),
            "the aggregate COUNT in the SELECT list is not supported (line 2); an answer's total"
                + " counts its entries"),
        row(
            view(select + "HAVING k > 1"),
            "HAVING is not supported (line 4); write conditions on columns into WHERE; decide the rest in the client"),
        row(
            view(select + "UNION ALL SELECT k, id FROM `rows`"),
            "UNION is not supported (line 2); declare a view for each SELECT, and put the answers together in the client"),
        row(
            view(select + "LIMIT 10"),
            "LIMIT is not supported (line 4); the reader pages; leave it out"),
        row(
            view("SELECT * FROM `rows`"),
            "* is not supported (line 2); name the columns: id, k, tiny, "),
        row(
            view("SELECT r.* FROM `rows` r"),
            "* is not supported (line 2); name the columns: r.id, r.k, "),
        row(
            view("WITH x AS (SELECT 1) SELECT k FROM x"),
            "WITH before the SELECT is not supported (line 2); join the tables of its queries in one plain SELECT"),
        row(
            view("SELECT k, id, SOUNDEX(bin) b FROM `rows`"),
            "the function SOUNDEX in the SELECT list is not supported (line 2); add a STORED generated"
                + " column for it to the table, or compute it in the client"),
        row(
            view("SELECT k, id, ratio + 1 AS t FROM `rows`"),
            "arithmetic with 'ratio' (double) is not supported: its results are not exact (line 2);"
                + " take a STORED generated column, such as ratio_exact DECIMAL(30,10) AS (ratio)"
                + " STORED"),
        row(
            view("SELECT k, id, 1 FROM `rows`"),
            "the constant 1 in the SELECT list is not supported (line 2); select columns and"
                + " compute in the client"),
        row(
            view("SELECT k, id, (SELECT 1) x FROM `rows`"),
            "a sub-query in the SELECT list is not supported (line 2); if at most one row can match,"
                + " join its table by that key; if not, decide in the client"),
        row(
            view("SELECT k, id, tiny AS K FROM `rows`"),
            "two columns are named 'K' (line 2); give one another name with AS"),
        row(
            view("SELECT k, id, tiny AS ctid FROM `rows`"),
            "the store cannot have a column 'ctid' (line 2); give it another name of at most 63"
                + " bytes with AS"),
        row(
            view("SELECT k, id, wide FROM `rows`"),
            "'rows.wide' cannot be shown: text of character set ucs2 is not supported: Java decodes"
                + " some of its bytes differently from MySQL; use utf8mb4 (line 2); leave it out"),
        row(
            view("SELECT `year` AS k, `year` AS id FROM years"),
            "the primary key of 'years' is a YEAR alone (line 2); make it a SMALLINT; a snapshot"
                + " cannot be split by a YEAR"),
        row(
            view("SELECT k, id, place FROM `rows`"),
            "'rows.place' cannot be shown: columns of type point are not supported (line 2); leave"
                + " it out"),
        row(
            view("SELECT k, id, embedding FROM `rows`"),
            "'rows.embedding' cannot be shown: columns of type vector(3) are not supported (line 2);"
                + " leave it out"),
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
            "the table 'loose' has neither a primary key nor a UNIQUE key of NOT NULL columns"
                + " (line 2); give it one; without one, rows cannot be identified"),
        row(
            view("SELECT k, id FROM (SELECT 1 k, 2 id) x"),
            "a sub-query in FROM is not supported (line 2); join its tables themselves, and write its conditions into WHERE"),
        row(
            view("SELECT k, id FROM `rows` WHERE tiny = " + "k + ".repeat(30_000) + "1"),
            "the query is nested too deeply; write fewer terms, or IN instead of many ORs"),
        row(view("SELECT 1"), "FROM is missing (line 2); name the root table after FROM"));
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
            "FRESHNESS is not a positive whole number of one unit (line 1); write one like INTERVAL"
                + " '5' SECOND, in SECOND, MINUTE, HOUR or DAY"),
        row(
            keys + " WITH ('populate' = 'lazy') FRESHNESS = INTERVAL '1' SECOND" + body,
            "'populate' = 'lazy' is not known (line 1); take 'eager' or 'on-read'"),
        row(
            keys + " WITH ('stale-on-error' = 'yes') FRESHNESS = INTERVAL '1' SECOND" + body,
            "'stale-on-error' = 'yes' is not known (line 1); take 'false' or 'true'"),
        row(
            keys
                + " WITH ('populate' = 'on-read', 'evict-after' = '0 d')"
                + " FRESHNESS = INTERVAL '1' SECOND"
                + body,
            "'evict-after' = '0 d' is not a duration (line 1); write a whole number and s, min, h or d,"
                + " like '7 d'"),
        row(
            keys + " WITH ('evict-after' = '7 d') FRESHNESS = INTERVAL '1' SECOND" + body,
            "'evict-after' has no effect here (line 1); all keys of an eager view stay; leave it"
                + " out, or write 'populate' = 'on-read'"),
        row(
            keys
                + " WITH ('populate' = 'on-read', 'max-keys' = '0')"
                + " FRESHNESS = INTERVAL '1' SECOND"
                + body,
            "'max-keys' = '0' is not a number of keys (line 1); write a whole number from 1 to"
                + " 999999999, like '1000000'"),
        row(
            keys + " WITH ('max-keys' = '7') FRESHNESS = INTERVAL '1' SECOND" + body,
            "'max-keys' has no effect here (line 1); all keys of an eager view stay; leave it"
                + " out, or write 'populate' = 'on-read'"),
        row(
            keys
                + " WITH ('populate' = 'eager', 'populate' = 'on-read')"
                + " FRESHNESS = INTERVAL '1' SECOND"
                + body,
            "the option 'populate' is given twice (line 1); write it once"),
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
            "the key is missing (line 1); write PARTITIONED BY (...) with the columns of the"
                + " key"),
        row(
            "CREATE MATERIALIZED TABLE v PARTITIONED BY (k) FRESHNESS = INTERVAL '1' SECOND" + body,
            "the primary key is missing (line 1); write (PRIMARY KEY (...) NOT ENFORCED) after the"
                + " name, beginning with the key"),
        row(
            view("SELECT k, id, value FROM `rows`"),
            "no table has a column 'value' (line 2); text is written in single quotes"),
        row(
            view("SELECT k, r.when FROM `rows` r"),
            "'when' was not expected here (line 2); if it is a name, put it in back-ticks"),
        row(view("SELECT k, id FROM `rows` WHERE"), "the text ends too early (line 2); " + FORM),
        row(
            view("SELECT k, id FROM `rows` WHERE bin = 'a"),
            "the quote ' is not closed (line 2); close it"));
  }

  @ParameterizedTest
  @MethodSource({"queries", "statements"})
  void refusesByName(String text, String message) {
    check(text, message);
  }

  @Test
  void refusesHalfOfASurrogatePair() {
    assertThatThrownBy(
            () -> Planner.plan(view("SELECT k, id FROM `rows` -- \ud800"), Sources.kinds()))
        .isInstanceOf(ViewException.class)
        .hasMessage("View v: the text has half of a surrogate pair; write valid Unicode");
  }

  @Test
  void refusesNamesThatDoNotFit() {
    for (String name : List.of("a.b", "n".repeat(49))) {
      String text = view("SELECT k, id FROM `rows`").replace("TABLE v", "TABLE " + name);
      assertThatThrownBy(() -> Planner.plan(text, Sources.kinds()))
          .isInstanceOf(ViewException.class)
          .hasMessageStartingWith("View " + name + ": the name ");
    }
  }

  @Test
  void refusesTextsThatAreNotViews() {
    for (String text : List.of("", "SELECT 1", "CREATE TABLE t (a INT)", "hello", ";")) {
      assertThatThrownBy(() -> Planner.plan(text, new Catalogue("inbox", List.of())))
          .isInstanceOf(ViewException.class)
          .hasMessageStartingWith("View (without a name): ")
          .hasMessageEndingWith(FORM);
    }
  }
}
