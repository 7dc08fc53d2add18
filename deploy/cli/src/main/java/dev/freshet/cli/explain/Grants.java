package dev.freshet.cli.explain;

import dev.freshet.config.Config;
import dev.freshet.view.declare.Declaration;
import dev.freshet.view.sql.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

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

  /**
   * Returns the statements for MySQL. They require the right to create users. The job reads whole
   * tables, because {@code SHOW CREATE TABLE} requires that. The reader gets the columns that the
   * queries name, or a whole table where a query names columns without an alias.
   */
  public static List<String> mysql(Config config, List<Declaration> views) {
    Map<String, Set<String>> columns = columns(config, views);
    String job = config.source().account().user();
    List<String> statements = new ArrayList<>();
    statements.add("CREATE USER " + user(job) + " IDENTIFIED BY '" + PASSWORD + "'");
    statements.add("GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO " + user(job));
    columns
        .keySet()
        .forEach(table -> statements.add("GRANT SELECT ON " + table + " TO " + user(job)));
    String reader = config.reader().source().user();
    if (!reader.equals(job)) {
      statements.add("CREATE USER " + user(reader) + " IDENTIFIED BY '" + PASSWORD + "'");
      columns.forEach(
          (table, names) ->
              statements.add(
                  "GRANT SELECT" + list(names) + " ON " + table + " TO " + user(reader)));
    }
    return statements;
  }

  /** Returns the columns that views name, by table; none where they do not name all. */
  private static Map<String, Set<String>> columns(Config config, List<Declaration> views) {
    Map<String, Set<String>> columns = new TreeMap<>();
    Set<String> whole = new TreeSet<>();
    for (Declaration view : views) {
      view.columns()
          .forEach(
              (name, named) -> {
                String table =
                    Names.MYSQL.quoted(name.databaseOr(config.source().database()))
                        + "."
                        + Names.MYSQL.quoted(name.name());
                columns
                    .computeIfAbsent(table, each -> new TreeSet<>(String.CASE_INSENSITIVE_ORDER))
                    .addAll(named);
                if (named.isEmpty()) {
                  whole.add(table);
                }
              });
    }
    whole.forEach(table -> columns.put(table, Set.of()));
    return columns;
  }

  private static String list(Set<String> columns) {
    return columns.isEmpty()
        ? ""
        : columns.stream().map(Names.MYSQL::quoted).collect(Collectors.joining(", ", " (", ")"));
  }

  /**
   * Returns the statements for Postgres, with {@link #PASSWORD} in place of the passwords. They
   * require the right to create roles and schemas, and to revoke rights on the database. The job
   * may create schemas, because it makes its own again when that was dropped.
   */
  public static List<String> postgres(Config config) {
    return postgres(config, account -> PASSWORD);
  }

  /**
   * Returns the same statements for Postgres, with real passwords.
   *
   * @param password returns an account's password, which must need no quoting
   */
  public static List<String> postgres(Config config, Function<Config.Account, String> password) {
    Config.Account jobAccount = config.store().account();
    Config.Account readerAccount = config.reader().store();
    String job = Names.POSTGRES.quoted(jobAccount.user());
    String reader = Names.POSTGRES.quoted(readerAccount.user());
    String schema = Names.POSTGRES.quoted(config.store().schema());
    String database = Names.POSTGRES.quoted(config.store().database());
    List<String> statements = new ArrayList<>();
    statements.add("REVOKE ALL ON DATABASE " + database + " FROM PUBLIC");
    statements.add("REVOKE ALL ON SCHEMA public FROM PUBLIC");
    statements.add("CREATE ROLE " + job + " LOGIN PASSWORD '" + password.apply(jobAccount) + "'");
    statements.add("GRANT CONNECT, CREATE ON DATABASE " + database + " TO " + job);
    statements.add("CREATE SCHEMA " + schema + " AUTHORIZATION " + job);
    if (!reader.equals(job)) {
      statements.add(
          "CREATE ROLE " + reader + " LOGIN PASSWORD '" + password.apply(readerAccount) + "'");
      statements.add("GRANT CONNECT ON DATABASE " + database + " TO " + reader);
      statements.add("GRANT USAGE ON SCHEMA " + schema + " TO " + reader);
      String later = "ALTER DEFAULT PRIVILEGES FOR ROLE " + job + " IN SCHEMA " + schema;
      statements.add("GRANT SELECT ON ALL TABLES IN SCHEMA " + schema + " TO " + reader);
      statements.add(later + " GRANT SELECT ON TABLES TO " + reader);
      statements.add("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA " + schema + " TO " + reader);
      statements.add(later + " GRANT EXECUTE ON FUNCTIONS TO " + reader);
    }
    return statements;
  }

  private static String user(String name) {
    return "'" + name.replace("'", "''") + "'@'%'";
  }
}
