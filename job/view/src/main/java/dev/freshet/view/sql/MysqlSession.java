package dev.freshet.view.sql;

import dev.freshet.view.Expr;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/**
 * The settings of every connection to the source. They make the author's query mean the same on
 * each connection, and make values exact.
 */
public final class MysqlSession {
  /**
   * The default {@code sql_mode} of MySQL 8.0: no ANSI quotes, no padded CHAR, no altered
   * operators.
   */
  public static final String SQL_MODE =
      "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,"
          + "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";

  private static final Map<String, String> SETTINGS = build();

  private MysqlSession() {}

  /** Properties of MySQL's JDBC driver, by name. */
  public static Map<String, String> settings() {
    return SETTINGS;
  }

  /** The same properties with an account, for {@code DriverManager}. */
  public static Properties properties(String user, String password) {
    Properties properties = new Properties();
    SETTINGS.forEach(properties::setProperty);
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    return properties;
  }

  /** The JDBC URL, without the settings. */
  public static String url(String host, int port, String database) {
    return "jdbc:mysql://" + host + ":" + port + "/" + database;
  }

  private static Map<String, String> build() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put(
        "sessionVariables",
        "sql_mode='"
            + SQL_MODE
            + "',time_zone='+00:00',sql_auto_is_null=0,div_precision_increment=4,max_sort_length="
            + Expr.SortKey.BYTES);
    settings.put("connectionTimeZone", "+00:00");
    settings.put("characterEncoding", "UTF-8");
    // Otherwise text arrives in its column's character set, some of which Java decodes unlike
    // MySQL.
    settings.put("characterSetResults", "UTF-8");
    // Compares the texts of a query with each other, whatever the server's default is.
    settings.put("connectionCollation", "utf8mb4_0900_ai_ci");
    settings.put("useServerPrepStmts", "true");
    settings.put("cachePrepStmts", "true");
    settings.put("prepStmtCacheSize", "250");
    settings.put("prepStmtCacheSqlLimit", "65536");
    settings.put("tinyInt1isBit", "false");
    settings.put("yearIsDateType", "false");
    settings.put("zeroDateTimeBehavior", "EXCEPTION");
    settings.put("sslMode", "PREFERRED");
    settings.put("allowPublicKeyRetrieval", "true");
    settings.put("connectTimeout", "5000");
    settings.put("tcpKeepAlive", "true");
    return Map.copyOf(settings);
  }
}
