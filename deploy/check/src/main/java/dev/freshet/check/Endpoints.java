package dev.freshet.check;

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
 * Where MySQL and the reader are: the lines {@code NAME=value} of {@code .freshet/endpoints.env}.
 *
 * @param values by name; holds secrets, so it has no readable form
 */
record Endpoints(Map<String, String> values) {
  Endpoints {
    values = Map.copyOf(values);
  }

  /**
   * Reads the file.
   *
   * @throws IOException when there is none, saying how to get one
   */
  static Endpoints read(Path file) throws IOException {
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
   * One value.
   *
   * @throws IllegalArgumentException when it is not there
   */
  String get(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "Endpoints: " + name + " is missing; run ./deploy/freshet down, then up");
    }
    return value;
  }

  /** A connection to the source with the account that may write the sample. */
  Connection source() throws SQLException {
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
