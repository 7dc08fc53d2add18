package dev.freshet.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * The table {@code faults}: why a job can no longer maintain some of its views. Which key groups no
 * longer serve them is in {@link ProgressTable}. The statements run in the caller's transaction.
 */
public final class FaultsTable {
  private final String table;

  public FaultsTable(String schema) {
    this.table = StoreTables.table(schema, "faults");
  }

  /**
   * Why a view can no longer be maintained.
   *
   * @param view the view's name
   * @param reason the wire name of the {@link dev.freshet.view.Reason}
   * @param version the binlog position from which on the view cannot be maintained
   * @param message says what happened, where, and what to do
   */
  public record Fault(String view, String reason, long version, String message) {}

  String create() {
    return "CREATE TABLE IF NOT EXISTS "
        + table
        + " (job text NOT NULL, view text NOT NULL, reason text NOT NULL,"
        + " version bigint NOT NULL, message text NOT NULL, PRIMARY KEY (job, view))";
  }

  public void write(Connection connection, String job, Collection<Fault> faults)
      throws SQLException {
    if (faults.isEmpty()) {
      return;
    }
    String sql =
        "INSERT INTO "
            + table
            + " VALUES (?, ?, ?, ?, ?) ON CONFLICT (job, view) DO UPDATE SET"
            + " reason = EXCLUDED.reason, version = EXCLUDED.version, message = EXCLUDED.message";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (Fault fault : faults) {
        statement.setString(1, job);
        statement.setString(2, fault.view());
        statement.setString(3, fault.reason());
        statement.setLong(4, fault.version());
        statement.setString(5, fault.message());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  /** Reads the faults of a job, keyed by view. */
  public Map<String, Fault> read(Connection connection, String job) throws SQLException {
    Map<String, Fault> faults = new TreeMap<>();
    String sql = "SELECT view, reason, version, message FROM " + table + " WHERE job = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, job);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          Fault fault =
              new Fault(row.getString(1), row.getString(2), row.getLong(3), row.getString(4));
          faults.put(fault.view(), fault);
        }
      }
    }
    return faults;
  }

  /** Removes the faults of a job; a job that starts writes its faults again. */
  public void clear(Connection connection, String job) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("DELETE FROM " + table + " WHERE job = ?")) {
      statement.setString(1, job);
      statement.executeUpdate();
    }
  }
}
