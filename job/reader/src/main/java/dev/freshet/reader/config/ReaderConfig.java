package dev.freshet.reader.config;

import dev.freshet.reader.access.Access;
import dev.freshet.reader.secret.TlsIdentity;
import java.util.Objects;
import java.util.Optional;

/**
 * Everything a reader needs to know; made by {@link Environment}. The text form leaves secrets out.
 *
 * @param host address to listen on
 * @param port to listen on; 0 takes a free one
 * @param tls of the listener; empty for plain HTTP
 * @param access by which tokens
 * @param schema of the projections in Postgres
 */
public record ReaderConfig(
    String host,
    int port,
    Optional<TlsIdentity> tls,
    Access access,
    Database mysql,
    Database postgres,
    String schema,
    Kafka kafka,
    Limits limits) {
  public ReaderConfig {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(tls, "tls");
    Objects.requireNonNull(access, "access");
    Objects.requireNonNull(mysql, "mysql");
    Objects.requireNonNull(postgres, "postgres");
    Objects.requireNonNull(schema, "schema");
    Objects.requireNonNull(kafka, "kafka");
    Objects.requireNonNull(limits, "limits");
  }

  /** {@code http} or {@code https}. */
  public String scheme() {
    return tls.isPresent() ? "https" : "http";
  }

  @Override
  public String toString() {
    return "reader on %s:%d, mysql %s, postgres %s schema %s, kafka %s, %s"
        .formatted(host, port, mysql, postgres, schema, kafka, limits);
  }
}
