package dev.freshet.reader.config;

import java.util.Objects;

/**
 * Everything a reader needs to know; made by {@link Environment}. The text form leaves secrets out.
 *
 * @param host address to listen on
 * @param port to listen on; 0 takes a free one
 * @param token that callers must show
 * @param schema of the projections in Postgres
 */
public record ReaderConfig(
    String host,
    int port,
    String token,
    Database mysql,
    Database postgres,
    String schema,
    Kafka kafka,
    Limits limits) {
  public ReaderConfig {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(token, "token");
    Objects.requireNonNull(mysql, "mysql");
    Objects.requireNonNull(postgres, "postgres");
    Objects.requireNonNull(schema, "schema");
    Objects.requireNonNull(kafka, "kafka");
    Objects.requireNonNull(limits, "limits");
  }

  @Override
  public String toString() {
    return "reader on %s:%d, mysql %s, postgres %s schema %s, kafka %s, %s"
        .formatted(host, port, mysql, postgres, schema, kafka, limits);
  }
}
