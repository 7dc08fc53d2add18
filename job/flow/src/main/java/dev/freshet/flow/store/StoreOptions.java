package dev.freshet.flow.store;

import java.io.Serializable;
import java.util.Objects;
import org.apache.flink.connector.jdbc.JdbcConnectionOptions;

/**
 * Where the projections are kept.
 *
 * @param schema the Postgres schema that is Freshet's own
 */
public record StoreOptions(
    String host, int port, String database, String user, String password, String schema)
    implements Serializable {
  public StoreOptions {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(database, "database");
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(password, "password");
    Objects.requireNonNull(schema, "schema");
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port " + port + " is outside 1..65535");
    }
  }

  /** Postgres's driver sends a batch of inserts as few statements of many rows. */
  public String url() {
    return "jdbc:postgresql://"
        + host
        + ":"
        + port
        + "/"
        + database
        + "?reWriteBatchedInserts=true&connectTimeout=5&tcpKeepAlive=true&ApplicationName=freshet";
  }

  JdbcConnectionOptions jdbc() {
    return new JdbcConnectionOptions.JdbcConnectionOptionsBuilder()
        .withUrl(url())
        .withDriverName("org.postgresql.Driver")
        .withUsername(user)
        .withPassword(password)
        .build();
  }

  @Override
  public String toString() {
    return user + "@" + host + ":" + port + "/" + database + "." + schema;
  }
}
