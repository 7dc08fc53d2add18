package dev.freshet.reader.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.freshet.reader.config.Database;
import dev.freshet.reader.config.Limits;
import dev.freshet.store.PostgresSession;
import dev.freshet.view.sql.MysqlSession;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;

/**
 * Opens a reader's connection pools. The pools are read-only and start even if their database is
 * down. Their timeouts are short, because the other database can answer instead.
 */
final class Pools {
  /** The time after a statement's time limit when its connection counts as dead. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private static final int CONNECT_MILLIS = 1000;

  /**
   * Limits a login to Postgres after the connection is made. No request waits for it. Without this
   * setting, the pool's timeout limits it too, and a busy machine never ends a login in time.
   */
  private static final String LOGIN_SECONDS = "10";

  /**
   * One connection each for the catalogue, the figures, the probe, and the watches of progress,
   * populated keys and streams.
   */
  private static final int WATCHERS = 6;

  private Pools() {}

  /** The pool for answers. */
  static HikariDataSource postgres(Database database, Limits limits) {
    return postgres("postgres", database, limits, limits.storeConnections());
  }

  /**
   * The pool for background threads, with a connection for each. So a reader whose answers use all
   * of their connections does not mistake this for an outage of the store.
   */
  static HikariDataSource postgresWatch(Database database, Limits limits) {
    return postgres("postgres-watch", database, limits, WATCHERS);
  }

  /**
   * Each statement is a transaction; the server cancels a statement that exceeds the time limit.
   */
  private static HikariDataSource postgres(
      String name, Database database, Limits limits, int connections) {
    HikariConfig config = common(name, database);
    config.setDriverClassName("org.postgresql.Driver");
    config.setJdbcUrl(postgresUrl(database));
    config.setMaximumPoolSize(connections);
    config.setConnectionTimeout(Math.max(250, limits.storeTimeout().toMillis()));
    // Otherwise the pool asks its first connection, and never recovers if that is lost meanwhile.
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    config.addDataSourceProperty("ApplicationName", "freshet-reader");
    config.addDataSourceProperty("connectTimeout", "1");
    config.addDataSourceProperty("loginTimeout", LOGIN_SECONDS);
    config.addDataSourceProperty(
        "socketTimeout", Long.toString(limits.storeTimeout().plus(GRACE).toSeconds()));
    config.addDataSourceProperty("prepareThreshold", "1");
    config.addDataSourceProperty(
        "options",
        "-c statement_timeout=%d -c default_transaction_read_only=on %s"
            .formatted(limits.storeTimeout().toMillis(), PostgresSession.options()));
    database.properties().forEach(config::addDataSourceProperty);
    return new HikariDataSource(config);
  }

  /**
   * Opens a connection for LISTEN, outside of the pools. It fails if the server does not respond
   * for three seconds.
   *
   * @throws SQLException if the connection cannot be opened
   */
  static Connection listening(Database database) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", database.user());
    properties.setProperty("password", database.password());
    properties.setProperty("ApplicationName", "freshet-reader-listening");
    properties.setProperty("connectTimeout", "1");
    properties.setProperty("socketTimeout", "3");
    properties.putAll(database.properties());
    return DriverManager.getConnection(postgresUrl(database), properties);
  }

  private static String postgresUrl(Database database) {
    return "jdbc:postgresql://%s:%d/%s"
        .formatted(database.host(), database.port(), database.name());
  }

  /**
   * Page and total of an answer are one read-only transaction with one snapshot. The statements
   * have their own time limit.
   *
   * @param mostBytes the maximum size of a row
   */
  static HikariDataSource mysql(Database database, Limits limits, long mostBytes) {
    HikariConfig config = common("mysql", database);
    config.setDriverClassName("com.mysql.cj.jdbc.Driver");
    config.setJdbcUrl(MysqlSession.url(database.host(), database.port(), database.name()));
    MysqlSession.settings().forEach(config::addDataSourceProperty);
    // Without idle connections the pool connects on demand, and not after a growing pause.
    config.setMinimumIdle(0);
    // One more than the number of concurrent answers, for the probe.
    config.setMaximumPoolSize(limits.fallbacks() + 1);
    config.setConnectionTimeout(CONNECT_MILLIS);
    config.setAutoCommit(false);
    config.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
    config.addDataSourceProperty("connectTimeout", Integer.toString(CONNECT_MILLIS));
    config.addDataSourceProperty(
        "socketTimeout", Long.toString(limits.fallbackTimeout().plus(GRACE).toMillis()));
    config.addDataSourceProperty("maxAllowedPacket", Long.toString(mostBytes));
    // Otherwise the driver sets a variable in MySQL before each query whose rows it reads singly.
    config.addDataSourceProperty("netTimeoutForStreamingResults", "0");
    config.addDataSourceProperty("useLocalSessionState", "true");
    config.addDataSourceProperty("cacheServerConfiguration", "true");
    database.properties().forEach(config::addDataSourceProperty);
    return new HikariDataSource(config);
  }

  private static HikariConfig common(String name, Database database) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(name);
    config.setUsername(database.user());
    config.setPassword(database.password());
    config.setReadOnly(true);
    config.setValidationTimeout(250);
    config.setInitializationFailTimeout(-1);
    return config;
  }
}
