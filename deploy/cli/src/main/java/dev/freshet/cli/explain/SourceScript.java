package dev.freshet.cli.explain;

import dev.freshet.cli.Failure;
import dev.freshet.servers.MySqlAccount;
import dev.freshet.servers.MySqlServer;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A user's SQL script, such as a dump, that is run in the source with the application's account.
 * Triggers, procedures, functions and events are left out: they make no tables, and creating them
 * takes an administrator's rights.
 */
public final class SourceScript {
  private static final Set<String> OF_MYSQL =
      Set.of("mysql", "information_schema", "performance_schema", "sys");

  private static final int DATABASE_DENIED = 1044;
  private static final int DATABASE_UNKNOWN = 1049;
  private static final int TABLE_EXISTS = 1050;
  private static final int TABLE_DENIED = 1142;
  private static final int RIGHT_LACKS = 1227;
  private static final int ROUTINE_UNKNOWN = 1305;

  private final Path file;
  private final List<ScriptStatement> statements = new ArrayList<>();
  private final List<String> leftOut = new ArrayList<>();
  private final Set<String> databases = new LinkedHashSet<>();

  private SourceScript(Path file, String sql) {
    this.file = file;
    for (ScriptStatement statement : ScriptStatement.of(sql)) {
      Optional<String> routine = statement.routine();
      if (routine.isEmpty()) {
        statements.add(statement);
      } else if (!isDropped(statement)) {
        leftOut.add(routine.get() + " (line " + statement.line() + ")");
      }
      statement.created().or(statement::used).ifPresent(databases::add);
    }
    databases.removeIf(name -> OF_MYSQL.contains(name.toLowerCase(Locale.ROOT)));
  }

  private static boolean isDropped(ScriptStatement statement) {
    return statement.code().strip().regionMatches(true, 0, "DROP", 0, 4);
  }

  /**
   * Reads a script.
   *
   * @throws Failure if it cannot be read
   */
  public static SourceScript read(Path file) {
    try {
      return of(file, Files.readString(file));
    } catch (CharacterCodingException e) {
      throw new Failure("Source script " + file + ": it is not UTF-8; save it as UTF-8", e);
    } catch (IOException e) {
      throw new Failure(
          "Source script " + file + ": it cannot be read; give another with --source-sql", e);
    }
  }

  static SourceScript of(Path file, String sql) {
    return new SourceScript(file, sql);
  }

  /** What is left out of the script, in one line; empty if it is run as a whole. */
  public Optional<String> note() {
    return leftOut.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "Source script %s: left out %s; if they write rows, write these in the script"
                .formatted(file, String.join(", ", leftOut)));
  }

  /** The databases that the script creates or uses, in its order, without those of MySQL. */
  List<String> databases() {
    return List.copyOf(databases);
  }

  /**
   * Runs the script in the configured database of a server. If it creates, drops and uses one
   * database, that database is the one of the server.
   *
   * @param exists the remedy to print if the script creates a table that exists already
   * @throws Failure with MySQL's message if a statement fails, and all before it were executed; or
   *     if the script has several databases, and nothing was executed
   */
  public void runInOneDatabase(MySqlServer server, String exists) {
    String own = server.config().database();
    if (databases.size() > 1) {
      throw new Failure(
          "Source script %s: it has the databases %s; give one with the tables of one database, all of which are created in '%s'"
              .formatted(file, String.join(", ", databases), own));
    }
    run(
        server,
        Optional.of(own),
        exists,
        "leave out the names of databases; the script's tables are created in '" + own + "'");
  }

  /**
   * Runs the script with the databases that it names.
   *
   * @return the database that is in use at the end
   * @throws Failure with MySQL's message if a statement fails; all before it were executed
   */
  String run(MySqlServer server) {
    for (String database : databases) {
      try {
        if (!database.equals(server.config().database())) {
          server.createDatabase(database);
        }
      } catch (SQLException e) {
        throw new Failure(
            "Source script %s: the database '%s' cannot be created: %s; correct its name"
                .formatted(file, database, Failure.line(e)),
            e);
      }
    }
    return run(
        server,
        Optional.empty(),
        "the script creates it twice; correct the script",
        "write CREATE DATABASE with its name in front");
  }

  private String run(MySqlServer server, Optional<String> own, String exists, String foreign) {
    try (Connection connection = server.connect(MySqlAccount.APPLICATION);
        Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      for (ScriptStatement each : statements) {
        Optional<String> sql = executed(each, own);
        if (sql.isPresent()) {
          execute(statement, each, sql.get(), exists, foreign);
        }
      }
      try (ResultSet row = statement.executeQuery("SELECT DATABASE()")) {
        row.next();
        return row.getString(1);
      }
    } catch (SQLException e) {
      throw new Failure("Source script " + file + ": " + Failure.line(e) + "; start again", e);
    }
  }

  /**
   * The SQL of all statements that are executed.
   *
   * @param own the database that stands for that of the script; empty to take those of the script
   */
  List<String> executed(Optional<String> own) {
    return statements.stream().flatMap(each -> executed(each, own).stream()).toList();
  }

  /** The SQL that is executed for a statement; the databases exist already. */
  private static Optional<String> executed(ScriptStatement statement, Optional<String> own) {
    if (statement.created().isPresent()) {
      return Optional.of(statement.options())
          .filter(options -> !options.isEmpty())
          .map(options -> alter(own.or(statement::created).get(), options));
    }
    boolean skipped =
        statement.dropped().isPresent() || (own.isPresent() && statement.used().isPresent());
    return skipped ? Optional.empty() : Optional.of(statement.text());
  }

  private static String alter(String database, String options) {
    return "ALTER DATABASE `" + database + "` " + options;
  }

  private void execute(
      Statement statement, ScriptStatement each, String sql, String exists, String foreign) {
    try {
      statement.execute(sql);
    } catch (SQLException e) {
      String remedy =
          switch (e.getErrorCode()) {
            case TABLE_EXISTS -> exists;
            case DATABASE_DENIED, DATABASE_UNKNOWN, TABLE_DENIED -> foreign;
            case RIGHT_LACKS -> "leave out the statement, or its DEFINER";
            case ROUTINE_UNKNOWN -> "leave it out; procedures and functions are left out as well";
            default -> "correct it and start again";
          };
      throw new Failure(
          "Source script %s: %s (line %d); %s"
              .formatted(file, Failure.line(e), each.line(), remedy),
          e);
    }
  }
}
