package dev.freshet.view.declare;

import static dev.freshet.view.declare.Refusal.head;
import static dev.freshet.view.declare.Refusal.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.freshet.view.Catalogue;
import dev.freshet.view.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Wrong declarations, what their messages advise, and the declaration of somebody who follows the
 * advice: it is accepted. So no advice leads to another refusal, or back to the first.
 */
class FollowedAdviceTest {
  private static final String ROWS = "SELECT k, id FROM `rows` r";

  private static Arguments wrong(String wrong, String advice, String followed) {
    return Arguments.of(wrong, advice, followed);
  }

  /** A wrong query and a right one. */
  private static Arguments query(String wrong, String advice, String followed) {
    return wrong(view(wrong), advice, view(followed));
  }

  /** A wrong condition and a right one. */
  private static Arguments where(String wrong, String advice, String followed) {
    String condition = followed.isEmpty() ? "" : " WHERE " + followed;
    return query(ROWS + " WHERE " + wrong, advice, ROWS + condition);
  }

  /** A wrong item of the SELECT list and a right one. */
  private static Arguments item(String wrong, String advice, String followed) {
    String right = followed.isEmpty() ? "" : ", " + followed;
    return query(
        "SELECT k, id, " + wrong + " FROM `rows` r",
        advice,
        "SELECT k, id" + right + " FROM `rows` r");
  }

  private static Arguments joined(String wrong, String advice, String followed) {
    String from = "SELECT r.k, r.id FROM `rows` r ";
    return query(from + wrong, advice, from + followed);
  }

  static Stream<Arguments> ofMysqlAlone() {
    return Stream.of(
        item("GROUP_CONCAT(bin SEPARATOR ',') AS x", "select the rows and compute the rest", "bin"),
        item("COUNT(*) AS n", "without COUNT and GROUP BY: the total of an answer counts them", ""),
        item("SUM(tiny) AS n", "select the rows and compute the rest in the client", "tiny"),
        item("ROW_NUMBER() OVER (ORDER BY id) AS n", "compute it in the client", ""),
        item("(SELECT MAX(b) FROM parents) AS x", "join its table by that key; if not,", ""),
        item("@n := @n + 1 AS n", "write the value", ""),
        item("NOW() AS asked", "an answer changes with its rows, not with the clock", "seen"),
        item("RAND() AS x", "leave it out; an answer depends on its rows alone", ""),
        item("doc->'$.a' AS a", "write ->> for the value as a text", "doc->>'$.a' AS a"),
        item("MATCH (bin) AGAINST ('x') AS score", "read the rows that it finds by their key", ""),
        item("bin COLLATE utf8mb4_bin AS b", "STORED generated column of the other", "german_key"),
        item("tiny ^ 2 AS odd", "compute it in the client, or add a STORED", "tiny"),
        item(
            "CAST(tiny AS UNSIGNED) AS u",
            "take SIGNED, DECIMAL(p, s), CHAR",
            "CAST(tiny AS SIGNED) AS u"),
        item("SOUNDEX(bin) AS s", "add a STORED generated column for it", "doc_value AS s"),
        where(
            "bin REGEXP '^a'",
            "hit TINYINT AS (a REGEXP 'x') STORED, and compare it with 1",
            "hit = 1"),
        where("bin RLIKE '^a' AND tiny = 1", "compare it with 1", "hit = 1 AND tiny = 1"),
        where("MATCH (bin, ci) AGAINST ('x' IN BOOLEAN MODE)", "search in MySQL", ""),
        query(
            "SELECT k, id, seen FROM `rows` WHERE seen > NOW() - INTERVAL 7 DAY",
            "make the column the first of ORDER BY and compare it with ?",
            "SELECT k, id, seen FROM `rows` WHERE seen > ? ORDER BY seen DESC"),
        where("seen > CURRENT_TIMESTAMP", "or select the column and compare in the client", ""),
        where(
            "seen > DATE_SUB(NOW(), INTERVAL 7 DAY)",
            "or select the column and compare in the client",
            ""),
        where("tiny\u00A0= 1", "write a plain space", "tiny = 1"),
        where("born = CURDATE()", "or select the column and compare in the client", ""),
        where("tiny = @t", "the MySQL variable @t is not supported", "tiny = 1"),
        where("tiny <=> 1", "write a = b OR a IS NULL AND b IS NULL", "tiny = 1"),
        where("tiny = 1 || k = 2", "write OR", "tiny = 1 OR k = 2"),
        where("tiny = 1 && k = 2", "write AND", "tiny = 1 AND k = 2"),
        where("tiny XOR k", "write (a OR b) AND NOT (a AND b)", "(tiny OR k) AND NOT (tiny AND k)"),
        where("!tiny", "write (NOT a), in brackets", "(NOT tiny)"),
        where("tiny = NULL", "write IS NULL or IS NOT NULL", "tiny IS NULL"),
        where("(k, id) = (1, 2)", "compare one by one: a = 1 AND b = 2", "k = 1 AND id = 2"),
        where(
            "EXISTS (SELECT 1 FROM codes c WHERE c.code = r.code)",
            "if at most one row can match, join its table by that key",
            ""),
        where("k IN (SELECT a FROM parents)", "if not, decide in the client", ""),
        query(
            "SELECT SQL_CALC_FOUND_ROWS k, id FROM `rows`",
            "leave it out; every answer has the total of its entries",
            "SELECT k, id FROM `rows`"),
        query(
            "SELECT SQL_NO_CACHE k, id FROM `rows`",
            "it changes no answer",
            "SELECT k, id FROM `rows`"),
        query(
            "SELECT STRAIGHT_JOIN k, id FROM `rows`",
            "it changes no answer",
            "SELECT k, id FROM `rows`"),
        query(
            "SELECT DISTINCTROW k, id FROM `rows`",
            "write DISTINCT",
            "SELECT DISTINCT k, id FROM `rows`"),
        query("SELECT /*+ NO_MERGE(r) */ k, id FROM `rows` r", "it changes no answer", ROWS),
        query(ROWS + " FORCE INDEX (by_k)", "FORCE INDEX (by_k) is not supported", ROWS),
        query(ROWS + " USE INDEX FOR ORDER BY (by_k)", "it changes no answer", ROWS),
        query(ROWS + " FOR UPDATE", "leave it out; an answer locks no rows", ROWS),
        query(ROWS + " LOCK IN SHARE MODE", "leave it out; an answer locks no rows", ROWS),
        query(ROWS + " LIMIT 10", "the reader pages; leave it out", ROWS),
        query(ROWS + " LIMIT 10, 5", "the reader pages; leave it out", ROWS),
        query(ROWS + " UNION ALL " + ROWS, "declare a view for each SELECT", ROWS),
        query(
            "WITH x AS (SELECT k, id FROM `rows`) SELECT k, id FROM x",
            "join the tables of its queries",
            ROWS),
        query("SELECT k, id FROM (SELECT k, id FROM `rows`) x", "join its tables themselves", ROWS),
        query(
            ROWS + " HAVING k > 1",
            "write conditions on columns into WHERE",
            ROWS + " WHERE k > 1"));
  }

  static Stream<Arguments> ofColumnsAndParameters() {
    return Stream.of(
        where(
            "german = 'a'",
            "such as german_key VARCHAR(40) CHARACTER SET utf8mb4",
            "german_key = 'a'"),
        where("fixed < 'b'", "such as fixed_key VARCHAR(10)", "fixed_key < 'b'"),
        where("doc = 'x'", "such as doc_value VARCHAR(40)", "doc_value = 'x'"),
        where(
            "share > 1", "such as share_exact DECIMAL(30,10) AS (share) STORED", "share_exact > 1"),
        where("colour < 'red'", "such as colour_text VARCHAR(40)", "colour_text < 'red'"),
        wrong(
            head("german, id", "german", "SELECT german, id FROM `rows`"),
            "such as german_key VARCHAR(40)",
            head("german_key, id", "german_key", "SELECT german_key, german, id FROM `rows`")),
        query(
            "SELECT k, id, german FROM `rows` ORDER BY german",
            "such as german_key VARCHAR(40)",
            "SELECT k, id, german_key FROM `rows` ORDER BY german_key"),
        where("tiny = 300", "take one that the column can hold", "tiny = 127"),
        where("colour = 'green'", "take one of 'red', 'blue'", "colour = 'red'"),
        where("bin = 1", "write text", "bin = '1'"),
        where(
            "seen > '2026-02-30'",
            "write a date of the calendar as 'YYYY-MM-DD'",
            "seen > '2026-02-28'"),
        where(
            "tiny = ?",
            "leave out the condition, select its column, and name it in PARTITIONED BY and PRIMARY KEY",
            ""),
        wrong(
            view("SELECT k, id, tiny FROM `rows` WHERE tiny = ?"),
            "name it in PARTITIONED BY and PRIMARY KEY",
            head("k, tiny, id", "k, tiny", "SELECT k, id, tiny FROM `rows`")),
        where("tiny = ? OR k = 1", "for an OR declare a view for each side", "k = 1"),
        wrong(view(ROWS + " WHERE k = :k"), ":k is not supported", view(ROWS)),
        item("CONVERT(tiny, UNSIGNED) AS x", "convert to SIGNED", "CONVERT(tiny, SIGNED) AS x"),
        item("CONVERT(ci USING ascii) AS x", "USING utf8mb4", "CONVERT(ci USING utf8mb4) AS x"),
        item(
            "NULLIF(colour, 'red') AS x",
            "such as colour_text VARCHAR(40)",
            "NULLIF(colour_text, 'red') AS x"),
        item(
            "NULLIF(bits, 5) AS x",
            "such as bits_number BIGINT UNSIGNED AS (bits + 0)",
            "NULLIF(bits_number, 5) AS x"),
        item(
            "NULLIF(born, seen) AS x",
            "write CASE WHEN a = b THEN NULL ELSE a END",
            "CASE WHEN seen = DATE_ADD(seen, INTERVAL 0 DAY) THEN NULL ELSE seen END AS x"),
        item(
            "COALESCE(colour, 'red') AS x",
            "such as colour_text VARCHAR(40)",
            "COALESCE(colour_text, 'red') AS x"),
        item(
            "COALESCE(ratio, 0) AS x",
            "such as ratio_exact DECIMAL(30,10)",
            "COALESCE(ratio_exact, 0) AS x"),
        item("LOWER(colour) AS x", "such as colour_text", "LOWER(colour_text) AS x"),
        item("SUBSTRING (bin, 1, 2) AS x", "write SUBSTRING(...)", "SUBSTRING(bin, 1, 2) AS x"),
        item("INTERVAL 1 DAY + born AS x", "write the date first", "born + INTERVAL 1 DAY AS x"),
        where("colour = ci", "COLLATE utf8mb4_0900_ai_ci AS (colour)", "colour_ci = ci"),
        where("made = '24'", "write the year with four digits", "made = '2024'"),
        where("ratio", "compare it; only integers", "ratio <> 0"),
        wrong(
            view(ROWS + " WHERE DATE(seen) = ?"),
            "add a STORED generated column with this value to the table, with an index",
            head("seen_day, id", "seen_day", "SELECT seen_day, id FROM `rows`")),
        wrong(
            view(ROWS + " WHERE k + 1 = ?"),
            "take the column itself, and let the caller compute its value",
            view(ROWS)),
        where("tiny = b'1'", "write a number", "tiny = 1"),
        where("bits = b'1001'", "take one that the column can hold", "bits = b'101'"),
        where("bits = '1'", "write a number", "bits = 1"),
        where("tiny <> ?", "leave out these entries in the client", ""),
        wrong(
            view(ROWS + " WHERE tiny IN (?, ?)"),
            "make the column a part of the key",
            head("k, tiny, id", "k, tiny", "SELECT k, tiny, id FROM `rows`")));
  }

  static Stream<Arguments> ofJoins() {
    return Stream.of(
        joined(
            "JOIN parents p ON p.a = r.parent_b",
            "leaves out 'b'",
            "JOIN parents p ON p.a = r.parent_b AND p.b = r.parent_b"),
        joined(
            "LEFT JOIN parents p ON p.a = r.parent_b AND p.weight > 1",
            "equate its whole primary key",
            "LEFT JOIN parents p ON p.a = r.parent_b AND p.b = r.parent_b AND p.weight > 1"),
        joined(
            "NATURAL JOIN parents p",
            "write JOIN or LEFT JOIN with ON",
            "JOIN parents p ON p.a = r.parent_b AND p.b = r.parent_b"),
        joined(
            "STRAIGHT_JOIN parents p ON p.a = r.parent_b AND p.b = r.parent_b",
            "write JOIN; it has the same rows",
            "JOIN parents p ON p.a = r.parent_b AND p.b = r.parent_b"),
        joined(
            ", parents p",
            "equate that in WHERE with columns of another table",
            ", parents p WHERE p.a = r.parent_b AND p.b = r.parent_b"),
        joined(
            "JOIN codes c ON c.code = r.german",
            "such as german_key VARCHAR(40)",
            "JOIN exact_codes c ON c.code = r.german_key"),
        wrong(
            view("SELECT r.k, r.id FROM `rows` r JOIN parents p ON p.group_id = r.id"),
            "select p.b, p.a and write PRIMARY KEY with them instead of the primary key of 'r'",
            head(
                "k, b, a",
                "k",
                "SELECT r.k, p.b, p.a FROM `rows` r JOIN parents p ON p.group_id = r.id")),
        wrong(
            view("SELECT r.k, r.id FROM `rows` r LEFT JOIN parents p ON p.group_id = r.id"),
            "if rows of 'r' without any need not be listed, write JOIN",
            head(
                "k, b, a",
                "k",
                "SELECT r.k, p.b, p.a FROM `rows` r JOIN parents p ON p.group_id = r.id")));
  }

  static Stream<Arguments> ofNamesAndKeys() {
    String keys =
        "CREATE MATERIALIZED TABLE v (PRIMARY KEY (k, id) NOT ENFORCED) PARTITIONED BY (k)";
    String right = keys + " FRESHNESS = INTERVAL '5' SECOND AS " + ROWS;
    return Stream.of(
        query(
            "SELECT k, id, tinny FROM `rows`",
            "did you mean 'tiny'?",
            "SELECT k, id, tiny FROM `rows`"),
        query("SELECT k, id FROM `row`", "did you mean 'rows'?", "SELECT k, id FROM `rows`"),
        query(
            "SELECT r.k, r.id, x.tiny FROM `rows` r",
            "did you mean 'r'?",
            "SELECT r.k, r.id, r.tiny FROM `rows` r"),
        query("SELECT * FROM `rows`", "name the columns", "SELECT k, id, tiny FROM `rows`"),
        item("tiny AS k", "give one another name with AS", "tiny AS kk"),
        item("COALESCE(tiny, 0)", "give it one with AS", "COALESCE(tiny, 0) AS x"),
        wrong(head("kk, id", "kk", ROWS), "did you mean 'k'?", view(ROWS)),
        wrong(head("id, k", "k", ROWS), "write PRIMARY KEY (k, id)", view(ROWS)),
        wrong(
            head("k", "k", "SELECT k FROM `rows` r"),
            "select r.id and write PRIMARY KEY (k, id)",
            view(ROWS)),
        wrong(
            head("k, id, tiny", "k", "SELECT k, id, tiny FROM `rows`"),
            "write PRIMARY KEY (k, id)",
            view(ROWS)),
        wrong(keys + " AS " + ROWS, "write FRESHNESS = INTERVAL '5' SECOND before AS", right),
        wrong(
            right.replace("'5'", "'0'"),
            "write one like INTERVAL '5' SECOND, in SECOND, MINUTE, HOUR or DAY",
            right),
        wrong(
            right.replace("FRESHNESS", "WITH ('populate' = 'lazy') FRESHNESS"),
            "take 'eager' or 'on-read'",
            right.replace("FRESHNESS", "WITH ('populate' = 'on-read') FRESHNESS")),
        wrong(
            right.replace("FRESHNESS", "WITH ('max-keys' = '7') FRESHNESS"),
            "leave it out, or write 'populate' = 'on-read'",
            right.replace(
                "FRESHNESS", "WITH ('populate' = 'on-read', 'max-keys' = '7') FRESHNESS")),
        wrong(right.replace("NOT ENFORCED", "ENFORCED"), "write NOT ENFORCED after it", right));
  }

  /** The tables of the other tests, with the generated columns that the messages advise. */
  private static Catalogue tables() {
    Catalogue kinds = Sources.kinds();
    List<Table> tables = new ArrayList<>();
    for (Table table : kinds.tables()) {
      if (!table.name().equals("rows")) {
        tables.add(table);
        continue;
      }
      List<dev.freshet.view.Column> columns = new ArrayList<>(table.columns());
      columns.addAll(
          TableBuilder.table("generated")
              .nullable("hit", "tinyint")
              .nullable("tiny_u", "tinyint unsigned")
              .nullable("share_exact", "decimal(30,10)")
              .nullable("ratio_exact", "decimal(30,10)")
              .nullable("bits_number", "bigint unsigned")
              .nullable("seen_day", "date")
              .text("colour_ci", "varchar(40)", "utf8mb4_0900_ai_ci", true)
              .text("german_key", "varchar(40)", ColumnRules.EXACT, true)
              .text("fixed_key", "varchar(10)", ColumnRules.EXACT, true)
              .text("doc_value", "varchar(40)", ColumnRules.EXACT, true)
              .text("colour_text", "varchar(40)", ColumnRules.EXACT, true)
              .keyed()
              .columns());
      tables.add(new Table(table.database(), table.name(), columns, table.primaryKey()));
    }
    tables.add(
        TableBuilder.table("exact_codes")
            .text("code", "varchar(40)", ColumnRules.EXACT, false)
            .keyed("code"));
    return new Catalogue(kinds.database(), tables);
  }

  @ParameterizedTest
  @MethodSource({"ofMysqlAlone", "ofColumnsAndParameters", "ofJoins", "ofNamesAndKeys"})
  void whoFollowsTheAdviceIsAccepted(String wrong, String advice, String followed) {
    ViewException refused =
        catchThrowableOfType(ViewException.class, () -> Planner.plan(wrong, tables()));
    assertThat(refused).as(wrong).isNotNull();
    assertThat(refused.problems())
        .as("one message, with its line: %s", wrong)
        .singleElement()
        .asString()
        .matches("View v: .+ \\(line \\d+\\); .+")
        .contains(advice);
    assertThat(Planner.plan(followed, tables()).view()).as(followed).isEqualTo("v");
  }
}
