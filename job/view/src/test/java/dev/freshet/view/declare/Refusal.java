package dev.freshet.view.declare;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.provider.Arguments;

/** Views that are refused, and the messages they are refused with, word by word. */
final class Refusal {
  private Refusal() {}

  /** The query stands on lines 2 and following. */
  static String view(String query) {
    return head("k, id", "k", query);
  }

  static String head(String primaryKey, String key, String query) {
    return "CREATE MATERIALIZED TABLE v (PRIMARY KEY ("
        + primaryKey
        + ") NOT ENFORCED) PARTITIONED BY ("
        + key
        + ") FRESHNESS = INTERVAL '5' SECOND AS\n"
        + query;
  }

  static String where(String condition) {
    return view("SELECT k, id\nFROM `rows` r\nWHERE " + condition);
  }

  static String joined(String from) {
    return view("SELECT r.k, r.id\nFROM `rows` r\n" + from);
  }

  /** One line of a table: a view and how its message begins. */
  static Arguments row(String text, String message) {
    return Arguments.of(text, "View v: " + message);
  }

  static void check(String text, String message) {
    assertThatThrownBy(() -> Planner.plan(text, Sources.kinds()))
        .isInstanceOf(ViewException.class)
        .message()
        .startsWith(message)
        .doesNotContain("\n");
  }
}
