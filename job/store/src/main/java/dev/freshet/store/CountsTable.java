package dev.freshet.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * The table {@code counts}: {@link ChangeCounts} per job, operator, subtask and view. The
 * statements run in the caller's transaction.
 */
public final class CountsTable {
  private final String table;

  public CountsTable(String schema) {
    this.table = StoreTables.table(schema, "counts");
  }

  /** The counts of one view in one subtask of an operator. */
  public record Row(String operator, int subtask, String view, ChangeCounts counts) {}

  String create() {
    return "CREATE TABLE IF NOT EXISTS "
        + table
        + " (job text NOT NULL, operator text NOT NULL, subtask int NOT NULL,"
        + " view text NOT NULL, applied bigint NOT NULL,"
        + " superseded bigint NOT NULL, waiting bigint NOT NULL, dead bigint NOT NULL,"
        + " entries bigint NOT NULL, PRIMARY KEY (job, operator, subtask, view))";
  }

  /**
   * Removes the rows of a job. The operators of a new attempt write theirs again, from their state.
   */
  public void clear(Connection connection, String job) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("DELETE FROM " + table + " WHERE job = ?")) {
      statement.setString(1, job);
      statement.executeUpdate();
    }
  }

  public void write(Connection connection, String job, Collection<Row> rows) throws SQLException {
    if (rows.isEmpty()) {
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
      for (Row row : rows) {
        statement.setString(1, job);
        statement.setString(2, row.operator());
        statement.setInt(3, row.subtask());
        statement.setString(4, row.view());
        statement.setLong(5, row.counts().applied());
        statement.setLong(6, row.counts().superseded());
        statement.setLong(7, row.counts().waiting());
        statement.setLong(8, row.counts().dead());
        statement.setLong(9, row.counts().entries());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  /** Adds up the counts of all operators and subtasks of a job; keyed by view. */
  public Map<String, ChangeCounts> sums(Connection connection, String job) throws SQLException {
    String sql =
        "SELECT view, sum(applied), sum(superseded), sum(waiting), sum(dead), sum(entries) FROM "
            + table
            + " WHERE job = ? GROUP BY view";
    Map<String, ChangeCounts> sums = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, job);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          sums.put(
              row.getString(1),
              new ChangeCounts(
                  row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5), row.getLong(6)));
        }
      }
    }
    return sums;
  }
}
