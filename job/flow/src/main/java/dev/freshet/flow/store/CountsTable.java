package dev.freshet.flow.store;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.Tally;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;

/**
 * The table of how changes ended: a row per operator, subtask and view. The statements run in the
 * caller's transaction.
 */
final class CountsTable {
  private final String table;
  private final String job;
  private final JobPlan plan;

  CountsTable(String schema, String job, JobPlan plan) {
    this.table = StoreSchema.quoted(schema) + ".counts";
    this.job = job;
    this.plan = plan;
  }

  static String create(String schema) {
    return "CREATE TABLE IF NOT EXISTS "
        + StoreSchema.quoted(schema)
        + ".counts (job text NOT NULL, operator text NOT NULL, subtask int NOT NULL,"
        + " view text NOT NULL, applied bigint NOT NULL,"
        + " superseded bigint NOT NULL, waiting bigint NOT NULL, dead bigint NOT NULL,"
        + " entries bigint NOT NULL, PRIMARY KEY (job, operator, subtask, view))";
  }

  void clear(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("DELETE FROM " + table + " WHERE job = ?")) {
      statement.setString(1, job);
      statement.executeUpdate();
    }
  }

  void write(Connection connection, Collection<Tally> tallies) throws SQLException {
    if (tallies.isEmpty()) {
      return;
    }
    String sql =
        "INSERT INTO "
            + table
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (job, operator, subtask, view)"
            + " DO UPDATE SET applied = EXCLUDED.applied,"
            + " superseded = EXCLUDED.superseded, waiting = EXCLUDED.waiting,"
            + " dead = EXCLUDED.dead, entries = EXCLUDED.entries";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (Tally tally : tallies) {
        statement.setString(1, job);
        statement.setString(2, tally.operator());
        statement.setInt(3, tally.subtask());
        statement.setString(4, plan.views().get(tally.view()).view());
        statement.setLong(5, tally.applied());
        statement.setLong(6, tally.superseded());
        statement.setLong(7, tally.waiting());
        statement.setLong(8, tally.dead());
        statement.setLong(9, tally.entries());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }
}
