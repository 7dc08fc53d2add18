package dev.freshet.sandbox.sql;

import dev.freshet.config.Config;
import dev.freshet.view.stream.Stream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The database {@code streams}: a table for each {@link Stream} on Kafka. A query reads the
 * messages that a topic has when the query starts, and ends. Messages that cannot be parsed are
 * left out.
 *
 * <p>A dead letter is withdrawn by a message without a value, which a JSON format would skip. So
 * {@code dead_letter_log} has the messages as text, and the view {@code dead_letter} shows the
 * newest of each row unless it is withdrawn.
 */
final class StreamTables {
  private static final String DATABASE = "streams";
  private static final String POSITION =
      "`partition` INT METADATA VIRTUAL, `offset` BIGINT METADATA VIRTUAL";

  private static final List<String> FAILURE =
      List.of(
          "`format` INT",
          "`job` STRING",
          "`view` STRING",
          "`alias` STRING",
          "`table` STRING",
          "`row` STRING",
          "`primary_key` STRING",
          "`version` STRING",
          "`order` BIGINT",
          "`attempt` INT",
          "`next` STRING",
          "`reason` STRING",
          "`placed` BOOLEAN",
          "`message` STRING",
          "`failed_at` TIMESTAMP_LTZ(6)",
          "`due_at` TIMESTAMP_LTZ(6)",
          "`image` STRING",
          "`image_omitted` BOOLEAN",
          POSITION);

  private static final List<String> INVALIDATION =
      List.of(
          "`format` INT",
          "`job` STRING",
          "`view` STRING",
          "`key` STRING",
          "`state` STRING",
          "`reason` STRING",
          "`version` STRING",
          "`at` TIMESTAMP_LTZ(6)",
          POSITION);

  private static final List<String> REQUESTS =
      List.of(
          "`format` INT",
          "`type` STRING",
          "`job` STRING",
          "`view` STRING",
          "`of` STRING",
          "`values` ARRAY<STRING>",
          "`keys` ARRAY<ARRAY<STRING>>",
          "`row` STRING",
          "`version` STRING",
          "`order` BIGINT",
          "`attempt` INT",
          "`at` TIMESTAMP_LTZ(6)",
          POSITION);

  private final Config.Kafka kafka;
  private final String bootstrap;

  private StreamTables(Config.Kafka kafka, String bootstrap) {
    this.kafka = kafka;
    this.bootstrap = bootstrap;
  }

  /** The statements; empty if there is no Kafka. They contain the password. */
  static String create(Config.Kafka kafka) {
    return kafka
        .bootstrap()
        .map(bootstrap -> new StreamTables(kafka, bootstrap).create())
        .orElse("");
  }

  private String create() {
    return SqlTable.createDatabase(DATABASE)
        + new SqlTable(DATABASE, "retry", FAILURE, json(Stream.RETRY)).create()
        + new SqlTable(DATABASE, "invalidation", INVALIDATION, json(Stream.INVALIDATION)).create()
        + new SqlTable(DATABASE, "requests", REQUESTS, json(Stream.REQUESTS)).create()
        + deadLetters();
  }

  private String deadLetters() {
    Map<String, String> options = topic(Stream.DEAD_LETTER);
    options.put("key.format", "raw");
    options.put("key.fields", "key");
    options.put("value.format", "raw");
    options.put("value.fields-include", "EXCEPT_KEY");
    List<String> columns = List.of("`key` STRING", "`value` STRING", POSITION);
    List<String> shown = new ArrayList<>();
    for (String field :
        List.of("job", "view", "alias", "table", "row", "version", "reason", "message")) {
      shown.add("JSON_VALUE(`value`, '$." + field + "') AS `" + field + "`");
    }
    shown.add("JSON_QUERY(`value`, '$.primary_key') AS `primary_key`");
    shown.add("JSON_VALUE(`value`, '$.attempt' RETURNING INT) AS `attempt`");
    shown.add(
        "TRY_CAST(REPLACE(REPLACE(JSON_VALUE(`value`, '$.failed_at'), 'T', ' '), 'Z', '')"
            + " AS TIMESTAMP(6)) AS `failed_at`");
    return new SqlTable(DATABASE, "dead_letter_log", columns, options).create()
        + "CREATE VIEW `streams`.`dead_letter` AS\n  SELECT "
        + String.join(",\n    ", shown)
        + "\n  FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY `key` ORDER BY `offset` DESC) AS"
        + " `age` FROM `streams`.`dead_letter_log`)\n  WHERE `age` = 1 AND `value` IS NOT NULL;\n";
  }

  private Map<String, String> json(Stream stream) {
    Map<String, String> options = topic(stream);
    options.put("format", "json");
    options.put("json.ignore-parse-errors", "true");
    options.put("json.timestamp-format.standard", "ISO-8601");
    return options;
  }

  private Map<String, String> topic(Stream stream) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("connector", "kafka");
    options.put("topic", stream.topic(kafka.topicPrefix()));
    options.put("properties.bootstrap.servers", bootstrap);
    kafka.properties().values().forEach((name, value) -> options.put("properties." + name, value));
    options.put("scan.startup.mode", "earliest-offset");
    options.put("scan.bounded.mode", "latest-offset");
    return options;
  }
}
