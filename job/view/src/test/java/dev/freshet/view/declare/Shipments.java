package dev.freshet.view.declare;

/** The texts of read models over events of shipments. */
final class Shipments {
  private static final String TABLE =
      """
      CREATE TABLE shipment_events (
        event_id STRING, occurred_at TIMESTAMP_LTZ(6), kind STRING, shipment_id STRING,
        warehouse_id STRING, carrier STRING, status STRING, price DECIMAL(10, 2),
        weight DOUBLE, pieces INT, fragile BOOLEAN
      ) WITH ('connector' = 'kafka', 'topic' = 'shipments', 'format' = 'json',
              'event-id' = 'event_id', 'event-time' = 'occurred_at');
      """;

  private Shipments() {}

  /** All of a read model, whose query begins on line 9. */
  static String view() {
    return head("shipment_id", "shipment_id", "WITH ('keep-deleted' = '60 d')")
        + """
          SELECT shipment_id,
                 SET_ONCE(warehouse_id)                          AS warehouse_id,
                 MIN(occurred_at) FILTER (WHERE kind = 'packed') AS packed_at,
                 NTH_BY(carrier, occurred_at, 2)                 AS second_carrier,
                 MAX_BY(status, occurred_at)                     AS status,
                 COUNT(DISTINCT event_id)                        AS events
          FROM shipment_events GROUP BY shipment_id
          HAVING BOOL_OR(kind = 'created') AND NOT BOOL_OR(kind = 'cancelled')
          """;
  }

  /** The text in front of a query, which begins on line 9. */
  static String head(String primaryKey, String key, String options) {
    return TABLE
        + "CREATE MATERIALIZED TABLE shipments (PRIMARY KEY (%s) NOT ENFORCED)\n"
            .formatted(primaryKey)
        + "PARTITIONED BY (%s) %s FRESHNESS = INTERVAL '5' SECOND AS\n".formatted(key, options);
  }

  /** A read model whose SELECT list, on line 9, begins with the key. */
  static String select(String functions) {
    return query(
        "SELECT shipment_id, " + functions + "\nFROM shipment_events GROUP BY shipment_id");
  }

  /** A read model of a query, which begins on line 9. */
  static String query(String query) {
    return head("shipment_id", "shipment_id", "") + query;
  }

  /** A read model over another table, which begins on line 1. */
  static String over(String table) {
    return table
        + """

          ;
          CREATE MATERIALIZED TABLE shipments (PRIMARY KEY (id) NOT ENFORCED)
          PARTITIONED BY (id) FRESHNESS = INTERVAL '5' SECOND AS
          SELECT id, MAX(at) AS at FROM e GROUP BY id""";
  }

  /** A table with more columns and options, each beginning on line 2 and 3. */
  static String table(String columns, String options) {
    return over(
        "CREATE TABLE e (id STRING, at TIMESTAMP_LTZ(3)\n%s\n) WITH (%s)"
            .formatted(columns, options));
  }

  static String columns(String columns) {
    return table(
        columns,
        "'connector' = 'kafka', 'topic' = 't', 'format' = 'json', 'event-id' = 'id', 'event-time' = 'at'");
  }
}
