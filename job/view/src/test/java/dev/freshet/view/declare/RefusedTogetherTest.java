package dev.freshet.view.declare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import org.junit.jupiter.api.Test;

/** All problems of a declaration are told at once, and none that another one causes. */
class RefusedTogetherTest {
  /** The problems without the name of the view and the remedies. */
  private static List<String> problems(String text) {
    ViewException refused =
        catchThrowableOfType(ViewException.class, () -> Planner.plan(text, Sources.kinds()));
    assertThat(refused).as(text).isNotNull();
    assertThat(refused.problems())
        .allMatch(problem -> problem.matches("View v: .*\\(line \\d+\\); .+"));
    assertThat(refused).hasMessage(String.join("\n", refused.problems()));
    return refused.problems().stream()
        .map(
            problem ->
                problem.replaceFirst("View v: ", "").replaceFirst("(\\(line \\d+\\)).*", "$1"))
        .toList();
  }

  @Test
  void everyPartOfTheDeclarationIsRead() {
    assertThat(
            problems(
                """
                CREATE MATERIALIZED TABLE v (PRIMARY KEY (k, id) NOT ENFORCED)
                PARTITIONED BY (k)
                WITH ('populate' = 'lazy', 'evict-after' = 'soon', 'colour' = 'red')
                FRESHNESS = INTERVAL '0' SECOND
                AS SELECT SQL_CALC_FOUND_ROWS k, id,
                  GROUP_CONCAT(bin SEPARATOR ', ') AS bins,
                  SOUNDEX(bin) AS upper,
                  r.prise,
                  COUNT(*) AS n
                FROM `rows` r FORCE INDEX (by_k)
                JOIN parents p ON p.a = r.parent_b
                LEFT JOIN codes c ON c.code = r.german
                WHERE german = 'a'
                  AND (tiny = 300 OR bin REGEXP '^a'
                    OR doc -> '$.a' = 'x')
                  AND seen > NOW()
                GROUP BY k
                HAVING n > 1
                ORDER BY upper, born,
                  2
                LIMIT 10 FOR UPDATE
                """))
        .containsExactly(
            "the option 'colour' is not known (line 3)",
            "'populate' = 'lazy' is not known (line 3)",
            "'evict-after' = 'soon' is not a duration (line 3)",
            "FRESHNESS is not a positive whole number of one unit (line 4)",
            "SQL_CALC_FOUND_ROWS is not supported (line 5)",
            "GROUP_CONCAT is not supported (line 6)",
            "the function SOUNDEX in the SELECT list is not supported (line 7)",
            "the table 'rows' has no column 'prise' (line 8)",
            "COUNT is not supported (line 9)",
            "FORCE INDEX (by_k) is not supported (line 10)",
            "the join with 'p' leaves out 'b' (line 11)",
            "'german' cannot be joined by: text of collation latin1_german2_ci has several values that are equal (line 12)",
            "the comparison of 'r.german' is not supported: text of collation latin1_german2_ci cannot be compared (line 13)",
            "REGEXP is not supported (line 14)",
            "300 is not a value of 'tiny' (tinyint) (line 14)",
            "the JSON path -> '$.a' is not supported (line 15)",
            "the function NOW in WHERE is not supported (line 16)",
            "HAVING is not supported (line 18)",
            "the constant 2 in ORDER BY is not supported (line 20)",
            "FOR UPDATE is not supported (line 21)",
            "LIMIT is not supported (line 21)");
  }

  @Test
  void whatAnUnknownTableWouldHaveIsNotMissed() {
    assertThat(
            problems(
                Refusal.view(
                    """
                    SELECT k, r.id, x.name, label, r.prise
                    FROM `rows` r
                    JOIN nowhere x ON x.id = r.id
                    JOIN parents p ON p.a = x.a AND p.b = x.b
                    JOIN elsewhere e ON e.id = p.group_id
                    WHERE x.size > 1 AND label = 'a' AND p.weigth > 1
                    ORDER BY x.name""")))
        .containsExactly(
            "the table 'rows' has no column 'prise' (line 2)",
            "the table 'nowhere' is not in the database 'inbox' (line 4)",
            "the table 'elsewhere' is not in the database 'inbox' (line 6)",
            "the table 'parents' has no column 'weigth' (line 7)");
  }

  @Test
  void aRefusedJoinIsToldOnce() {
    assertThat(
            problems(
                Refusal.view(
                    """
                    SELECT r.k, r.id, p.weight, c.cod
                    FROM `rows` r
                    NATURAL JOIN parents p
                    JOIN codes c ON c.code = r.ci AND c.code LIKE r.ci
                    JOIN parents q ON q.a = p.a
                    JOIN parents s ON s.a = q.a AND s.b = q.b
                    WHERE p.weight = 'a'""")))
        .containsExactly(
            "the table 'codes' has no column 'cod' (line 2)",
            "NATURAL JOIN is not supported (line 4)",
            "LIKE with other than a constant text is not supported (line 5)",
            "the join with 'q' leaves out 'b' (line 6)",
            "'a' is compared with 'weight' (int) (line 8)");
  }

  @Test
  void aRefusedColumnIsNotMissedByKeysAndOrder() {
    assertThat(
            problems(
                """
                CREATE MATERIALIZED TABLE v (PRIMARY KEY (label, id, k) NOT ENFORCED)
                PARTITIONED BY (label, colour) FRESHNESS = INTERVAL '5' SECOND
                AS SELECT SOUNDEX(bin) AS label, id, k, place
                FROM `rows`
                ORDER BY label, place, bornn
                """))
        .containsExactly(
            "'colour' of the key is not in the SELECT list (line 2)",
            "the function SOUNDEX in the SELECT list is not supported (line 3)",
            "'rows.place' cannot be shown: columns of type point are not supported (line 3)",
            "no table has a column 'bornn' (line 5)");
  }

  @Test
  void aTextThatCannotBeReadStandsAlone() {
    assertThat(problems(Refusal.view("SELECT k, id FROM `rows` r WHERE tiny = 1 tiny = 2")))
        .containsExactly("'tiny' was not expected here (line 2)");
    assertThat(
            problems(
                Refusal.view("SELECT k, id\nFROM `rows` r FORCE INDEX (a)\nWHERE tiny = 1 tiny")))
        .containsExactly("FORCE INDEX (a) is not supported (line 3)");
  }
}
