package dev.freshet.cli.explain;

import dev.freshet.cli.Failure;
import dev.freshet.servers.MySqlAccount;
import dev.freshet.servers.MySqlServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs a user's SQL script in the source, with the application's account. */
public final class SourceScript {
  private static final int TABLE_EXISTS = 1050;

  /** A statement that creates a database, with its name and its options. */
  private static final Pattern CREATE =
      Pattern.compile(
          "^\\s*CREATE\\s+(?:DATABASE|SCHEMA)\\s+"
              + "(?:/\\*!\\d+\\s+IF\\s+NOT\\s+EXISTS\\s*\\*/\\s*|IF\\s+NOT\\s+EXISTS\\s+)?"
              + "`?([\\w$]+)`?\\s*([^;]*);",
          Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);

  private static final Pattern DROP =
      Pattern.compile(
          "^\\s*DROP\\s+(?:DATABASE|SCHEMA)\\s+(?:IF\\s+EXISTS\\s+)?`?([\\w$]+)`?\\s*;",
          Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);

  private static final Pattern USE =
      Pattern.compile(
          "^\\s*USE\\s+`?([\\w$]+)`?\\s*;", Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);

  private static final Pattern FIRST_TABLE =
      Pattern.compile("^\\s*CREATE\\s+TABLE\\b", Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);

  private SourceScript() {}

  /**
   * Runs all statements of a file. If it creates and uses one database before its first table, as
   * dumps do, that database is the one of the server.
   *
   * @param exists the remedy to print if the script creates a table that exists already
   * @throws Failure with MySQL's message if a statement fails; the statements before it have been
   *     executed
   */
  public static void run(MySqlServer server, Path script, String exists) {
    String sql;
    try {
      sql = inOneDatabase(Files.readString(script));
    } catch (IOException e) {
      throw new Failure(
          "Source script " + script + ": it cannot be read; give another with --source-sql", e);
    }
    try (Connection connection =
            DriverManager.getConnection(
                server.jdbcUrl() + "&allowMultiQueries=true",
                MySqlAccount.APPLICATION.user(),
                server.password(MySqlAccount.APPLICATION));
        Statement statement = connection.createStatement()) {
      boolean result = statement.execute(sql);
      while (result || statement.getUpdateCount() >= 0) {
        result = statement.getMoreResults();
      }
    } catch (SQLException e) {
      String remedy = e.getErrorCode() == TABLE_EXISTS ? exists : "correct it and start again";
      throw new Failure("Source script " + script + ": " + Failure.line(e) + "; " + remedy, e);
    }
  }

  /**
   * The script without the statements that create, drop and use its database; the database's
   * options are given to the current one. The script itself if it names several.
   */
  static String inOneDatabase(String sql) {
    Matcher table = FIRST_TABLE.matcher(sql);
    int end = table.find() ? table.start() : sql.length();
    String head = sql.substring(0, end);
    Set<String> names = new HashSet<>();
    for (Pattern pattern : List.of(CREATE, DROP, USE)) {
      pattern.matcher(head).results().forEach(found -> names.add(found.group(1)));
    }
    if (names.size() != 1 || USE.matcher(sql.substring(end)).find()) {
      return sql;
    }
    String left = CREATE.matcher(head).replaceAll(SourceScript::options);
    for (Pattern pattern : List.of(DROP, USE)) {
      left = pattern.matcher(left).replaceAll("");
    }
    return left + sql.substring(end);
  }

  private static String options(MatchResult created) {
    return created.group(2).isBlank()
        ? ""
        : Matcher.quoteReplacement("\nALTER DATABASE " + created.group(2) + ";");
  }
}
