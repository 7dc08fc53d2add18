package dev.freshet.sandbox;

import dev.freshet.cli.Endpoints;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** What the store says of the job. */
final class HandedOver {
  private HandedOver() {}

  /** Whether every range of the job says so in the store. */
  static boolean in(Endpoints endpoints) {
    String url =
        "jdbc:postgresql://%s:%s/%s"
            .formatted(
                endpoints.get("POSTGRES_HOST"),
                endpoints.get("POSTGRES_PORT"),
                endpoints.get("POSTGRES_DATABASE"));
    try (Connection connection =
            DriverManager.getConnection(
                url, endpoints.get("POSTGRES_USER"), endpoints.get("POSTGRES_PASSWORD"));
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT coalesce(bool_and(handed_over), false) FROM freshet.progress")) {
      return row.next() && row.getBoolean(1);
    } catch (SQLException e) {
      // The schema is made when the job is submitted.
      return false;
    }
  }
}
