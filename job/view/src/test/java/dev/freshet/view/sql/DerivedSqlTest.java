package dev.freshet.view.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.view.ViewPlan;
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
}
