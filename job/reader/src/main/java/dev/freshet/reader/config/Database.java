package dev.freshet.reader.config;

import java.util.Map;
import java.util.Objects;

/**
 * A connection to a database: its address and the reader's account. {@link #toString} omits the
 * password and the properties.
 *
 * @param name the name of the database; in MySQL the default schema of unqualified table names
 * @param properties properties of the JDBC driver, such as those for TLS
 */
public record Database(
    String host,
    int port,
    String user,
    String password,
    String name,
    Map<String, String> properties) {
  public Database {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(password, "password");
    Objects.requireNonNull(name, "name");
    properties = Map.copyOf(properties);
  }

  /** Creates a connection without properties of the driver. */
  public Database(String host, int port, String user, String password, String name) {
    this(host, port, user, password, name, Map.of());
  }

  @Override
  public String toString() {
    return user + "@" + host + ":" + port + "/" + name;
  }
}
