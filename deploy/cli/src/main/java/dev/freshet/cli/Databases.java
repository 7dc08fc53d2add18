package dev.freshet.cli;

import dev.freshet.config.Config;
import dev.freshet.view.sql.MysqlSession;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;

/** Opens connections to the databases of a configuration. The caller closes them. */
public final class Databases {
  private Databases() {}

  /**
   * Connects to MySQL without a timeout, with the session settings that fix the meaning of a view's
   * query.
   */
  public static Connection mysql(Config.Source source) throws SQLException {
    return mysql(source, Duration.ZERO);
  }

  /** Connects to MySQL without a default database, so that the configured one need not exist. */
  public static Connection server(Config.Source source) throws SQLException {
    return mysql(source, "", Duration.ZERO);
  }

  /**
   * Connects to MySQL.
   *
   * @param answer the socket timeout; zero for none
   */
  public static Connection mysql(Config.Source source, Duration answer) throws SQLException {
    return mysql(source, source.database(), answer);
  }

  private static Connection mysql(Config.Source source, String database, Duration answer)
      throws SQLException {
    Properties properties =
        MysqlSession.properties(source.account().user(), source.account().password().reveal());
    properties.setProperty("socketTimeout", Long.toString(answer.toMillis()));
    properties.putAll(source.properties().values());
    return DriverManager.getConnection(
        MysqlSession.url(source.host(), source.port(), database), properties);
  }

  /** Connects to Postgres with a socket timeout of one minute. */
  public static Connection postgres(Config.Store store) throws SQLException {
    return postgres(store, Duration.ofMinutes(1));
  }

  /**
   * Connects to Postgres.
   *
   * @param answer the socket timeout
   */
  public static Connection postgres(Config.Store store, Duration answer) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", store.account().user());
    properties.setProperty("password", store.account().password().reveal());
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("socketTimeout", Long.toString(answer.toSeconds()));
    properties.setProperty("ApplicationName", "freshet-cli");
    properties.putAll(store.properties().values());
    return DriverManager.getConnection(
        "jdbc:postgresql://%s:%d/%s".formatted(store.host(), store.port(), store.database()),
        properties);
  }

  /** Returns a failure with the first line of a database's message. */
  public static Failure failed(String subject, SQLException e) {
    return new Failure(
        subject + ": " + Failure.line(e) + "; check the address and the account, and that it runs",
        e);
  }
}
