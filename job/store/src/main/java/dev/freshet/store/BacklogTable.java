package dev.freshet.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * The table {@code backlog}: for each job, how many failed source rows wait for a retry. The
 * statements run in the caller's transaction.
 */
public final class BacklogTable {
  private final String table;

  public BacklogTable(String schema) {
    this.table = StoreTables.table(schema, "backlog");
  }

  /**
   * How many source rows of a job wait for a retry.
   *
   * @param waiting the number of rows
   * @param oldest when the longest waiting row failed; empty when no row waits
   */
  public record Waiting(int waiting, Optional<Instant> oldest) {}

  String create() {
    return "CREATE TABLE IF NOT EXISTS "
        + table
        + " (job text PRIMARY KEY, waiting int NOT NULL, oldest timestamptz)";
  }

  public void write(Connection connection, String job, Waiting waiting) throws SQLException {
    String sql =
        "INSERT INTO "
            + table
            + " VALUES (?, ?, ?) ON CONFLICT (job) DO UPDATE SET waiting = EXCLUDED.waiting,"
            + " oldest = EXCLUDED.oldest";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, job);
      statement.setInt(2, waiting.waiting());
      statement.setObject(
          3, waiting.oldest().map(oldest -> oldest.atOffset(ZoneOffset.UTC)).orElse(null));
      statement.executeUpdate();
    }
  }

  /** Reads a job's backlog; empty before the job has written one. */
  public Optional<Waiting> read(Connection connection, String job) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT waiting, oldest FROM " + table + " WHERE job = ?")) {
      statement.setString(1, job);
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(
                new Waiting(
                    row.getInt(1),
                    Optional.ofNullable(row.getObject(2, OffsetDateTime.class))
                        .map(OffsetDateTime::toInstant)))
            : Optional.empty();
      }
    }
  }
}
