package dev.freshet.cli.explain;

import dev.freshet.config.Config;
import dev.freshet.view.declare.Declaration;
import dev.freshet.view.declare.TableName;
import dev.freshet.view.sql.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * The SQL statements that create a configuration's accounts with minimal rights. The user who runs
 * them fills in the passwords.
 */
public final class Grants {
  /** The placeholder for a password. */
  public static final String PASSWORD = "…";

  private Grants() {}

  /**
   * Returns the statements for MySQL settings that differ from the defaults. A job also works
   * without them, but with less information in the binlog. They require the right to set system
   * variables.
   */
  public static List<String> settings() {
    return List.of("SET PERSIST binlog_row_metadata = FULL");
  }

  /** Returns the statements for MySQL. They require the right to create users. */
  public static List<String> mysql(Config config, List<Declaration> views) {
    TreeSet<String> tables = new TreeSet<>();
    for (Declaration view : views) {
      for (TableName table : view.tables()) {
        tables.add(
            Names.MYSQL.quoted(table.databaseOr(config.source().database()))
                + "."
                + Names.MYSQL.quoted(table.name()));
      }
    }
    String job = config.source().account().user();
    List<String> statements = new ArrayList<>();
    statements.add("CREATE USER " + user(job) + " IDENTIFIED BY '" + PASSWORD + "'");
    statements.add("GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO " + user(job));
    tables.forEach(table -> statements.add("GRANT SELECT ON " + table + " TO " + user(job)));
    String reader = config.reader().source().user();
    if (!reader.equals(job)) {
      statements.add("CREATE USER " + user(reader) + " IDENTIFIED BY '" + PASSWORD + "'");
      tables.forEach(table -> statements.add("GRANT SELECT ON " + table + " TO " + user(reader)));
    }
    return statements;
  }

  /** Returns the statements for Postgres. They require the right to create roles and schemas. */
  public static List<String> postgres(Config config) {
    String job = Names.POSTGRES.quoted(config.store().account().user());
    String schema = Names.POSTGRES.quoted(config.store().schema());
    List<String> statements = new ArrayList<>();
    statements.add("CREATE ROLE " + job + " LOGIN PASSWORD '" + PASSWORD + "'");
    statements.add(
        "GRANT CREATE ON DATABASE "
            + Names.POSTGRES.quoted(config.store().database())
            + " TO "
            + job);
    statements.add("CREATE SCHEMA " + schema + " AUTHORIZATION " + job);
    String reader = Names.POSTGRES.quoted(config.reader().store().user());
    if (!reader.equals(job)) {
      statements.add("CREATE ROLE " + reader + " LOGIN PASSWORD '" + PASSWORD + "'");
      statements.add("GRANT USAGE ON SCHEMA " + schema + " TO " + reader);
      statements.add("GRANT SELECT ON ALL TABLES IN SCHEMA " + schema + " TO " + reader);
      statements.add(
          "ALTER DEFAULT PRIVILEGES FOR ROLE "
              + job
              + " IN SCHEMA "
              + schema
              + " GRANT SELECT ON TABLES TO "
              + reader);
    }
    return statements;
  }

  private static String user(String name) {
    return "'" + name.replace("'", "''") + "'@'%'";
  }
}
