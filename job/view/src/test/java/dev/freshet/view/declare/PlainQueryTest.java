package dev.freshet.view.declare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.view.Catalogue;
import dev.freshet.view.ViewPlan;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Declarations that are derived from the queries of applications. */
class PlainQueryTest {
  private static PlainQuery.Derived derived(String query, Catalogue catalogue) {
    return PlainQuery.parse(query, Optional.empty()).declaration(catalogue);
  }

  private static String text(String query) {
    return derived(query, Sources.kinds()).declaration().text();
  }

  /** The derived query, which must be accepted. */
  private static String accepted(String query) {
    return Planner.plan(text(query), Sources.kinds()).query();
  }

  @Test
  void theSampleFromItsPlainQuery() {
    PlainQuery.Derived derived =
        derived(
            """
            SELECT c.last_message_at, u.name, u.image_url
            FROM participants p
            JOIN conversations c   ON c.id = p.conversation_id
            LEFT JOIN users u      ON u.id = p.counterpart_id
            WHERE p.user_id = ? AND c.site_id = :site -- of one site; isn't it?
              AND c.archived = 0 AND c.last_message_at > p.last_read_at
            ORDER BY last_message_at DESC
            LIMIT 20;
            """,
            Sources.sample());

    assertThat(derived.declaration().text())
        .isEqualTo(
            """
            CREATE MATERIALIZED TABLE participants_by_user_id_site_id (
              PRIMARY KEY (user_id, site_id, conversation_id) NOT ENFORCED
            )
            PARTITIONED BY (user_id, site_id)
            WITH ('populate' = 'eager')
            FRESHNESS = INTERVAL '5' SECOND
            AS SELECT p.user_id, c.site_id, p.conversation_id, c.last_message_at, u.name, u.image_url
            FROM participants p
            JOIN conversations c   ON c.id = p.conversation_id
            LEFT JOIN users u      ON u.id = p.counterpart_id
            WHERE c.archived = 0 AND c.last_message_at > p.last_read_at
            ORDER BY last_message_at DESC
            """);
    assertThat(derived.remarks())
        .containsExactly("'LIMIT 20' is left out: the reader pages, by limit and cursor");
    ViewPlan plan = Planner.plan(derived.declaration(), Sources.sample());
    assertThat(plan.keyColumnList()).extracting("name").containsExactly("user_id", "site_id");
  }

  @Test
  void theRootIsTheTableWithWhichTheViewIsAccepted() {
    assertThat(
            derived(
                    "SELECT m.body FROM conversations c JOIN messages m ON m.conversation_id = c.id"
                        + " WHERE c.site_id = ?",
                    Sources.sample())
                .declaration()
                .text())
        .contains(
            "TABLE messages_by_site_id",
            "PRIMARY KEY (site_id, id)",
            "SELECT c.site_id, m.id, m.body");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELECT tiny FROM `rows` WHERE k = ?                           | SELECT k, `rows`.id, tiny FROM `rows`
          SELECT tiny FROM `rows` r WHERE ? = r.k                       | SELECT r.k, r.id, tiny FROM `rows` r
          SELECT k, id FROM `rows` r WHERE (r.k = ?)                    | SELECT k, id FROM `rows` r
          SELECT k, id FROM `rows` r WHERE tiny > 1 AND r.k = ?         | SELECT k, id FROM `rows` r WHERE tiny > 1
          SELECT k, id FROM `rows` r WHERE r.k = ? AND (tiny = 1 OR tiny = 2) | SELECT k, id FROM `rows` r WHERE (tiny = 1 OR tiny = 2)
          SELECT k, id FROM `rows` r WHERE ((r.k = ?) AND tiny = 1)     | SELECT k, id FROM `rows` r WHERE (tiny = 1)
          SELECT k, id FROM `rows` r WHERE (tiny = 1 AND (r.k = ?)) AND born = ? | SELECT born, k, id FROM `rows` r WHERE (tiny = 1)
          SELECT tiny AS k, id AS x FROM `rows` r WHERE r.k = ?         | SELECT r.k AS r_k, tiny AS k, id AS x FROM `rows` r
          SELECT tiny AS id FROM `rows` r WHERE k = ? ORDER BY r.tiny   | SELECT k, r.id AS r_id, tiny AS id FROM `rows` r
          SELECT id, born FROM `rows` WHERE k = ? AND born >= :from ORDER BY born | SELECT k, id, born FROM `rows` WHERE TRUE
          SELECT DISTINCT id, tiny FROM `rows` r WHERE k = :k           | SELECT  k, id, tiny FROM `rows` r
          """)
  void conditionsOnTheKeyAreTakenOut(String query, String expected) {
    assertThat(accepted(query.strip()).strip()).isEqualTo(expected.strip());
  }

  @Test
  void theNameIsTheGivenOne() {
    String query = "SELECT tiny FROM `rows` WHERE k = ?";
    assertThat(
            PlainQuery.parse(query, Optional.of("my-items"))
                .declaration(Sources.kinds())
                .declaration()
                .view())
        .isEqualTo("my_items");
    assertThat(
            PlainQuery.parse(query, Optional.of("order"))
                .declaration(Sources.kinds())
                .declaration()
                .view())
        .isEqualTo("view_order");
    assertThat(text(query)).contains("TABLE rows_by_k (");
  }

  @Test
  void theNameIsNoneOfTheTakenOnes() {
    PlainQuery query =
        PlainQuery.parse("SELECT tiny FROM `rows` WHERE k = ?", Optional.empty())
            .avoiding(List.of("ROWS_by_k", "rows_by_k_2"));
    assertThat(query.declaration(Sources.kinds()).declaration().view()).isEqualTo("rows_by_k_3");
    String longest = "a".repeat(48);
    assertThat(
            PlainQuery.parse("SELECT tiny FROM `rows` WHERE k = ?", Optional.of(longest))
                .avoiding(List.of(longest))
                .declaration(Sources.kinds())
                .declaration()
                .view())
        .isEqualTo("a".repeat(46) + "_2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"LIMIT ?", "LIMIT ?, ?", "LIMIT :count OFFSET :start"})
  void theParametersOfLimitAreLeftToTheReader(String limit) {
    PlainQuery.Derived derived =
        derived("\uFEFFSELECT tiny FROM `rows` WHERE k = ? " + limit, Sources.kinds());
    assertThat(derived.declaration().text()).doesNotContain("LIMIT", "?", "\uFEFF");
    assertThat(derived.remarks())
        .containsExactly(
            "'%s' is left out: the reader pages, by limit and cursor"
                .formatted(limit.replaceAll(":\\w+", "?")));
  }

  @Test
  void equalityWithNullIsNoKey() {
    Declaration declared =
        derived("SELECT id FROM `rows` WHERE k <=> ?", Sources.kinds()).declaration();
    assertThatThrownBy(() -> Planner.plan(declared, Sources.kinds()))
        .hasMessageContaining("<=> ? is not supported (line 1); write = ?; no key is NULL");
  }

  @Test
  void rangesAreKeptForTheReader() {
    assertThat(
            text(
                "SELECT id, born FROM `rows` WHERE k = :k AND born BETWEEN :from AND :to AND tiny = 1 ORDER BY born"))
        .contains("WHERE born BETWEEN ? AND ? AND tiny = 1 ORDER BY born");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          k = ? OR tiny = 1           | the parameter ? in WHERE is not supported (line 1); only 'column = ?' that is combined
          k = ? AND tiny <> ?         | the parameter ? in WHERE is not supported (line 1); leave out the condition, select the column, and leave out these entries
          k IN (?, ?)                 | the parameter ? in WHERE is not supported (line 1); make the column a part of the key, and ask for each value by itself: a plain query says column = ?
          NOT k = ?                   | the parameter ? in WHERE is not supported (line 1); only 'column = ?'
          k + 1 = ?                   | the parameter ? in WHERE is not supported (line 1); a key is a column: take the column itself, and let the caller compute its value
          ? = id DIV 10 AND k = ?     | the parameter ? in WHERE is not supported (line 1); a key is a column: add a STORED generated column with this value
          DATE(seen) = ?              | the parameter ? in WHERE is not supported (line 1); a key is a column: add a STORED generated column with this value to the table, with an index, and take that; for a DATE column leave out DATE
          'a' = ? AND k = ?           | the parameter ? in WHERE is not supported (line 1); compare a column with it: a key is a column
          k = ? AND bin LIKE ?        | the parameter ? in WHERE is not supported (line 1); leave out the condition, select the column, and search
          k = 1                       | no condition 'column = ?' says by which columns the answer is asked (line 1); write one
          """)
  void otherParametersAreRefused(String where, String problem) {
    assertThatThrownBy(
            () ->
                PlainQuery.parse("SELECT id FROM `rows` WHERE " + where.strip(), Optional.empty()))
        .isInstanceOfSatisfying(
            ViewException.class,
            refused -> {
              assertThat(refused.problems()).allMatch(p -> p.startsWith("View of this query: "));
              assertThat(refused.problems().get(0).substring(20)).startsWith(problem.strip());
            });
  }

  @Test
  void parametersOfJoinsAreRefused() {
    assertThatThrownBy(
            () ->
                PlainQuery.parse(
                    "SELECT r.id FROM `rows` r LEFT JOIN codes c ON c.code = ? WHERE r.k = ?",
                    Optional.empty()))
        .hasMessageContaining("the parameter ? in ON is not supported (line 1)");
  }

  @Test
  void distinctIsNotTakenApart() {
    assertThatThrownBy(() -> text("SELECT DISTINCT tiny FROM `rows` r WHERE k = ?"))
        .isInstanceOf(ViewException.class)
        .hasMessageContaining("DISTINCT without the primary key of 'r' is not supported (line 1)")
        .hasMessageContaining("select r.id");
  }

  @Test
  void whatMySqlAloneReadsIsRefusedTogetherWithTheRest() {
    PlainQuery.Derived derived =
        derived(
            "SELECT SQL_CALC_FOUND_ROWS SOUNDEX(bin) AS u\nFROM `rows` FORCE INDEX (a)\nWHERE k = ?\nAND NOW() > seen",
            Sources.kinds());

    assertThat(derived.isWhole()).isFalse();
    assertThatThrownBy(() -> Planner.plan(derived.declaration(), Sources.kinds()))
        .isInstanceOfSatisfying(
            ViewException.class,
            refused ->
                assertThat(refused.problems())
                    .extracting(problem -> problem.replaceAll(".*: (.*)\\); .*", "$1)"))
                    .containsExactly(
                        "SQL_CALC_FOUND_ROWS is not supported (line 1)",
                        "the function SOUNDEX in the SELECT list is not supported (line 1)",
                        "FORCE INDEX (a) is not supported (line 2)",
                        "the function NOW in WHERE is not supported (line 4)"));
  }

  @Test
  void declarationsAndOtherTextsAreNoQueries() {
    assertThat(List.of("select 1", " -- note\n( SELECT a", "WITH x AS (SELECT 1) SELECT 2"))
        .allMatch(PlainQuery::isOne);
    assertThat(List.of("items", "views/selected.sql", Sources.unreadConversations(), "selection"))
        .noneMatch(PlainQuery::isOne);
  }
}
