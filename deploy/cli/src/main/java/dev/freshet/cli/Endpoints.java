package dev.freshet.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/**
 * Addresses, accounts and process ids of the servers that {@code up} started: the lines {@code
 * NAME=value} of {@code .freshet/endpoints.env}.
 *
 * @param values the values by name; {@link #toString} shows only the names, because the values
 *     contain secrets
 */
public record Endpoints(Map<String, String> values) {
  public Endpoints {
    values = Map.copyOf(values);
  }

  /**
   * Reads the file.
   *
   * @throws IOException if it does not exist; the message says how to create it
   */
  public static Endpoints read(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new IOException("Endpoints: no file " + file + "; start with ./deploy/freshet up");
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      int equals = line.indexOf('=');
      if (equals > 0 && !line.startsWith("#")) {
        values.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    return new Endpoints(values);
  }

  /**
   * Returns a value.
   *
   * @throws IllegalArgumentException if it is missing
   */
  public String get(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "Endpoints: " + name + " is missing; run ./deploy/freshet down, then up");
    }
    return value;
  }

  /** Opens a connection to MySQL with the application's account, which may write. */
  public Connection source() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", get("MYSQL_USER"));
    properties.setProperty("password", get("MYSQL_PASSWORD"));
    properties.setProperty("allowPublicKeyRetrieval", "true");
    properties.setProperty("sslMode", "DISABLED");
    properties.setProperty("connectTimeout", "5000");
    properties.setProperty("socketTimeout", "60000");
    properties.setProperty("rewriteBatchedStatements", "true");
    properties.setProperty("connectionTimeZone", "UTC");
    properties.setProperty("forceConnectionTimeZoneToSession", "true");
    return DriverManager.getConnection(
        "jdbc:mysql://%s:%s/%s"
            .formatted(get("MYSQL_HOST"), get("MYSQL_PORT"), get("MYSQL_DATABASE")),
        properties);
  }

  @Override
  public String toString() {
    return "Endpoints" + values.keySet();
  }
}
