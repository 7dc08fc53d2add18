package dev.freshet.flow.capture.source;

import dev.freshet.flow.binlog.Statement;
import dev.freshet.view.source.BinlogEnd;
import dev.freshet.view.sql.Names;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Asks MySQL how its tables are defined now, and which statements stand in its binlog up to now. So
 * it can be proved which definition holds behind a place of the binlog: the one of now, if no
 * statement between that place and now changes it.
 *
 * <p>Every question has a connection of its own, and waits for MySQL.
 */
final class TableDefinitions {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** For so long a definition that is being changed is waited for. */
  private static final int LOCK_WAIT_S = 10;

  private static final int PAGE = 4_000;

  /** Where the first event of a file begins. */
  private static final long FIRST_EVENT = 4;

  private static final int NO_SUCH_TABLE = 1146;
  private static final int NO_SUCH_DATABASE = 1049;
  private static final String COLUMNS =
      "SELECT COLUMN_NAME, COLUMN_TYPE, COLLATION_NAME, IS_NULLABLE, GENERATION_EXPRESSION"
          + " FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?"
          + " ORDER BY ORDINAL_POSITION";

  private final SourceOptions options;

  TableDefinitions(SourceOptions options) {
    this.options = options;
  }

  /**
   * A place in the binlog of one server.
   *
   * @param file its name
   */
  record Place(String file, long position) {
    Place {
      Objects.requireNonNull(file, "file");
    }

    /** Where a server's binlog ends. */
    static Place end(Connection mysql) throws SQLException {
      try (java.sql.Statement statement = mysql.createStatement()) {
        BinlogEnd end = BinlogEnd.ask(statement);
        return new Place(end.file(), end.position());
      }
    }
  }

  /**
   * How a table is defined.
   *
   * @param definition empty when there is no such table
   * @param end the definition has all that statements below this place did, and nothing of those
   *     behind it
   */
  record Answer(Optional<TableDefinition> definition, Place end) {}

  /**
   * Asks for a table's definition. While it is read no statement can change the table, so that what
   * is read and where the binlog ends belong together.
   */
  Answer read(Tables.Source table) throws SQLException {
    try (Connection mysql = SourceConnection.open(options, PATIENCE);
        java.sql.Statement statement = mysql.createStatement()) {
      statement.execute("SET SESSION lock_wait_timeout = " + LOCK_WAIT_S);
      statement.execute("START TRANSACTION READ ONLY");
      Optional<TableDefinition> definition;
      try {
        statement.executeQuery("SELECT 1 FROM " + quoted(table) + " LIMIT 0").close();
        definition = Optional.of(columns(mysql, table));
      } catch (SQLException e) {
        if (e.getErrorCode() != NO_SUCH_TABLE && e.getErrorCode() != NO_SUCH_DATABASE) {
          throw e;
        }
        definition = Optional.empty();
      }
      Place end = Place.end(mysql);
      statement.execute("COMMIT");
      return new Answer(definition, end);
    }
  }

  /** The table's columns at this moment, over a connection that is open. */
  static TableDefinition columns(Connection mysql, Tables.Source table) throws SQLException {
    List<TableDefinition.Definition> columns = new ArrayList<>();
    try (PreparedStatement question = mysql.prepareStatement(COLUMNS)) {
      question.setString(1, table.any().database());
      question.setString(2, table.any().name());
      try (ResultSet row = question.executeQuery()) {
        while (row.next()) {
          columns.add(
              new TableDefinition.Definition(
                  row.getString(1),
                  row.getString(2),
                  Objects.requireNonNullElse(row.getString(3), ""),
                  row.getString(4).equals("YES"),
                  Objects.requireNonNullElse(row.getString(5), "")));
        }
      }
    }
    return new TableDefinition(columns);
  }

  private static String quoted(Tables.Source table) {
    return Names.MYSQL.quoted(table.any().database())
        + "."
        + Names.MYSQL.quoted(table.any().name());
  }

  /**
   * Whether any statement between two places of the binlog is of a kind.
   *
   * @param from the first event that is looked at begins there
   * @param to no event that begins there or behind is looked at
   */
  boolean any(Place from, Place to, Predicate<Statement> kind) throws SQLException {
    try (Connection mysql = SourceConnection.open(options, PATIENCE)) {
      for (Map.Entry<String, Long> file : files(mysql, from.file(), to.file()).entrySet()) {
        String name = file.getKey();
        long begin = name.equals(from.file()) ? from.position() : FIRST_EVENT;
        long end = name.equals(to.file()) ? to.position() : file.getValue();
        if (begin < end && any(mysql, name, begin, end, kind)) {
          return true;
        }
      }
      return false;
    }
  }

  /** The files from one to another, with their sizes, in their order. */
  private static Map<String, Long> files(Connection mysql, String first, String last)
      throws SQLException {
    Map<String, Long> files = new LinkedHashMap<>();
    boolean between = false;
    try (java.sql.Statement statement = mysql.createStatement();
        ResultSet row = statement.executeQuery("SHOW BINARY LOGS")) {
      while (row.next()) {
        between |= row.getString(1).equals(first);
        if (between) {
          files.put(row.getString(1), row.getLong(2));
        }
        between &= !row.getString(1).equals(last);
      }
    }
    if (files.isEmpty()) {
      throw new SQLException(
          "MySQL no longer has the binlog file "
              + first
              + "; keep binlogs for longer (binlog_expire_logs_seconds), and submit the job anew");
    }
    return files;
  }

  private static boolean any(
      Connection mysql, String file, long begin, long end, Predicate<Statement> kind)
      throws SQLException {
    long next = begin;
    while (true) {
      int count = 0;
      try (java.sql.Statement statement = mysql.createStatement();
          ResultSet event =
              statement.executeQuery(
                  "SHOW BINLOG EVENTS IN '"
                      + file.replace("'", "''")
                      + "' FROM "
                      + next
                      + " LIMIT "
                      + PAGE)) {
        while (event.next()) {
          count++;
          next = event.getLong("End_log_pos");
          if (event.getLong("Pos") >= end) {
            return false;
          }
          if (event.getString("Event_type").equals("Query")
              && kind.test(statement(event.getString("Info")))) {
            return true;
          }
        }
      }
      if (count < PAGE) {
        return false;
      }
    }
  }

  /** MySQL shows a statement behind the database it was executed in. */
  private static Statement statement(String info) {
    int end = info.startsWith("use `") ? info.indexOf("`; ") : -1;
    while (end > 0 && info.charAt(end + 1) == '`') {
      end = info.indexOf("`; ", end + 1);
    }
    return end < 0
        ? new Statement(info, "", false, true)
        : new Statement(
            info.substring(end + 3),
            info.substring("use `".length(), end).replace("``", "`"),
            false,
            true);
  }
}
