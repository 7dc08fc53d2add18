package dev.freshet.flow.store;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.ViewFault;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;

/**
 * The table of views that can no longer follow the source, with a message each; that they are
 * invalid is said by the progress. The statements run in the caller's transaction.
 */
final class FaultsTable {
  private final String table;
  private final String job;
  private final JobPlan plan;

  FaultsTable(String schema, String job, JobPlan plan) {
    this.table = StoreSchema.quoted(schema) + ".faults";
    this.job = job;
    this.plan = plan;
  }

  static String create(String schema) {
    return "CREATE TABLE IF NOT EXISTS "
        + StoreSchema.quoted(schema)
        + ".faults (job text NOT NULL, view text NOT NULL, reason text NOT NULL,"
        + " version bigint NOT NULL, message text NOT NULL, PRIMARY KEY (job, view))";
  }

  void write(Connection connection, Collection<ViewFault> faults) throws SQLException {
    if (faults.isEmpty()) {
      return;
    }
    String sql =
        "INSERT INTO "
            + table
            + " VALUES (?, ?, ?, ?, ?) ON CONFLICT (job, view) DO UPDATE SET"
            + " reason = EXCLUDED.reason, version = EXCLUDED.version, message = EXCLUDED.message";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (ViewFault fault : faults) {
        statement.setString(1, job);
        statement.setString(2, plan.views().get(fault.view()).view());
        statement.setString(3, fault.reason().wireName());
        statement.setLong(4, fault.version());
        statement.setString(5, fault.message());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  /** A job that starts tells its own again. */
  void clear(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("DELETE FROM " + table + " WHERE job = ?")) {
      statement.setString(1, job);
      statement.executeUpdate();
    }
  }
}
