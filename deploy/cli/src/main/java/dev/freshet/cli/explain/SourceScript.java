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

/** Runs a user's SQL script in the source, with the application's account. */
public final class SourceScript {
  private static final int TABLE_EXISTS = 1050;

  private SourceScript() {}

  /**
   * Runs all statements of a file.
   *
   * @param exists the remedy to print if the script creates a table that exists already
   * @throws Failure with MySQL's message if a statement fails; the statements before it have been
   *     executed
   */
  public static void run(MySqlServer server, Path script, String exists) {
    String sql;
    try {
      sql = Files.readString(script);
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
}
