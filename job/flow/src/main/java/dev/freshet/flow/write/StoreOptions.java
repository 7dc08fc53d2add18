package dev.freshet.flow.write;

import dev.freshet.flow.JobProperties;
import dev.freshet.flow.JobSecret;
import java.io.Serializable;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.apache.flink.connector.jdbc.JdbcConnectionOptions;

/**
 * The connection to the store.
 *
 * @param schema the Postgres schema that only Freshet uses
 * @param properties properties of the JDBC driver, such as {@code sslmode}
 */
public record StoreOptions(
    String host,
    int port,
    String database,
    String user,
    JobSecret password,
    String schema,
    JobProperties properties)
    implements Serializable {
  public StoreOptions {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(database, "database");
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(password, "password");
    Objects.requireNonNull(schema, "schema");
    Objects.requireNonNull(properties, "properties");
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port " + port + " is outside 1..65535");
    }
  }

  /** Creates options without driver properties; the job graph holds the password. */
  public StoreOptions(
      String host, int port, String database, String user, String password, String schema) {
    this(host, port, database, user, JobSecret.of(password), schema, JobProperties.NONE);
  }

  /**
   * Returns the JDBC URL. With it the driver sends a batch of inserts as a few statements of many
   * rows.
   */
  public String url() {
    StringBuilder url =
        new StringBuilder("jdbc:postgresql://")
            .append(host)
            .append(':')
            .append(port)
            .append('/')
            .append(database)
            .append("?reWriteBatchedInserts=true&connectTimeout=5&tcpKeepAlive=true")
            .append("&ApplicationName=freshet");
    properties
        .values()
        .forEach((name, value) -> url.append('&').append(name).append('=').append(encoded(value)));
    return url.toString();
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  JdbcConnectionOptions jdbc() {
    return new JdbcConnectionOptions.JdbcConnectionOptionsBuilder()
        .withUrl(url())
        .withDriverName("org.postgresql.Driver")
        .withUsername(user)
        .withPassword(password.reveal())
        .build();
  }

  @Override
  public String toString() {
    return user + "@" + host + ":" + port + "/" + database + "." + schema;
  }
}
