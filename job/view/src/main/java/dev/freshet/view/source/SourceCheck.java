package dev.freshet.view.source;

import dev.freshet.view.Table;
import dev.freshet.view.source.SourceFinding.Weight;
import dev.freshet.view.sql.Names;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks whether a MySQL server can be the source of views: whether its binlog contains every
 * change of the views' tables, and whether this account may read binlog and tables. Executes only
 * reads.
 */
public final class SourceCheck {
  static final int SYNTAX = 1064;

  /** Options before ENGINE may be in comments that MySQL executes. */
  private static final Pattern ENGINE = Pattern.compile("\\n\\).*? ENGINE=(\\w+)");

  /** The engines besides InnoDB that have transactions. */
  private static final Set<String> TRANSACTIONAL = Set.of("ndb", "ndbcluster", "rocksdb");

  private final Connection mysql;
  private final List<SourceFinding> findings = new ArrayList<>();

  private SourceCheck(Connection mysql) {
    this.mysql = mysql;
  }

  /**
   * Why the server cannot be the source of views over these tables: one line per problem, with
   * subject, value and remedy. Empty if it can.
   *
   * @throws SQLException if the server does not answer
   */
  public static List<String> problems(Connection mysql, Collection<Table> tables)
      throws SQLException {
    return findings(mysql, tables).stream()
        .filter(finding -> finding.weight() == Weight.REQUIRED)
        .map(SourceFinding::problem)
        .toList();
  }

  /**
   * Checks settings, rights and tables; also returns the findings that are right.
   *
   * @throws SQLException if the server does not answer
   */
  public static List<SourceFinding> findings(Connection mysql, Collection<Table> tables)
      throws SQLException {
    SourceCheck check = new SourceCheck(mysql);
    check.findings.addAll(SourceSettings.of(mysql));
    check.rights();
    Map<List<String>, Table> distinct = new LinkedHashMap<>();
    tables.forEach(table -> distinct.putIfAbsent(List.of(table.database(), table.name()), table));
    for (Table table : distinct.values()) {
      check.table(table);
    }
    return List.copyOf(check.findings);
  }

  /**
   * Checks only the tables, for an account that only reads them.
   *
   * @throws SQLException if the server does not answer
   */
  public static List<SourceFinding> readable(Connection mysql, Collection<Table> tables)
      throws SQLException {
    SourceCheck check = new SourceCheck(mysql);
    for (Table table : new LinkedHashSet<>(tables)) {
      check.isReadable(table, "table " + table.qualifiedName() + " of " + check.account(), false);
    }
    return List.copyOf(check.findings);
  }

  /**
   * Tries statements that need the rights, because grants and roles have too many forms to parse.
   */
  private void rights() throws SQLException {
    right("REPLICATION CLIENT", may(BinlogEnd.STATEMENT, BinlogEnd.OLD_STATEMENT));
    right("REPLICATION SLAVE", may("SHOW REPLICAS", "SHOW SLAVE HOSTS"));
  }

  private void right(String right, boolean has) throws SQLException {
    findings.add(
        has
            ? SourceFinding.right(right, "granted")
            : new SourceFinding(
                Weight.REQUIRED,
                right,
                "missing",
                "MySQL account "
                    + account()
                    + " lacks "
                    + right
                    + "; GRANT "
                    + right
                    + " ON *.* to it",
                "GRANT " + right + " ON *.* TO " + grantee()));
  }

  private String account() throws SQLException {
    try (Statement statement = mysql.createStatement();
        ResultSet row = statement.executeQuery("SELECT CURRENT_USER()")) {
      row.next();
      return row.getString(1);
    }
  }

  /** The account as it is written in a GRANT. */
  private String grantee() throws SQLException {
    String account = account();
    int at = account.lastIndexOf('@');
    return literal(account.substring(0, at)) + "@" + literal(account.substring(at + 1));
  }

  private static String literal(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
  }

  /** Whether the account may execute the first of these spellings that the server knows. */
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

  /** Whether MySQL denied access to a database, a table or a column, or a right is missing. */
  static boolean isDenial(SQLException e) {
    return switch (e.getErrorCode()) {
      case 1044, 1142, 1143, 1227, 1370 -> true;
      default -> false;
    };
  }

  /**
   * Whether the account may read a table; if not, adds a finding.
   *
   * @param whole whether it must be able to see the table's definition, for which MySQL requires
   *     the right to read all columns
   */
  private boolean isReadable(Table table, String subject, boolean whole) throws SQLException {
    String name = quoted(table);
    if (may("SELECT 1 FROM " + name + " LIMIT 0") && (!whole || may("SHOW CREATE TABLE " + name))) {
      return true;
    }
    findings.add(
        new SourceFinding(
            Weight.REQUIRED,
            subject,
            "not readable",
            "MySQL account "
                + account()
                + " may not read table "
                + table.qualifiedName()
                + "; GRANT SELECT ON "
                + name
                + " to it",
            "GRANT SELECT ON " + name + " TO " + grantee()));
    return false;
  }

  private void table(Table table) throws SQLException {
    String name = quoted(table);
    String subject = "table " + table.qualifiedName();
    if (!isReadable(table, subject, true)) {
      return;
    }
    int before = findings.size();
    if (table.primaryKey().isEmpty()) {
      findings.add(
          new SourceFinding(
              Weight.REQUIRED,
              subject,
              "no key",
              "Table "
                  + table.qualifiedName()
                  + " has neither a primary key nor a UNIQUE key of NOT NULL columns; give it one,"
                  + " without one rows cannot be identified",
              "ALTER TABLE " + name + " ADD PRIMARY KEY (…)"));
    }
    String definition;
    try (Statement statement = mysql.createStatement();
        ResultSet row = statement.executeQuery("SHOW CREATE TABLE " + name)) {
      row.next();
      definition = row.getString(2);
    }
    Matcher engine = ENGINE.matcher(definition);
    String kind = engine.find() ? engine.group(1) : "unknown";
    if (!kind.toLowerCase(Locale.ROOT).equals("innodb")) {
      findings.add(
          new SourceFinding(
              Weight.REQUIRED,
              subject,
              "engine " + kind,
              "Table "
                  + table.qualifiedName()
                  + " is of the engine "
                  + kind
                  + (TRANSACTIONAL.contains(kind.toLowerCase(Locale.ROOT))
                      ? ", which is not supported"
                      : ", which has no transactions")
                  + "; convert it to InnoDB",
              "ALTER TABLE " + name + " ENGINE = InnoDB"));
    }
    if (findings.size() == before) {
      String key = table.hasStandIn() ? "unique key" : "primary key";
      findings.add(SourceFinding.right(subject, "readable, InnoDB, " + key));
    }
  }

  private static String quoted(Table table) {
    return Names.MYSQL.quoted(table.database()) + "." + Names.MYSQL.quoted(table.name());
  }
}
