package dev.freshet.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.cli.explain.DeclaredViews.Asked;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventExplanationTest {
  @TempDir private Path folder;

  private Asked asked(String functions) throws IOException {
    Path file = folder.resolve("orders.sql");
    Files.writeString(
        file,
        """
        CREATE TABLE order_events (
          event_id STRING, occurred_at TIMESTAMP_LTZ(6), kind STRING, customer_id BIGINT,
          order_id BIGINT, amount DECIMAL(10, 2)
        ) WITH ('connector' = 'kafka', 'topic' = 'orders', 'format' = 'json',
                'event-id' = 'event_id', 'event-time' = 'occurred_at');
        CREATE MATERIALIZED TABLE orders (PRIMARY KEY (customer_id, order_id) NOT ENFORCED)
        PARTITIONED BY (customer_id) WITH ('keep-deleted' = '12 h', 'stale-on-error' = 'true')
        FRESHNESS = INTERVAL '5' SECOND
        AS SELECT customer_id, order_id, MIN(occurred_at) AS placed_at, %s
        FROM order_events GROUP BY customer_id, order_id
        HAVING BOOL_OR(kind = 'placed')
        ORDER BY placed_at DESC
        """
            .formatted(functions));
    return DeclaredViews.asked(Optional.empty(), List.of(file.toString()), Optional.empty()).get(0);
  }

  @Test
  void describesFunctionsAndWhatTheyKeep() throws IOException {
    Asked asked =
        asked("SUM(amount) AS total, COUNT(DISTINCT kind) AS kinds, SET_ONCE(kind) AS first");
    assertThat(asked.problems()).isEmpty();
    assertThat(asked.isReadable()).isFalse();
    assertThat(EventExplanation.of(asked.events().orElseThrow()))
        .containsExactly(
            "view orders",
            "  one entry per    customer_id, order_id",
            "  made of          events of topic orders (json), told apart by event_id, with the"
                + " time occurred_at",
            "  asked by         customer_id",
            "  order            placed_at descending, order_id",
            "  freshness        5.0 s; older is answered, and said to be stale",
            "  functions        placed_at: MIN, keeps one value",
            "                   total: SUM, keeps the id of each event",
            "                   kinds: COUNT(DISTINCT ...), keeps each value",
            "                   first: SET_ONCE, keeps up to 16 values",
            "                   HAVING: BOOL_OR, keeps up to 2 values",
            "  state            grows with the events of an entry; leave out COUNT, SUM and AVG to"
                + " bound it",
            "                   keep-ids: 30 d; an event that comes again later counts twice",
            "  hidden entries   keep-deleted: 43200 s; older events are refused");
  }

  @Test
  void saysThatStateIsBounded() throws IOException {
    assertThat(EventExplanation.of(asked("MAX(kind) AS last").events().orElseThrow()))
        .contains("  state            bounded for each entry, however many events it has")
        .noneMatch(line -> line.contains("keep-ids"));
  }

  @Test
  void tellsWhyAReadModelIsRefused() throws IOException {
    Asked asked = asked("LAST_VALUE(kind) AS kind, COUNT(amount) AS n");
    assertThat(asked.events()).isEmpty();
    assertThat(asked.problems()).hasSize(2).allMatch(problem -> problem.contains("(line 9)"));
  }
}
