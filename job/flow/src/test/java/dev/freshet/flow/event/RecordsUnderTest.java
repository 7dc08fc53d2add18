package dev.freshet.flow.event;

import static org.assertj.core.api.Assertions.fail;

import dev.freshet.flow.JobUnderTest;
import dev.freshet.view.event.Positions;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A topic of records and a job with a read model over them. */
final class RecordsUnderTest implements AutoCloseable {
  static final Duration DEADLINE = Duration.ofMinutes(2);
  static final int PARTITIONS = 3;

  private static final String RECORDS =
      """
      CREATE TABLE record_events (
        event_id STRING, occurred_at TIMESTAMP_LTZ(6), kind STRING, record_id STRING NOT NULL,
        name STRING, warehouse STRING
      ) WITH ('connector' = 'kafka', 'topic' = '%s', 'format' = 'json',
              'event-id' = 'event_id', 'event-time' = 'occurred_at');

      CREATE MATERIALIZED TABLE records (PRIMARY KEY (record_id) NOT ENFORCED)
      PARTITIONED BY (record_id) WITH ('keep-deleted' = '3650 d') FRESHNESS = INTERVAL '5' SECOND
      AS SELECT record_id,
                MAX_BY(name, occurred_at) FILTER (WHERE kind = 'renamed')  AS name,
                SET_ONCE(warehouse)                                        AS warehouse,
                MIN(occurred_at) FILTER (WHERE kind = 'published')         AS published_at,
                COUNT(*)                                                   AS events
         FROM record_events GROUP BY record_id
         HAVING BOOL_OR(kind = 'created') AND NOT BOOL_OR(kind = 'deleted')
      """;

  private final String name;
  private final JobUnderTest job;
  private final EventTopic topic;

  /** The topic has the name of the test's schema, and {@code -events} after it. */
  RecordsUnderTest(String name, String bootstrap) throws Exception {
    this.name = name;
    topic = new EventTopic(bootstrap, name + "-events", PARTITIONS);
    job = new JobUnderTest(name).withKafka(bootstrap);
  }

  JobUnderTest job() {
    return job;
  }

  EventTopic topic() {
    return topic;
  }

  /** The declaration of the read model. */
  String declaration() {
    return declaration(name + "-events");
  }

  /** The declaration of the read model over another topic. */
  static String declaration(String topic) {
    return RECORDS.formatted(topic);
  }

  static String event(String record, String id, int minute, String kind, String more) {
    return "{'event_id':'%s','occurred_at':'2026-01-31T12:%02d:00Z','kind':'%s','record_id':'%s'%s}"
        .formatted(id, minute, kind, record, more);
  }

  /** The time up to which all answers are right; the epoch before the first. */
  Instant asOf() throws SQLException {
    List<String> times =
        rows("SELECT coalesce(extract(epoch FROM min(as_of)) * 1000, 0)::bigint FROM %s.progress");
    return Instant.ofEpochMilli(Long.parseLong(times.get(0)));
  }

  /** Waits until the store covers what was sent to the topic. */
  void awaitStore() throws Exception {
    Positions sent = topic.flush();
    await(
        "the store covers " + sent,
        () -> {
          job.progress();
          List<String> positions = rows("SELECT gtid_set FROM %s.progress WHERE handed_over");
          return !positions.isEmpty()
              && positions.stream().allMatch(each -> Positions.parse(each).cover(sent));
        });
  }

  /** The rows of the view by record. */
  Map<String, String> stored() throws SQLException {
    Map<String, String> stored = new TreeMap<>();
    for (String row :
        rows(
            "SELECT record_id, name, warehouse, to_char(published_at AT TIME ZONE 'UTC', 'HH24:MI'),"
                + " events FROM %s.records")) {
      int space = row.indexOf(' ');
      stored.put(row.substring(0, space), row.substring(space + 1));
    }
    return stored;
  }

  /** The rows of a query, in which {@code %s} is the schema; the values between spaces. */
  List<String> rows(String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = job.store().createStatement();
        ResultSet result = statement.executeQuery(sql.formatted(name))) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<String> values = new ArrayList<>(Collections.nCopies(columns, ""));
        for (int i = 0; i < columns; i++) {
          values.set(i, result.getString(i + 1));
        }
        rows.add(String.join(" ", values));
      }
    }
    return rows;
  }

  interface Condition {
    boolean holds() throws Exception;
  }

  void await(String what, Condition condition) throws Exception {
    Instant end = Instant.now().plus(DEADLINE);
    while (!condition.holds()) {
      if (Instant.now().isAfter(end)) {
        fail("%s did not come within %s; the store has %s", what, DEADLINE, stored());
      }
      Thread.sleep(20);
    }
  }

  @Override
  public void close() throws Exception {
    job.close();
    topic.close();
  }
}
