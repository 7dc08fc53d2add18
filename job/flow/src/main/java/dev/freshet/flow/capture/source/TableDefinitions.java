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
 * Reads the current definitions of MySQL's tables, and the statements in its binlog. Together they
 * prove the definition at a binlog position: it is the current one if no statement since that
 * position changes it.
 *
 * <p>Each method opens its own connection and blocks until MySQL answers, for at most {@link
 * #PATIENCE} a query.
 */
final class TableDefinitions {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** How long to wait, in seconds, for an ALTER TABLE that is running. */
  private static final int LOCK_WAIT_S = 10;

  private static final int PAGE = 4_000;

  /** The offset of a file's first event. */
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
   * A position in the binlog of one server.
   *
   * @param file the name of the binlog file
   * @param position the offset in the file, in bytes
   */
  record Position(String file, long position) {
    Position {
      Objects.requireNonNull(file, "file");
    }

    /** Reads the end of a server's binlog. */
    static Position end(Connection mysql) throws SQLException {
      try (java.sql.Statement statement = mysql.createStatement()) {
        BinlogEnd end = BinlogEnd.ask(statement);
        return new Position(end.file(), end.position());
      }
    }
  }

  /**
   * The definition of a table at the end of the binlog.
   *
   * @param definition empty if there is no such table
   * @param end the definition contains the effects of exactly the statements before this position
   */
  record Answer(Optional<TableDefinition> definition, Position end) {}

  /**
   * Reads a table's definition. A metadata lock keeps statements from changing the table until the
   * end of the binlog is read, so that both are consistent.
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
      Position end = Position.end(mysql);
      statement.execute("COMMIT");
      return new Answer(definition, end);
    }
  }

  /** Reads a table's current columns over an open connection. */
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
   * Whether any statement between two positions of the binlog matches.
   *
   * @param from where to start, inclusive
   * @param to where to stop, exclusive
   */
  boolean any(Position from, Position to, Predicate<Statement> kind) throws SQLException {
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

  /** Returns the binlog files from the first to the last, in order, with their sizes in bytes. */
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
              + "; keep binlogs for longer (binlog_expire_logs_seconds), and submit the job again");
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

  /**
   * Parses a statement as SHOW BINLOG EVENTS shows it: after the database in which it was executed.
   */
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
