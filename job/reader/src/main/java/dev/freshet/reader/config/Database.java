package dev.freshet.reader.config;

import java.util.Map;
import java.util.Objects;

/**
 * Where a database is and who asks it. The text form leaves the password out.
 *
 * @param name of the database (MySQL: the schema that unqualified table names mean)
 * @param properties of the JDBC driver, such as those of TLS
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

  /** With no properties of the driver. */
  public Database(String host, int port, String user, String password, String name) {
    this(host, port, user, password, name, Map.of());
  }

  @Override
  public String toString() {
    return user + "@" + host + ":" + port + "/" + name;
  }
}
