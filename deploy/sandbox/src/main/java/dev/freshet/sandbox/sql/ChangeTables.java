package dev.freshet.sandbox.sql;

import dev.freshet.config.Config;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The database {@code changes}: MySQL's tables by change data capture, with the job's account. A
 * query reads the rows and then follows the binlog, so it needs Flink's streaming mode. Tables
 * without a primary key are left out.
 */
final class ChangeTables {
  private static final String DATABASE = "changes";

  private final Config.Source source;
  private final StringBuilder sql = new StringBuilder(SqlTable.createDatabase(DATABASE));

  ChangeTables(Config.Source source) {
    this.source = source;
  }

  /**
   * Adds a table.
   *
   * @param columns the definitions of the columns
   * @param primaryKey the quoted names of its columns
   */
  void add(String table, List<String> columns, List<String> primaryKey) {
    if (primaryKey.isEmpty()) {
      return;
    }
    List<String> all = new ArrayList<>(columns);
    all.add("PRIMARY KEY (" + String.join(", ", primaryKey) + ") NOT ENFORCED");
    Map<String, String> options = new LinkedHashMap<>();
    options.put("connector", "mysql-cdc");
    options.put("hostname", source.host());
    options.put("port", String.valueOf(source.port()));
    options.put("username", source.account().user());
    options.put("password", source.account().password().reveal());
    options.put("database-name", exactly(source.database()));
    options.put("table-name", exactly(table));
    options.put("server-time-zone", "UTC");
    options.put("jdbc.properties.allowPublicKeyRetrieval", "true");
    sql.append(new SqlTable(DATABASE, table, all, options).create());
  }

  /** The statements; they contain the password. */
  String create() {
    return sql.toString();
  }

  /** The connector takes names as regular expressions. */
  private static String exactly(String name) {
    return name.replaceAll("\\W", "\\\\$0");
  }
}
