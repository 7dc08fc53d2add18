package dev.freshet.flow.event;

import dev.freshet.flow.JobPlan;
import dev.freshet.view.Key;
import dev.freshet.view.declare.EventPlanner;
import dev.freshet.view.event.DomainEvent;
import dev.freshet.view.event.RecordPosition;
import java.util.List;

/** A read model of orders, listed by customer, and its events. */
public final class Orders {
  private Orders() {}

  /** The declaration over a topic. */
  public static String declaration(String topic) {
    return """
        CREATE TABLE order_events (
          event_id STRING, occurred_at TIMESTAMP_LTZ(6), kind STRING, customer STRING NOT NULL,
          order_id INT NOT NULL, name STRING, amount BIGINT
        ) WITH ('connector' = 'kafka', 'topic' = '%s', 'format' = 'json',
                'event-id' = 'event_id', 'event-time' = 'occurred_at');

        CREATE MATERIALIZED TABLE orders (PRIMARY KEY (customer, order_id) NOT ENFORCED)
        PARTITIONED BY (customer) WITH ('keep-deleted' = '3650 d') FRESHNESS = INTERVAL '5' SECOND
        AS SELECT customer, order_id, MAX_BY(name, occurred_at) AS name, SUM(amount) AS total,
                  COUNT(*) AS events, SET_ONCE(name) AS first_name
           FROM order_events GROUP BY customer, order_id
           HAVING BOOL_OR(kind = 'created') AND NOT BOOL_OR(kind = 'cancelled')
           ORDER BY order_id
        """
        .formatted(topic);
  }

  public static JobPlan plan() {
    return JobPlan.overEvents(List.of(EventPlanner.plan(declaration("orders"))));
  }

  /** The group of an order in the {@link #plan}. */
  public static Key group(String customer, long order) {
    return Key.of(0L, customer, order);
  }

  /**
   * An event of an order, to be applied from a horizon on.
   *
   * @param at microseconds since the epoch, as is {@code horizon}
   * @param name may be null
   * @param amount may be null
   */
  public static GroupedEvent event(
      Key group, String id, long at, String kind, String name, Long amount, long horizon) {
    Object[] values = group.values();
    Object[] row = {id, at, kind, values[1], values[2], name, amount};
    return new GroupedEvent(
        group,
        1,
        horizon,
        new DomainEvent(id, at, row),
        new RecordPosition("orders", 0, 0),
        new byte[0]);
  }
}
