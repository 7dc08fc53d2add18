package dev.freshet.view;

import dev.freshet.servers.LocalServers;
import dev.freshet.servers.MySqlAccount;
import dev.freshet.servers.MySqlServer;
import dev.freshet.view.declare.CatalogueReader;
import dev.freshet.view.declare.Declaration;
import dev.freshet.view.declare.Planner;
import dev.freshet.view.sql.MysqlSession;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** A MySQL database of a test's own, and a connection with the settings every one must have. */
public final class Source implements AutoCloseable {
  private final MySqlServer server;
  private final String database;
  private final Connection connection;

  private Source(MySqlServer server, String database) throws SQLException {
    this.server = server;
    this.database = database;
    this.connection = connect(MySqlAccount.ROOT);
  }

  public static Source create(String database) throws SQLException {
    return create(LocalServers.mysql(), database);
  }

  public static Source create(MySqlServer server, String database) throws SQLException {
    server.createDatabase(database);
    return new Source(server, database);
  }

  public Connection connect(MySqlAccount account) throws SQLException {
    return DriverManager.getConnection(
        MysqlSession.url(server.host(), server.port(), database),
        MysqlSession.properties(account.user(), server.password(account)));
  }

  public Connection connection() {
    return connection;
  }

  /** Runs statements that are separated by semicolons. */
  public void execute(String script) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : script.replaceAll("(?m)^--.*$", "").split(";", -1)) {
        if (!sql.isBlank()) {
          statement.execute(sql);
        }
      }
    }
  }

  public Catalogue catalogue(String view) throws SQLException {
    return CatalogueReader.read(connection, database, List.of(Declaration.parse(view)));
  }

  public ViewPlan plan(String view) throws SQLException {
    return Planner.plan(view, catalogue(view));
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
