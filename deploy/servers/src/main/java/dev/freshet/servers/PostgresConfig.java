package dev.freshet.servers;

import java.nio.file.Path;

/**
 * The configuration of a Postgres server. To restart the server on its data, use an equal
 * configuration.
 *
 * @param directory the server's folder for data and log
 * @param port the port, on the loopback interface
 * @param password the superuser's password; fixed when the data folder is initialised
 * @param database the database that is created with the data folder
 * @param sharedBuffersMb Postgres's {@code shared_buffers}, in MB
 */
public record PostgresConfig(
    Path directory, int port, String password, String database, int sharedBuffersMb) {
  public PostgresConfig {
    directory = directory.toAbsolutePath().normalize();
    Passwords.required("Postgres", password);
    if (!database.matches("[a-z_][a-z0-9_]{0,62}")) {
      throw new IllegalArgumentException(
          "Postgres: database '"
              + database
              + "' may have only small letters, digits and _; choose another");
    }
    if (sharedBuffersMb < 1) {
      throw new IllegalArgumentException(
          "Postgres: shared buffers " + sharedBuffersMb + " MB are too small");
    }
  }

  /**
   * A configuration of a new server: a free port, a generated password, the database {@code
   * freshet}.
   */
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
