package dev.freshet.flow.capture.source;

import dev.freshet.flow.JobPlan;
import dev.freshet.view.Column;
import dev.freshet.view.Reason;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Determines the effect of a binlog statement on the source tables from its text alone. If a clause
 * is not understood and names a column in use, it counts as a change of that column's values.
 *
 * <p>All views over a table end if the table is replaced, if its rows disappear without row events,
 * or if a write is logged as a statement. This class reports which columns are dropped, renamed or
 * redefined. {@link TableFormats} then ends the views that use a dropped or renamed column, or a
 * redefined column whose values are not kept; see {@code ViewFault} for what happens to an ended
 * view.
 */
final class SchemaChanges {
  private static final int MOST_TEXT = 200;

  private static final String AGAIN = "build the view again: freshet cancel, then freshet submit";

  private static final String AGAIN_ELSEWHERE =
      "adapt the view to the table and build it again under another store.schema: freshet cancel,"
          + " then freshet submit";

  /** The engines that keep the rows of a table that is converted to them. */
  private static final Set<String> KEEPING =
      Set.of("INNODB", "MYISAM", "NDB", "NDBCLUSTER", "ROCKSDB", "ARCHIVE", "CSV", "MEMORY");

  private final Tables.Names tables;

  SchemaChanges(Tables.Names tables) {
    this.tables = tables;
  }

  /**
   * A statement of the binlog.
   *
   * @param sql its tokens
   * @param text its text for messages, shortened
   * @param database the default database of unqualified names
   * @param position its position in the binlog, for messages
   */
  record Statement(SqlTokens sql, String text, String database, String position) {
    Statement {
      Objects.requireNonNull(sql, "sql");
      Objects.requireNonNull(database, "database");
      Objects.requireNonNull(position, "position");
      String line = text.strip().replaceAll("\\s+", " ");
      text = line.length() <= MOST_TEXT ? line : line.substring(0, MOST_TEXT) + "…";
    }

    String printed() {
      return "'" + text + "' at " + position;
    }
  }

  /** The reason why a view can no longer be maintained. */
  record Fault(Reason reason, String message) {}

  /** Adds a fault for every view over a table that has none yet. */
  static void all(Tables.Source table, Fault fault, Map<Integer, Fault> faults) {
    for (JobPlan.Node node : table.nodes()) {
      faults.putIfAbsent(node.view(), fault);
    }
  }

  /** Returns the remedy if the rows have to be read again. */
  static String buildAgain() {
    return AGAIN;
  }

  /** Returns the remedy if the columns have changed. */
  static String buildAgainElsewhere() {
    return AGAIN_ELSEWHERE;
  }

  static String message(Tables.Source table, String what, String way) {
    return "Source table " + table.name() + ": " + what + "; " + way;
  }

  /** Returns the effects of a statement on the source tables that it names. */
  List<TableEffect> effects(Statement statement) {
    SqlTokens sql = statement.sql();
    Map<Tables.Source, TableEffect> effects = new LinkedHashMap<>();
    String changed =
        "the statement " + statement.printed() + " changed its rows without row events";
    for (Tables.Source table : emptied(sql, statement.database())) {
      effect(effects, table).fail(new Fault(Reason.SCHEMA_CHANGED, message(table, changed, AGAIN)));
    }
    for (Tables.Source table : written(sql, statement.database())) {
      String what =
          "the statement "
              + statement.printed()
              + " is in the binlog instead of the rows that it wrote";
      String way = "have all sessions write with binlog_format=ROW, then " + AGAIN;
      effect(effects, table).fail(new Fault(Reason.UNTOLD_WRITE, message(table, what, way)));
    }
    if (sql.is(0, "ALTER") && sql.is(1, "TABLE")) {
      for (Tables.Source table : sources(sql, 2, statement.database())) {
        alter(statement, table, effect(effects, table));
      }
    }
    if (sql.is(0, "DROP") && sql.is(1, "INDEX")) {
      for (Tables.Source table : sources(sql, 4, statement.database())) {
        if (sql.name(2).equalsIgnoreCase("PRIMARY") && !table.any().hasStandIn()) {
          lostKey(statement, table, effect(effects, table));
        } else if (table.nodes().stream().anyMatch(node -> relies(node, sql.name(2)))) {
          lostFollowedKey(statement, table, effect(effects, table));
        }
      }
    }
    return List.copyOf(effects.values());
  }

  private static TableEffect effect(Map<Tables.Source, TableEffect> effects, Tables.Source table) {
    return effects.computeIfAbsent(table, TableEffect::new);
  }

  /** Returns the tables that a statement empties, replaces or drops. */
  private Collection<Tables.Source> emptied(SqlTokens sql, String database) {
    List<Tables.Source> found = new ArrayList<>();
    if (sql.is(0, "TRUNCATE")) {
      found.addAll(sources(sql, sql.is(1, "TABLE") ? 2 : 1, database));
    } else if (sql.is(0, "DROP") && sql.is(1, "DATABASE", "SCHEMA")) {
      found.addAll(tables.in(sql.name(sql.is(2, "IF") ? 4 : 2)));
    } else if (sql.is(0, "DROP") && sql.is(1, "TABLE", "TABLES")) {
      sql.clauses(sql.is(2, "IF") ? 4 : 2)
          .forEach(clause -> found.addAll(sources(clause, 0, database)));
    } else if (sql.is(0, "RENAME") && sql.is(1, "TABLE", "TABLES")) {
      for (SqlTokens clause : sql.clauses(2)) {
        found.addAll(sources(clause, 0, database));
        found.addAll(namesBehind(clause, database, "TO"));
      }
    } else if (sql.is(0, "CREATE") && sql.is(1, "TABLE") && !sql.is(2, "IF")) {
      found.addAll(sources(sql, 2, database));
    } else if (sql.is(0, "ALTER") && sql.is(1, "TABLE")) {
      for (SqlTokens clause : clauses(sql)) {
        if (renamesTable(clause)) {
          found.addAll(
              sources(clause, clause.is(1, "TO", "AS") || clause.isSign(1, '=') ? 2 : 1, database));
        } else if (clause.is(0, "EXCHANGE")) {
          found.addAll(namesBehind(clause, database, "TABLE"));
        }
      }
    }
    return found;
  }

  private static boolean renamesTable(SqlTokens clause) {
    return clause.is(0, "RENAME") && !clause.is(1, "COLUMN", "INDEX", "KEY");
  }

  /** Returns the tables whose names follow a word. */
  private List<Tables.Source> namesBehind(SqlTokens sql, String database, String word) {
    List<Tables.Source> found = new ArrayList<>();
    for (int i = 0; i < sql.size(); i++) {
      if (sql.is(i, word)) {
        found.addAll(sources(sql, i + 1, database));
      }
    }
    return found;
  }

  /**
   * Returns the tables that a statement may have written although there should be row events
   * instead.
   */
  private Collection<Tables.Source> written(SqlTokens sql, String database) {
    if (sql.is(0, "INSERT", "REPLACE", "LOAD")) {
      String word = sql.is(0, "LOAD") ? "TABLE" : "INTO";
      List<Tables.Source> named = namesBehind(sql, database, word);
      return named.isEmpty() ? anywhere(sql, database, 4) : named;
    }
    if (sql.is(0, "SELECT", "DO", "CALL")) {
      // MySQL logs these statements if a function that they call has written to an unknown table.
      return tables.all();
    }
    return sql.is(0, "UPDATE", "DELETE", "WITH") ? anywhere(sql, database, sql.size()) : List.of();
  }

  private List<Tables.Source> anywhere(SqlTokens sql, String database, int end) {
    List<Tables.Source> found = new ArrayList<>();
    for (int i = 1; i < Math.min(end, sql.size()); i++) {
      found.addAll(sources(sql, i, database));
    }
    return found;
  }

  /** Returns the source table that is named at an index; empty if there is none. */
  private List<Tables.Source> sources(SqlTokens sql, int index, String database) {
    boolean qualified = sql.isSign(index + 1, '.');
    String schema = qualified ? sql.name(index) : database;
    String name = sql.name(qualified ? index + 2 : index);
    return tables.find(schema, name).map(List::of).orElse(List.of());
  }

  /** Returns the comma-separated clauses after the table name of an ALTER TABLE. */
  private static List<SqlTokens> clauses(SqlTokens alter) {
    return alter.clauses(alter.isSign(3, '.') ? 5 : 3);
  }

  private void alter(Statement statement, Tables.Source table, TableEffect effect) {
    List<SqlTokens> clauses = clauses(statement.sql());
    boolean keyTouched = false;
    List<String> key = List.of();
    boolean inList = false;
    for (SqlTokens clause : clauses) {
      if (inList && isOfList(clause)) {
        continue;
      }
      inList = clause.is(0, "ORDER") || (isOption(clause) && clause.is(1, "PARTITION"));
      if (rowsVanish(clause)) {
        String what =
            "the statement " + statement.printed() + " changed its rows without row events";
        effect.fail(new Fault(Reason.SCHEMA_CHANGED, message(table, what, AGAIN)));
      } else if (cascades(clause)) {
        String what =
            "the statement "
                + statement.printed()
                + " lets changes of other rows change its rows, for which MySQL logs no row events";
        effect.fail(new Fault(Reason.SCHEMA_CHANGED, message(table, what, AGAIN)));
      } else if (dropsActingKey(clause, table)) {
        lostFollowedKey(statement, table, effect);
      }
      columns(clause, table, effect);
      keyTouched |= touchesKey(clause);
      key = key.isEmpty() ? keyOf(clause) : key;
    }
    // A primary key that comes or goes beside the key that stands in for it changes nothing.
    if (keyTouched && !table.any().hasStandIn() && !isKey(table, key)) {
      lostKey(statement, table, effect);
    }
  }

  private static void lostKey(Statement statement, Tables.Source table, TableEffect effect) {
    String what = "the statement " + statement.printed() + " changed its primary key";
    effect.fail(new Fault(Reason.SCHEMA_CHANGED, message(table, what, AGAIN_ELSEWHERE)));
  }

  private static void lostFollowedKey(
      Statement statement, Tables.Source table, TableEffect effect) {
    String what = "the statement " + statement.printed() + " changed a key that a view relies on";
    effect.fail(new Fault(Reason.SCHEMA_CHANGED, message(table, what, AGAIN)));
  }

  private static boolean rowsVanish(SqlTokens clause) {
    return renamesTable(clause)
        || (clause.is(0, "DROP", "TRUNCATE", "EXCHANGE") && clause.is(1, "PARTITION"))
        || (clause.is(0, "DISCARD", "IMPORT") && clause.is(1, "PARTITION", "TABLESPACE"))
        || movesElsewhere(clause);
  }

  /**
   * Whether a clause moves the table to an engine that does not keep its rows. Table options need
   * no commas between them.
   */
  private static boolean movesElsewhere(SqlTokens clause) {
    for (int i = 0; isOption(clause) && i < clause.size(); i++) {
      if (clause.is(i, "ENGINE")
          && !KEEPING.contains(
              TableEffect.upper(clause.text(clause.isSign(i + 1, '=') ? i + 2 : i + 1)))) {
        return true;
      }
    }
    return false;
  }

  /** Whether a clause continues a list of columns to order by, or of partitions. */
  private static boolean isOfList(SqlTokens clause) {
    return clause.size() == 1 || clause.is(1, "ASC", "DESC", "INTO");
  }

  private static boolean isOption(SqlTokens clause) {
    return !clause.is(0, "ADD", "DROP", "MODIFY", "CHANGE", "RENAME", "ALTER", "CONVERT");
  }

  private static boolean cascades(SqlTokens clause) {
    boolean cascades = false;
    for (int i = 0; clause.is(0, "ADD", "MODIFY", "CHANGE") && i < clause.size(); i++) {
      cascades |=
          clause.is(i, "ON")
              && clause.is(i + 1, "DELETE", "UPDATE")
              && (clause.is(i + 2, "CASCADE")
                  || (clause.is(i + 2, "SET") && clause.is(i + 3, "NULL", "DEFAULT")));
    }
    return cascades;
  }

  /**
   * Whether a clause drops or renames a foreign key, or a unique key, that a node relies on. A
   * constraint may be either.
   */
  private boolean dropsActingKey(SqlTokens clause, Tables.Source table) {
    boolean renames = clause.is(0, "RENAME") && clause.is(1, "INDEX", "KEY");
    if (!renames && !clause.is(0, "DROP")) {
      return false;
    }
    String name = clause.name(clause.is(1, "FOREIGN") ? 3 : 2);
    return clause.is(1, "FOREIGN", "CONSTRAINT", "INDEX", "KEY")
        && table.nodes().stream().anyMatch(node -> relies(node, name));
  }

  private boolean relies(JobPlan.Node node, String key) {
    return node.plan().table().uniqueKeys().stream().anyMatch(k -> k.name().equalsIgnoreCase(key))
        || tables.all().stream()
            .flatMap(source -> source.nodes().stream())
            .filter(child -> child.parent() == node.id() && !child.plan().isShown())
            .anyMatch(child -> child.plan().action().foreignKey().equalsIgnoreCase(key));
  }

  private static boolean touchesKey(SqlTokens clause) {
    if (clause.is(0, "DROP")) {
      return clause.is(1, "PRIMARY")
          || (clause.is(1, "INDEX", "KEY", "CONSTRAINT")
              && clause.name(2).equalsIgnoreCase("PRIMARY"));
    }
    return clause.is(0, "ADD", "MODIFY", "CHANGE") && clause.has("PRIMARY");
  }

  /** Returns the columns of an ADD PRIMARY KEY; empty for all other clauses. */
  private static List<String> keyOf(SqlTokens clause) {
    List<String> columns = new ArrayList<>();
    for (int i = 0; clause.is(0, "ADD") && i < clause.size(); i++) {
      if (clause.is(i, "PRIMARY") && clause.is(i + 1, "KEY")) {
        int at = i + 2;
        while (at < clause.size() && !clause.isSign(at, '(')) {
          at++;
        }
        for (SqlTokens part : clause.inBrackets(at)) {
          columns.add(part.name(0));
        }
      }
    }
    return columns;
  }

  private static boolean isKey(Tables.Source table, List<String> columns) {
    List<Column> all = table.any().columns();
    List<Integer> key = table.any().primaryKey();
    boolean same = key.size() == columns.size();
    for (int i = 0; same && i < columns.size(); i++) {
      same = all.get(key.get(i)).name().equalsIgnoreCase(columns.get(i));
    }
    return same;
  }

  /** Adds the effect of a clause on columns. */
  private static void columns(SqlTokens clause, Tables.Source table, TableEffect effect) {
    int at = afterTable(clause, clause.is(1, "COLUMN") ? 2 : 1);
    if (clause.is(0, "ADD")) {
      if (at == 1
          && clause.is(
              1,
              "INDEX",
              "KEY",
              "UNIQUE",
              "PRIMARY",
              "FULLTEXT",
              "SPATIAL",
              "CONSTRAINT",
              "FOREIGN",
              "CHECK",
              "PARTITION")) {
        return;
      }
      List<SqlTokens> added =
          clause.isSign(at, '(') ? clause.inBrackets(at) : List.of(clause.from(at));
      effect.reshape();
      added.forEach(column -> effect.touch(column.name(0), "added"));
    } else if (clause.is(0, "DROP")) {
      if (clause.is(1, "COLUMN")
          || !clause.is(
              1, "INDEX", "KEY", "PRIMARY", "FOREIGN", "CHECK", "CONSTRAINT", "PARTITION")) {
        effect.touch(clause.name(at), "dropped");
      }
    } else if (clause.is(0, "RENAME") && clause.is(1, "COLUMN")) {
      effect.touch(clause.name(2), "renamed");
      effect.touch(clause.name(4), "renamed");
    } else if (clause.is(0, "CHANGE")) {
      if (clause.name(at).equalsIgnoreCase(clause.name(at + 1))) {
        effect.redefine(clause.name(at));
      } else {
        effect.touch(clause.name(at), "renamed");
        effect.touch(clause.name(at + 1), "renamed");
      }
    } else if (clause.is(0, "MODIFY")) {
      effect.redefine(clause.name(at));
    } else if (clause.is(0, "CONVERT")) {
      effect.convert();
    } else if (clause.size() > 0 && !isHarmless(clause)) {
      effect.reshape();
      for (JobPlan.Node node : table.nodes()) {
        for (Column column : node.plan().table().columns()) {
          if (clause.mentions(column.name())) {
            effect.touch(column.name(), "may have changed");
          }
        }
      }
    }
  }

  /** Returns the index of a column's own name, which table and schema names may precede. */
  private static int afterTable(SqlTokens clause, int index) {
    return clause.isSign(index + 1, '.') ? afterTable(clause, index + 2) : index;
  }

  /**
   * Whether a clause or option of MySQL 8.0 to 9.7 changes neither values nor columns nor their
   * order.
   */
  private static boolean isHarmless(SqlTokens clause) {
    return clause.is(
        0,
        "ALGORITHM",
        "ALTER",
        "ANALYZE",
        "AUTO_INCREMENT",
        "AUTOEXTEND_SIZE",
        "AVG_ROW_LENGTH",
        "CHARACTER",
        "CHARSET",
        "CHECK",
        "CHECKSUM",
        "COALESCE",
        "COLLATE",
        "COMMENT",
        "COMPRESSION",
        "CONNECTION",
        "DATA",
        "DEFAULT",
        "DELAY_KEY_WRITE",
        "DISABLE",
        "DISCARD",
        "ENABLE",
        "ENCRYPTION",
        "ENGINE",
        "ENGINE_ATTRIBUTE",
        "EXCHANGE",
        "FORCE",
        "IMPORT",
        "INDEX",
        "INSERT_METHOD",
        "KEY_BLOCK_SIZE",
        "LOCK",
        "MAX_ROWS",
        "MIN_ROWS",
        "OPTIMIZE",
        "ORDER",
        "PACK_KEYS",
        "PARTITION",
        "PASSWORD",
        "REBUILD",
        "REMOVE",
        "RENAME",
        "REORGANIZE",
        "REPAIR",
        "ROW_FORMAT",
        "SECONDARY_ENGINE",
        "SECONDARY_ENGINE_ATTRIBUTE",
        "SECONDARY_LOAD",
        "SECONDARY_UNLOAD",
        "START",
        "STATS_AUTO_RECALC",
        "STATS_PERSISTENT",
        "STATS_SAMPLE_PAGES",
        "STORAGE",
        "TABLESPACE",
        "TRUNCATE",
        "UNION",
        "UPGRADE",
        "WITH",
        "WITHOUT");
  }
}
