package dev.freshet.sandbox.sql;

import dev.freshet.cli.Endpoints;
import dev.freshet.config.Config;
import dev.freshet.view.Column;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.MysqlTypes;
import dev.freshet.view.declare.StoredDeclaration;
import dev.freshet.view.sql.Names;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The initial tables of a session of the SQL client. The database {@code projection} reads the
 * store, and the database {@code source} reads MySQL, both with JDBC. {@link ChangeTables} has
 * MySQL's changes, and {@link StreamTables} has the streams on Kafka. Columns for which Flink has
 * no type are left out.
 */
public final class Session {
  private static final String SCHEMA = "freshet";
  private static final String COLUMNS =
      "SELECT c.table_name, c.column_name, c.column_type, c.column_key"
          + " FROM information_schema.columns c"
          + " JOIN information_schema.tables t USING (table_schema, table_name)"
          + " WHERE table_schema = ? AND t.table_type = 'BASE TABLE'"
          + " ORDER BY c.table_name, c.ordinal_position";

  private final Endpoints endpoints;
  private final Config config;
  private final StringBuilder sql = new StringBuilder();

  private Session(Endpoints endpoints, Config config) {
    this.endpoints = endpoints;
    this.config = config;
  }

  /**
   * Returns the statements that create the tables; they contain passwords.
   *
   * @param config the configuration of the servers at the end points
   */
  public static String tables(Endpoints endpoints, Config config) throws SQLException {
    Session session = new Session(endpoints, config);
    session.projection();
    session.source();
    session.sql.append(StreamTables.create(config.kafka()));
    return session.sql.toString();
  }

  private void projection() throws SQLException {
    String url =
        "jdbc:postgresql://%s:%s/%s"
            .formatted(
                endpoints.get("POSTGRES_HOST"),
                endpoints.get("POSTGRES_PORT"),
                endpoints.get("POSTGRES_DATABASE"));
    Options options =
        new Options(
            "org.postgresql.Driver",
            url + "?currentSchema=" + SCHEMA,
            endpoints.get("POSTGRES_USER"),
            endpoints.get("POSTGRES_PASSWORD"));
    sql.append(SqlTable.createDatabase("projection"));
    table(
        "projection",
        "progress",
        List.of(
            "`job` STRING",
            "`first_group` INT",
            "`last_group` INT",
            "`version` BIGINT",
            "`gtid_set` STRING",
            "`as_of` TIMESTAMP(6)",
            "`handed_over` BOOLEAN"),
        options);
    table(
        "projection",
        "catalogue",
        List.of(
            "`view` STRING",
            "`generation` INT",
            "`active` BOOLEAN",
            "`declaration` STRING",
            "`job` STRING"),
        options);
    try (Connection connection =
            DriverManager.getConnection(options.url(), options.user(), options.password());
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT declaration, tables FROM catalogue WHERE active ORDER BY view")) {
      while (rows.next()) {
        ViewPlan plan = StoredDeclaration.plan(rows.getString(1), rows.getString(2));
        List<String> columns = new ArrayList<>();
        plan.shown()
            .forEach(
                output ->
                    definition(output.column(), FlinkTypes.projected(output.column()))
                        .ifPresent(columns::add));
        table("projection", plan.view(), columns, options);
      }
    }
  }

  private void source() throws SQLException {
    String url =
        "jdbc:mysql://%s:%s/%s?allowPublicKeyRetrieval=true&tinyInt1isBit=false"
                .formatted(
                    endpoints.get("MYSQL_HOST"),
                    endpoints.get("MYSQL_PORT"),
                    endpoints.get("MYSQL_DATABASE"))
            + "&yearIsDateType=false&connectionTimeZone=UTC&forceConnectionTimeZoneToSession=true"
            + "&zeroDateTimeBehavior=CONVERT_TO_NULL&useCursorFetch=true";
    Options options =
        new Options(
            "com.mysql.cj.jdbc.Driver",
            url,
            endpoints.get("MYSQL_USER"),
            endpoints.get("MYSQL_PASSWORD"));
    Map<String, SourceTable> tables = new LinkedHashMap<>();
    try (Connection connection = endpoints.source();
        PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
      statement.setString(1, endpoints.get("MYSQL_DATABASE"));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          String type = rows.getString(3);
          Column column = new Column(rows.getString(2), MysqlTypes.valueType(type), true, type, "");
          tables
              .computeIfAbsent(rows.getString(1), name -> new SourceTable())
              .add(column, rows.getString(4).equals("PRI"));
        }
      }
    }
    sql.append(SqlTable.createDatabase("source"));
    ChangeTables changes = new ChangeTables(config.source());
    tables.forEach(
        (name, table) -> {
          table("source", name, table.rows, options);
          if (table.keyHasTypes) {
            changes.add(name, table.changes, table.primaryKey);
          }
        });
    sql.append(changes.create());
  }

  /** The definitions of a table's columns for both connectors, and its primary key. */
  private static final class SourceTable {
    private final List<String> rows = new ArrayList<>();
    private final List<String> changes = new ArrayList<>();
    private final List<String> primaryKey = new ArrayList<>();
    private boolean keyHasTypes = true;

    private void add(Column column, boolean isKey) {
      definition(column, FlinkTypes.source(column)).ifPresent(rows::add);
      definition(column, FlinkTypes.changed(column)).ifPresent(changes::add);
      if (isKey) {
        primaryKey.add(Names.MYSQL.quoted(column.name()));
        keyHasTypes &= FlinkTypes.changed(column).isPresent();
      }
    }
  }

  private record Options(String driver, String url, String user, String password) {}

  private static Optional<String> definition(Column column, Optional<String> type) {
    return type.map(known -> Names.MYSQL.quoted(column.name()) + " " + known);
  }

  private void table(String database, String name, List<String> columns, Options options) {
    Map<String, String> with = new LinkedHashMap<>();
    with.put("connector", "jdbc");
    with.put("driver", options.driver());
    with.put("url", options.url());
    with.put("username", options.user());
    with.put("password", options.password());
    with.put("table-name", name);
    with.put("scan.fetch-size", "1000");
    with.put("scan.auto-commit", "false");
    sql.append(new SqlTable(database, name, columns, with).create());
  }
}
