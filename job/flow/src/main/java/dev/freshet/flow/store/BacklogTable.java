package dev.freshet.flow.store;

import dev.freshet.flow.log.Backlog;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;

/**
 * The table of what waits to be tried again: a row per job, with the time at which the row that
 * waits longest failed. The statement runs in the caller's transaction.
 */
final class BacklogTable {
  private final String table;
  private final String job;

  BacklogTable(String schema, String job) {
    this.table = StoreSchema.quoted(schema) + ".backlog";
    this.job = job;
  }

  static String create(String schema) {
    return "CREATE TABLE IF NOT EXISTS "
        + StoreSchema.quoted(schema)
        + ".backlog (job text PRIMARY KEY, waiting int NOT NULL, oldest timestamptz)";
  }

  void write(Connection connection, Backlog backlog) throws SQLException {
    String sql =
        "INSERT INTO "
            + table
            + " VALUES (?, ?, ?) ON CONFLICT (job) DO UPDATE SET waiting = EXCLUDED.waiting,"
            + " oldest = EXCLUDED.oldest";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, job);
      statement.setInt(2, backlog.waiting());
      statement.setObject(
          3,
          backlog.waiting() == 0
              ? null
              : Instant.ofEpochMilli(backlog.oldest()).atOffset(ZoneOffset.UTC));
      statement.executeUpdate();
    }
  }
}
