package dev.freshet.sandbox.sql;

import dev.freshet.view.sql.Names;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A table of Flink SQL.
 *
 * @param columns their definitions, and constraints
 * @param options the options of the connector
 */
record SqlTable(String database, String name, List<String> columns, Map<String, String> options) {

  static String createDatabase(String database) {
    return "CREATE DATABASE " + Names.MYSQL.quoted(database) + ";\n";
  }

  /** The statement that creates the table. */
  String create() {
    return "CREATE TABLE "
        + Names.MYSQL.quoted(database)
        + "."
        + Names.MYSQL.quoted(name)
        + " ("
        + String.join(", ", columns)
        + ")\n  WITH ("
        + options.entrySet().stream()
            .map(option -> literal(option.getKey()) + " = " + literal(option.getValue()))
            .collect(Collectors.joining(", "))
        + ");\n";
  }

  private static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
