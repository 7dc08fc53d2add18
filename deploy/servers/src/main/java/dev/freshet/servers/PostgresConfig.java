package dev.freshet.servers;

import java.nio.file.Path;

/**
 * What a Postgres server is started with. To start it again on its data, keep all of it.
 *
 * @param directory its own folder: data and log
 * @param port on the loopback interface
 * @param password of its superuser, fixed when the data folder is made
 * @param database made with the data folder
 * @param sharedBuffersMb its page cache
 */
public record PostgresConfig(
    Path directory, int port, String password, String database, int sharedBuffersMb) {
  public PostgresConfig {
    directory = directory.toAbsolutePath().normalize();
    Passwords.required("Postgres", password);
    if (!database.matches("[a-z_][a-z0-9_]{0,62}")) {
      throw new IllegalArgumentException(
          "Postgres: database '" + database + "' must be of small letters, digits and _");
    }
    if (sharedBuffersMb < 1) {
      throw new IllegalArgumentException(
          "Postgres: shared buffers " + sharedBuffersMb + " MB are too small");
    }
  }

  /** A new server in a folder: a free port, a generated password, database {@code freshet}. */
  public static PostgresConfig in(Path directory) {
    return new PostgresConfig(directory, Ports.free(), Passwords.generate(), "freshet", 64);
  }

  public PostgresConfig withPort(int value) {
    return new PostgresConfig(directory, value, password, database, sharedBuffersMb);
  }

  public PostgresConfig withPassword(String value) {
    return new PostgresConfig(directory, port, value, database, sharedBuffersMb);
  }

  public PostgresConfig withDatabase(String value) {
    return new PostgresConfig(directory, port, password, value, sharedBuffersMb);
  }

  public PostgresConfig withSharedBuffersMb(int value) {
    return new PostgresConfig(directory, port, password, database, value);
  }

  @Override
  public String toString() {
    return "PostgresConfig[" + directory + ", port " + port + ", database " + database + "]";
  }
}
