package dev.freshet.servers;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The configuration of a MySQL server. To restart the server on its data, use an equal
 * configuration.
 *
 * @param directory the server's folder for data, configuration and log
 * @param port the port, on the loopback interface
 * @param passwords the accounts' passwords; fixed when the data folder is initialised
 * @param database the database that is created with the data folder
 * @param serverId the server's replication id
 * @param bufferPoolMb the size of InnoDB's buffer pool, in MB
 * @param settings mysqld's settings by name; they overrule those of {@link MySqlServer}
 * @param distribution the folder of the MySQL installation to start; empty for the embedded MySQL
 */
public record MySqlConfig(
    Path directory,
    int port,
    MySqlPasswords passwords,
    String database,
    int serverId,
    int bufferPoolMb,
    Map<String, String> settings,
    Optional<Path> distribution) {
  private static final int LEAST_BUFFER_POOL_MB = 16;

  public MySqlConfig {
    directory = directory.toAbsolutePath().normalize();
    Objects.requireNonNull(passwords);
    settings = Map.copyOf(settings);
    if (!database.matches("[A-Za-z0-9_]{1,64}")) {
      throw new IllegalArgumentException(
          "MySQL: database '" + database + "' may have only letters, digits and _; choose another");
    }
    if (serverId < 1) {
      throw new IllegalArgumentException(
          "MySQL: server id " + serverId + " is too small; give 1 or more");
    }
    if (bufferPoolMb < LEAST_BUFFER_POOL_MB) {
      throw new IllegalArgumentException(
          "MySQL: a buffer pool of %d MB is too small; give %d MB or more"
              .formatted(bufferPoolMb, LEAST_BUFFER_POOL_MB));
    }
  }

  /**
   * A configuration of a new server: a free port, generated passwords, the database {@code sample};
   * the MySQL that the system property {@value MySqlDistribution#PROPERTY} names, or else the
   * embedded MySQL.
   */
  public static MySqlConfig in(Path directory) {
    return new MySqlConfig(
        directory,
        Ports.free(),
        MySqlPasswords.generate(),
        "sample",
        1,
        128,
        Map.of(),
        MySqlDistribution.named());
  }

  public MySqlConfig withPort(int value) {
    return new MySqlConfig(
        directory, value, passwords, database, serverId, bufferPoolMb, settings, distribution);
  }

  public MySqlConfig withPasswords(MySqlPasswords value) {
    return new MySqlConfig(
        directory, port, value, database, serverId, bufferPoolMb, settings, distribution);
  }

  public MySqlConfig withDatabase(String value) {
    return new MySqlConfig(
        directory, port, passwords, value, serverId, bufferPoolMb, settings, distribution);
  }

  public MySqlConfig withServerId(int value) {
    return new MySqlConfig(
        directory, port, passwords, database, value, bufferPoolMb, settings, distribution);
  }

  public MySqlConfig withBufferPoolMb(int value) {
    return new MySqlConfig(
        directory, port, passwords, database, serverId, value, settings, distribution);
  }

  public MySqlConfig withDistribution(Path folder) {
    return new MySqlConfig(
        directory,
        port,
        passwords,
        database,
        serverId,
        bufferPoolMb,
        settings,
        Optional.of(folder));
  }

  /**
   * The same configuration with another setting of mysqld. {@code lower_case_table_names} is fixed
   * when the data folder is initialised.
   */
  public MySqlConfig with(String setting, String value) {
    Map<String, String> all = new TreeMap<>(settings);
    all.put(setting, value);
    return new MySqlConfig(
        directory, port, passwords, database, serverId, bufferPoolMb, all, distribution);
  }
}
