package dev.freshet.reader.config;

import java.util.Objects;

/**
 * Where a database is and who asks it. The text form leaves the password out.
 *
 * @param name of the database (MySQL: the schema that unqualified table names mean)
 */
public record Database(String host, int port, String user, String password, String name) {
  public Database {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(password, "password");
    Objects.requireNonNull(name, "name");
  }

  @Override
  public String toString() {
    return user + "@" + host + ":" + port + "/" + name;
  }
}
