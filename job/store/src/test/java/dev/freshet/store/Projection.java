package dev.freshet.store;

import dev.freshet.servers.LocalServers;
import dev.freshet.servers.PostgresServer;
import dev.freshet.view.Rows;
import dev.freshet.view.ValueType;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.JdbcValues;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;

/** A Postgres database of a test's own with the table of one view in it. */
final class Projection implements AutoCloseable {
  static final String JOB = "test";

  private final ViewPlan plan;
  private final EntriesTable tables;
  private final Connection connection;

  Projection(ViewPlan plan, String database) throws SQLException {
    LocalServers.postgres().createDatabase(database);
    this.plan = plan;
    this.tables = new EntriesTable(plan, "freshet", 1);
    this.connection = connect(database);
    for (String sql : StoreTables.create("freshet")) {
      execute(sql);
    }
    for (String sql : ReadFunction.createShared("freshet")) {
      execute(sql);
    }
    execute(
        "INSERT INTO freshet.progress (job, first_group, last_group, version, gtid_set, as_of,"
            + " handed_over, token) VALUES ('test', 0, 63, 7, 'a:1', now(), true, 1)");
    for (String sql : tables.create()) {
      execute(sql);
    }
  }

  /** As a reader does. */
  private static Connection connect(String database) throws SQLException {
    PostgresServer server = LocalServers.postgres();
    Properties properties = new Properties();
    properties.setProperty("user", server.user());
    properties.setProperty("password", server.password());
    properties.setProperty("options", PostgresSession.options());
    return DriverManager.getConnection(server.jdbcUrl(database), properties);
  }

  Connection connection() {
    return connection;
  }

  EntriesTable tables() {
    return tables;
  }

  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  void upsert(List<Object[]> entries) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(tables.upsert())) {
      for (Object[] entry : entries) {
        tables.bindUpsert(statement, entry, 5);
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  int delete(Object[] entry) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(tables.delete())) {
      int index = 1;
      for (int place : plan.primaryKey()) {
        ValueType type = plan.outputs().get(place).column().type();
        JdbcValues.POSTGRES.bind(statement, index++, type, entry[place]);
      }
      return statement.executeUpdate();
    }
  }

  /** The plain view's rows, in the primary key's order. */
  List<Object[]> everything(String orderBy) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT * FROM " + tables.view() + " ORDER BY " + orderBy)) {
      return Rows.of(JdbcValues.POSTGRES, statement, Rows.outputs(plan), 1);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
