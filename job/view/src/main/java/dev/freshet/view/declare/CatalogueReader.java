package dev.freshet.view.declare;

import dev.freshet.view.Catalogue;
import dev.freshet.view.Column;
import dev.freshet.view.ForeignKey;
import dev.freshet.view.Table;
import dev.freshet.view.sql.Names;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLSyntaxErrorException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the definitions of the views' tables from MySQL's {@code information_schema}. */
public final class CatalogueReader {
  private static final String COLUMNS =
      "SELECT column_name, column_type, is_nullable, collation_name, column_key"
          + " FROM information_schema.columns WHERE table_schema = ? AND table_name = ?"
          + " ORDER BY ordinal_position";
  private static final String PRIMARY_KEY =
      "SELECT column_name FROM information_schema.statistics"
          + " WHERE table_schema = ? AND table_name = ? AND index_name = 'PRIMARY'"
          + " ORDER BY seq_in_index";

  /** Unique keys over whole columns; a key over an expression has no column. */
  private static final String UNIQUE_KEYS =
      "SELECT index_name FROM information_schema.statistics"
          + " WHERE table_schema = ? AND table_name = ? AND index_name <> 'PRIMARY'"
          + " GROUP BY index_name HAVING MAX(non_unique) = 0 AND COUNT(sub_part) = 0"
          + " AND COUNT(column_name) = COUNT(*) ORDER BY index_name";

  private static final String COLUMNS_OF_KEY =
      "SELECT column_name FROM information_schema.statistics"
          + " WHERE table_schema = ? AND table_name = ? AND index_name = ?"
          + " ORDER BY seq_in_index";
  private static final String TABLE =
      "SELECT table_schema, table_name FROM information_schema.tables"
          + " WHERE table_schema = ? AND table_name = ? AND table_type = 'BASE TABLE'";
  private static final String TABLES =
      "SELECT table_name FROM information_schema.tables"
          + " WHERE table_schema = ? AND table_type = 'BASE TABLE'";
  private static final String DATABASE =
      "SELECT schema_name FROM information_schema.schemata WHERE schema_name = ?";
  private static final String DATABASES = "SELECT schema_name FROM information_schema.schemata";

  private static final String VIEW =
      "SELECT table_name FROM information_schema.tables"
          + " WHERE table_schema = ? AND table_name = ? AND table_type LIKE '%VIEW'";

  private CatalogueReader() {}

  /**
   * Reads the tables that the views name, each with all its columns, and the tables that the
   * foreign keys of these reference which act. The result has MySQL's spelling of tables and
   * databases.
   *
   * @param database the schema of unqualified names
   * @throws ViewException if views name tables that do not exist or are not visible to this account
   */
  public static Catalogue read(
      Connection mysql, String database, Collection<Declaration> declarations) throws SQLException {
    for (Declaration declaration : declarations) {
      List<ViewException> refusals = new ArrayList<>(quotes(mysql, declaration));
      refusals.addAll(missing(mysql, database, declaration).values());
      if (!refusals.isEmpty()) {
        throw ViewException.ordered(
            refusals.stream().flatMap(each -> each.found().stream()).toList());
      }
    }
    return existing(mysql, database, declarations);
  }

  /**
   * The same declaration; if some of its tables do not exist or are not visible to this account, or
   * the server reads its quotes otherwise, planning it says so, and what else is wrong.
   *
   * @param database the schema of unqualified names
   */
  public static Declaration checked(Connection mysql, String database, Declaration declaration)
      throws SQLException {
    List<ViewException.Problem> quotes =
        quotes(mysql, declaration).stream().flatMap(each -> each.found().stream()).toList();
    return declaration.with(quotes).lacking(missing(mysql, database, declaration));
  }

  private static Map<TableName, ViewException> missing(
      Connection mysql, String database, Declaration declaration) throws SQLException {
    Map<TableName, ViewException> missing = new LinkedHashMap<>();
    for (TableName name : declaration.tables()) {
      if (spelled(mysql, name.databaseOr(database), name.name()).isEmpty()) {
        missing.put(name, unknown(mysql, name.databaseOr(database), name, declaration.refusals()));
      }
    }
    return missing;
  }

  /** Reads tables as {@link #read} does; leaves out those that do not exist. */
  public static Catalogue existing(
      Connection mysql, String database, Collection<Declaration> declarations) throws SQLException {
    Map<List<String>, Table> tables = new LinkedHashMap<>();
    for (Declaration declaration : declarations) {
      for (TableName name : declaration.tables()) {
        List<String> spelled = spelled(mysql, name.databaseOr(database), name.name());
        if (!spelled.isEmpty() && !tables.containsKey(spelled)) {
          tables.put(spelled, table(mysql, spelled.get(0), spelled.get(1)));
        }
      }
    }
    List<Table> last = List.copyOf(tables.values());
    while (!last.isEmpty()) {
      List<Table> next = new ArrayList<>();
      for (Table table : last) {
        for (ForeignKey key : table.foreignKeys()) {
          List<String> spelled = spelled(mysql, key.database(), key.table());
          // A table that this account cannot see is left to the planner.
          if (!spelled.isEmpty() && !tables.containsKey(spelled)) {
            next.add(table(mysql, spelled.get(0), spelled.get(1)));
            tables.put(spelled, next.get(next.size() - 1));
          }
        }
      }
      last = next;
    }
    List<String> own = strings(mysql, DATABASE, database);
    return new Catalogue(own.isEmpty() ? database : own.get(0), List.copyOf(tables.values()));
  }

  /** The refusal of texts in double quotes if they are names for the sessions of this server. */
  private static List<ViewException> quotes(Connection mysql, Declaration declaration)
      throws SQLException {
    if (declaration.doubleQuotedLine() > 0
        && strings(mysql, "SELECT @@GLOBAL.sql_mode").get(0).contains("ANSI_QUOTES")) {
      return List.of(
          declaration
              .refusals()
              .at(
                  declaration.doubleQuotedLine(),
                  "double quotes are around a name, as the server's sql_mode has ANSI_QUOTES",
                  "write 'text' in single quotes, `names` in back-ticks"));
    }
    return List.of();
  }

  /**
   * Database and table as MySQL spells them; empty if there is no such table. The columns of {@code
   * information_schema} have the collation by which the server compares names: case-sensitive only
   * with {@code lower_case_table_names=0}.
   */
  private static List<String> spelled(Connection mysql, String database, String table)
      throws SQLException {
    try (PreparedStatement statement = mysql.prepareStatement(TABLE)) {
      statement.setString(1, database);
      statement.setString(2, table);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? List.of(row.getString(1), row.getString(2)) : List.of();
      }
    }
  }

  private static ViewException unknown(
      Connection mysql, String database, TableName name, Refusals refusals) throws SQLException {
    List<String> tables = strings(mysql, TABLES, database);
    if (tables.isEmpty() && strings(mysql, DATABASE, database).isEmpty()) {
      return refusals.at(
          name.line(),
          "the database '" + database + "' of the table '" + name.name() + "' does not exist",
          Suggestion.of(
              database,
              strings(mysql, DATABASES),
              "create it, or give the account the right to SELECT from it"));
    }
    if (!strings(mysql, VIEW, database, name.name()).isEmpty()) {
      return refusals.at(
          name.line(),
          "'" + name.name() + "' is a VIEW of MySQL, whose changes are in no binlog",
          "join the tables of its query");
    }
    return FromClause.unknownTable(refusals, name, database, tables);
  }

  private static Table table(Connection mysql, String schema, String name) throws SQLException {
    List<Column> columns = new ArrayList<>();
    Set<Integer> identifying = new HashSet<>();
    try (PreparedStatement statement = mysql.prepareStatement(COLUMNS)) {
      statement.setString(1, schema);
      statement.setString(2, name);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          String type = rows.getString(2);
          String collation = rows.getString(4);
          if (rows.getString(5).equals("PRI")) {
            identifying.add(columns.size());
          }
          columns.add(
              new Column(
                  rows.getString(1),
                  MysqlTypes.valueType(type),
                  rows.getString(3).equals("YES"),
                  type,
                  collation == null ? "" : collation));
        }
      }
    }
    Table whole = new Table(schema, name, columns, List.of());
    List<ForeignKey> foreignKeys =
        logsForeignKeys(mysql) ? List.of() : ForeignKeys.of(whole, definition(mysql, whole));
    List<Integer> primaryKey =
        strings(mysql, PRIMARY_KEY, schema, name).stream().map(whole::indexOf).toList();
    List<Table.UniqueKey> uniqueKeys = uniqueKeys(mysql, whole);
    if (primaryKey.isEmpty()) {
      // MySQL takes the first UNIQUE key of NOT NULL columns for the primary key.
      primaryKey =
          uniqueKeys.stream()
              .map(Table.UniqueKey::columns)
              .filter(key -> Set.copyOf(key).equals(identifying))
              .findFirst()
              .orElse(List.of());
    } else {
      // The primary key is as good, and dropping the other loses nothing.
      uniqueKeys.removeIf(key -> Set.copyOf(key.columns()).equals(identifying));
    }
    return new Table(schema, name, columns, primaryKey, uniqueKeys, foreignKeys);
  }

  /**
   * Whether MySQL itself logs the rows that foreign keys change, as it does since 9.6 unless it was
   * started with this setting. Such keys need not be followed.
   */
  private static boolean logsForeignKeys(Connection mysql) throws SQLException {
    try (Statement statement = mysql.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SHOW GLOBAL VARIABLES LIKE 'innodb\\_native\\_foreign\\_keys'")) {
      return row.next() && row.getString(2).equals("OFF");
    }
  }

  private static List<Table.UniqueKey> uniqueKeys(Connection mysql, Table table)
      throws SQLException {
    List<Table.UniqueKey> keys = new ArrayList<>();
    for (String key : strings(mysql, UNIQUE_KEYS, table.database(), table.name())) {
      List<Integer> columns =
          strings(mysql, COLUMNS_OF_KEY, table.database(), table.name(), key).stream()
              .map(table::indexOf)
              .toList();
      if (columns.stream().noneMatch(column -> table.columns().get(column).nullable())) {
        keys.add(new Table.UniqueKey(key, columns));
      }
    }
    return keys;
  }

  /** The table's CREATE TABLE statement; empty if this account may not read the table. */
  private static String definition(Connection mysql, Table table) throws SQLException {
    try (Statement statement = mysql.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SHOW CREATE TABLE "
                    + Names.MYSQL.quoted(table.database())
                    + "."
                    + Names.MYSQL.quoted(table.name()))) {
      row.next();
      return row.getString(2);
    } catch (SQLSyntaxErrorException e) {
      // Another check says which right is missing.
      return "";
    }
  }

  private static List<String> strings(Connection mysql, String sql, String... parameters)
      throws SQLException {
    List<String> strings = new ArrayList<>();
    try (PreparedStatement statement = mysql.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          strings.add(rows.getString(1));
        }
      }
    }
    return strings;
  }
}
