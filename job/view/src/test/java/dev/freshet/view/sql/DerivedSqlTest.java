package dev.freshet.view.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.view.ViewPlan;
import dev.freshet.view.collation.Collation;
import dev.freshet.view.declare.Planner;
import dev.freshet.view.declare.Sources;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DerivedSqlTest {
  private static final ViewPlan PLAN =
      Planner.plan(Sources.unreadConversations(), Sources.sample());

  @Test
  void asksMysqlWithTheAuthorsOwnQuery() {
    MysqlQueries queries = new MysqlQueries(PLAN, Duration.ofSeconds(2));

    List<Object> after = List.of(7L, 9L);

    assertThat(queries.page(List.of(), Optional.of(after)))
        .isEqualTo(
            """
            SELECT /*+ MAX_EXECUTION_TIME(2000) MERGE(v) */ v.`user_id`, v.`site_id`,\
             v.`conversation_id`, v.`last_message_at`, v.`name`, v.`image_url` FROM (
            %s
            ) v WHERE v.`user_id` = ? AND v.`site_id` = ? AND (v.`last_message_at` <= ? AND\
             (v.`last_message_at` < ? OR v.`conversation_id` > ?)) ORDER BY v.`last_message_at`\
             DESC, v.`conversation_id` LIMIT ?"""
                .formatted(PLAN.query()));
    assertThat(queries.cursorPositions(after)).containsExactly(0, 0, 1);
    assertThat(queries.total(1001, List.of()))
        .isEqualTo(
            """
            SELECT /*+ MAX_EXECUTION_TIME(2000) */ COUNT(*) FROM (SELECT /*+ MERGE(v) */ 1 FROM (
            %s
            ) v WHERE v.`user_id` = ? AND v.`site_id` = ? LIMIT 1001) t"""
                .formatted(PLAN.query()));
    assertThat(new MysqlQueries(PLAN, Duration.ZERO).everything())
        .startsWith("SELECT /*+ MERGE(v) */ v.")
        .endsWith(
            "ORDER BY v.`user_id`, v.`site_id`, v.`last_message_at` DESC, v.`conversation_id`");
  }

  @Test
  void findsValuesThatTheStoreCannotHold() {
    Object[] entry = {1L, 2L, 3L, 4L, "a", null};

    assertThat(new StoreLimits(PLAN).problem(entry)).isEmpty();
    entry[4] = "a\0b";
    assertThat(new StoreLimits(PLAN).problem(entry))
        .hasValue("column name holds a NUL character; Postgres has no text with one");
    entry[1] = null;
    assertThat(new StoreLimits(PLAN).problem(entry))
        .hasValue("column site_id is NULL; the view says it never is");
  }

  @Test
  void refusesCharsThatMysqlSortsInTwoWays() {
    ViewPlan plan =
        Planner.plan(
            """
            CREATE MATERIALIZED TABLE v (PRIMARY KEY (k, id) NOT ENFORCED) PARTITIONED BY (k)
            FRESHNESS = INTERVAL '5' SECOND AS
            SELECT k, id, fixed FROM `rows` ORDER BY fixed""",
            Sources.kinds());
    StoreLimits limits = new StoreLimits(plan);

    assertThat(limits.problem(new Object[] {1L, 2L, "a b~"})).isEmpty();
    assertThat(limits.problem(new Object[] {1L, 2L, "a\tb"}))
        .hasValue(
            "column fixed is a CHAR with a character that MySQL sorts in two ways, before and after"
                + " a space");
    for (String text : List.of("", "a b", "Ana", "ána", "中文", "😀")) {
      assertThat(Collation.isSortedAlikePadded("utf8mb4_0900_ai_ci", text)).as(text).isTrue();
    }
    for (String text : List.of("a\t", "\u0001", "e\u0301", "æ", "ß", "ﬁ", "a\u00a0")) {
      assertThat(Collation.isSortedAlikePadded("utf8mb4_0900_ai_ci", text)).as(text).isFalse();
    }
  }
}
