package dev.freshet.cli.job;

import dev.freshet.cli.Databases;
import dev.freshet.cli.Failure;
import dev.freshet.config.Config;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Checks the version of Postgres. */
final class StoreVersion {
  private static final int LEAST = 140_000;

  private StoreVersion() {}

  /**
   * Checks the store.
   *
   * @throws Failure if it is too old or does not answer
   */
  static void require(Config.Store store) {
    try (Connection connection = Databases.postgres(store);
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT current_setting('server_version_num')::int,"
                    + " current_setting('server_version')")) {
      row.next();
      if (row.getInt(1) < LEAST) {
        throw new Failure(
            "Store %s: it is Postgres %s; use version 14 or newer"
                .formatted(store, row.getString(2)));
      }
    } catch (SQLException e) {
      throw Databases.failed("Store " + store, e);
    }
  }
}
