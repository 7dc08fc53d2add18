package dev.freshet.view.source;

import dev.freshet.view.Table;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks a MySQL server whether its binlog tells everything that happens to the tables of the views,
 * and whether this account may read it. Reads only.
 */
public final class SourceCheck {
  private static final int UNKNOWN_VARIABLE = 1193;
  private static final int SYNTAX = 1064;
  private static final Pattern CASCADE =
      Pattern.compile(
          "CONSTRAINT `((?:[^`]|``)+)` FOREIGN KEY[^\\n]*?"
              + "(ON (?:DELETE|UPDATE) (?:CASCADE|SET NULL|SET DEFAULT))");
  private static final Pattern ENGINE = Pattern.compile("\\) ENGINE=(\\w+)");

  private final Connection mysql;
  private final List<String> problems = new ArrayList<>();

  private SourceCheck(Connection mysql) {
    this.mysql = mysql;
  }

  /**
   * Why the server cannot be the source of views over these tables: a line each with subject, value
   * and remedy. Empty when it can.
   *
   * @throws SQLException when the server cannot be asked at all
   */
  public static List<String> problems(Connection mysql, Collection<Table> tables)
      throws SQLException {
    SourceCheck check = new SourceCheck(mysql);
    check.settings();
    check.rights();
    Map<List<String>, Table> distinct = new LinkedHashMap<>();
    tables.forEach(table -> distinct.putIfAbsent(List.of(table.database(), table.name()), table));
    for (Table table : distinct.values()) {
      check.table(table);
    }
    return List.copyOf(check.problems);
  }

  private void settings() throws SQLException {
    setting("log_bin", "ON", "start mysqld without --skip-log-bin");
    setting("gtid_mode", "ON", "set gtid_mode=ON and enforce_gtid_consistency=ON");
    setting("binlog_format", "ROW", "set binlog_format=ROW");
    setting("binlog_row_image", "FULL", "set binlog_row_image=FULL");
    // Else a snapshot may show a transaction and lack one that stands before it in the binlog.
    setting("binlog_order_commits", "ON", "set binlog_order_commits=ON");
    setting("binlog_row_value_options", "", "set binlog_row_value_options=''");
    setting("binlog_transaction_compression", "OFF", "set binlog_transaction_compression=OFF");
  }

  /** Servers that do not know a setting do what it would have to be set to. */
  private void setting(String name, String expected, String remedy) throws SQLException {
    String value;
    try (Statement statement = mysql.createStatement();
        ResultSet row = statement.executeQuery("SELECT @@global." + name)) {
      row.next();
      value = switched(row.getString(1));
    } catch (SQLException e) {
      if (e.getErrorCode() == UNKNOWN_VARIABLE) {
        return;
      }
      throw e;
    }
    if (!value.equalsIgnoreCase(expected)) {
      problems.add(
          "MySQL setting " + name + " is " + (value.isEmpty() ? "empty" : value) + "; " + remedy);
    }
  }

  private static String switched(String value) {
    return switch (value == null ? "" : value) {
      case "1" -> "ON";
      case "0" -> "OFF";
      case "" -> "";
      default -> value;
    };
  }

  /** Tries what the rights are for, since roles and grants have many spellings. */
  private void rights() throws SQLException {
    if (!may("SHOW MASTER STATUS", "SHOW BINARY LOG STATUS")) {
      missing("REPLICATION CLIENT");
    }
    if (!may("SHOW REPLICAS", "SHOW SLAVE HOSTS")) {
      missing("REPLICATION SLAVE");
    }
  }

  private void missing(String right) throws SQLException {
    problems.add(
        "MySQL account " + account() + " lacks " + right + "; GRANT " + right + " ON *.* to it");
  }

  private String account() throws SQLException {
    try (Statement statement = mysql.createStatement();
        ResultSet row = statement.executeQuery("SELECT CURRENT_USER()")) {
      row.next();
      return row.getString(1);
    }
  }

  /** Whether the first statement that the server knows is allowed. */
  private boolean may(String... spellings) throws SQLException {
    for (String sql : spellings) {
      try (Statement statement = mysql.createStatement()) {
        statement.execute(sql);
        return true;
      } catch (SQLException e) {
        if (isDenial(e)) {
          return false;
        }
        if (e.getErrorCode() != SYNTAX) {
          throw e;
        }
      }
    }
    return true;
  }

  /** Access denied, to a database, a table, a column or for want of a right. */
  private static boolean isDenial(SQLException e) {
    return switch (e.getErrorCode()) {
      case 1044, 1142, 1143, 1227, 1370 -> true;
      default -> false;
    };
  }

  private void table(Table table) throws SQLException {
    String name = quoted(table.database()) + "." + quoted(table.name());
    if (!may("SELECT 1 FROM " + name + " LIMIT 0")) {
      problems.add(
          "MySQL account "
              + account()
              + " may not read table "
              + table.qualifiedName()
              + "; GRANT SELECT ON "
              + name
              + " to it");
      return;
    }
    if (table.primaryKey().isEmpty()) {
      problems.add(
          "Table "
              + table.qualifiedName()
              + " has no primary key; give it one, rows cannot be told apart without");
    }
    String definition;
    try (Statement statement = mysql.createStatement();
        ResultSet row = statement.executeQuery("SHOW CREATE TABLE " + name)) {
      row.next();
      definition = row.getString(2);
    }
    foreignKeys(table, definition);
    Matcher engine = ENGINE.matcher(definition);
    if (!engine.find() || !engine.group(1).toLowerCase(Locale.ROOT).equals("innodb")) {
      problems.add(
          "Table "
              + table.qualifiedName()
              + " is no InnoDB table; convert it, other engines have no transactions");
    }
  }

  /** MySQL carries such changes out below the binlog, which never shows them. */
  private void foreignKeys(Table table, String definition) {
    definition
        .lines()
        .forEach(
            line -> {
              Matcher cascade = CASCADE.matcher(line);
              if (cascade.find()) {
                problems.add(
                    "Table "
                        + table.qualifiedName()
                        + " has the foreign key "
                        + cascade.group(1)
                        + " with "
                        + cascade.group(2)
                        + ", whose changes MySQL does not log; make it RESTRICT");
              }
            });
  }

  private static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }
}
