package dev.freshet.cli;

import dev.freshet.config.Config;
import dev.freshet.view.sql.MysqlSession;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;

/** Connections to the databases of a configuration, with the job's accounts. */
public final class Databases {
  private Databases() {}

  /** MySQL, with the settings by which a view's query means the same everywhere. */
  public static Connection mysql(Config.Source source) throws SQLException {
    return mysql(source, Duration.ZERO);
  }

  /** MySQL in no database, whether the configured one is there or not. */
  public static Connection server(Config.Source source) throws SQLException {
    return mysql(source, "", Duration.ZERO);
  }

  /**
   * MySQL.
   *
   * @param answer how long an answer is waited for; zero for ever
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

  /** Postgres. */
  public static Connection postgres(Config.Store store) throws SQLException {
    return postgres(store, Duration.ofMinutes(1));
  }

  /**
   * The same.
   *
   * @param answer how long an answer is waited for
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

  /** One line of what a database said. */
  public static Failure failed(String subject, SQLException e) {
    return new Failure(
        subject + ": " + Failure.line(e) + "; check address, account and that it runs", e);
  }
}
