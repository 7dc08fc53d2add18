package dev.freshet.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The table {@code rebuilds}: a row for each view that is to be rebuilt from the job's state. A
 * writer requests a rebuild if the store lost commits, an operator requests it by a command.
 * Capture starts the rebuild, and removes the row when it is complete. The statements run in the
 * caller's transaction.
 */
public final class RebuildsTable {
  /** The reason of a rebuild because the store lost commits. */
  public static final String STORE_LOST = "store-lost";

  /** The reason of a rebuild that an operator requested. */
  public static final String ASKED = "rebuilding";

  private final String table;
  private final String progress;

  /** Names the table; neither it nor its schema need exist. */
  public RebuildsTable(String schema) {
    this.table = StoreTables.table(schema, "rebuilds");
    this.progress = StoreTables.table(schema, "progress");
  }

  /**
   * A view's rebuild.
   *
   * @param reason {@link #STORE_LOST} or {@link #ASKED}
   * @param sent rows of the view's root table whose entries the nodes have sent again
   * @param total rows of the root table when the rebuild began; 0 before that
   * @param lostFrom the version that the job had committed; empty when nothing was lost
   * @param lostTo the version that the store still had; empty when it had none, or nothing was lost
   */
  public record Rebuild(
      String view,
      String reason,
      Instant askedAt,
      Optional<Instant> beganAt,
      long sent,
      long total,
      OptionalLong lostFrom,
      OptionalLong lostTo) {}

  /** Creates the table if it does not exist. */
  public String create() {
    return "CREATE TABLE IF NOT EXISTS "
        + table
        + " (job text NOT NULL, view text NOT NULL, reason text NOT NULL,"
        + " asked_at timestamptz NOT NULL DEFAULT now(), began_at timestamptz,"
        + " sent bigint NOT NULL DEFAULT 0, total bigint NOT NULL DEFAULT 0,"
        + " lost_from bigint, lost_to bigint, PRIMARY KEY (job, view))";
  }

  /**
   * Requests the rebuild of views. A view whose rebuild is already requested keeps that request.
   */
  public void ask(Connection connection, String job, Collection<String> views) throws SQLException {
    ask(connection, job, views, ASKED, OptionalLong.empty(), OptionalLong.empty());
  }

  /**
   * Requests the rebuild of views because the store lost commits.
   *
   * @param from the version that the job had committed
   * @param to the version that the store has; empty when it has none
   */
  public void askForLost(
      Connection connection, String job, Collection<String> views, long from, OptionalLong to)
      throws SQLException {
    ask(connection, job, views, STORE_LOST, OptionalLong.of(from), to);
  }

  private void ask(
      Connection connection,
      String job,
      Collection<String> views,
      String reason,
      OptionalLong from,
      OptionalLong to)
      throws SQLException {
    String sql =
        "INSERT INTO "
            + table
            + " AS r (job, view, reason, lost_from, lost_to) VALUES (?, ?, ?, ?, ?)"
            + " ON CONFLICT (job, view) DO UPDATE SET"
            + " reason = CASE WHEN EXCLUDED.lost_from IS NULL THEN r.reason ELSE EXCLUDED.reason"
            + " END, lost_from = greatest(r.lost_from, EXCLUDED.lost_from),"
            + " lost_to = least(r.lost_to, EXCLUDED.lost_to)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (String view : views.stream().sorted().toList()) {
        statement.setString(1, job);
        statement.setString(2, view);
        statement.setString(3, reason);
        statement.setObject(4, from.isPresent() ? from.getAsLong() : null, java.sql.Types.BIGINT);
        statement.setObject(5, to.isPresent() ? to.getAsLong() : null, java.sql.Types.BIGINT);
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  /**
   * Records how many rows a rebuild has sent. The first call, and a call with a {@code total} of 0,
   * also sets the time at which the rebuild began.
   */
  public void progressed(
      Connection connection, String job, Collection<String> views, long sent, long total)
      throws SQLException {
    String sql =
        "UPDATE "
            + table
            + " SET sent = ?, total = ?,"
            + " began_at = CASE WHEN ? = 0 THEN now() ELSE coalesce(began_at, now()) END"
            + " WHERE job = ? AND view = ANY (?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, sent);
      statement.setLong(2, total);
      statement.setLong(3, total);
      statement.setString(4, job);
      statement.setArray(5, connection.createArrayOf("text", views.toArray()));
      statement.executeUpdate();
    }
  }

  /**
   * Whether all ranges of a job have completed a rebuild.
   *
   * @param rebuild the version of the rebuild
   */
  public boolean isDone(Connection connection, String job, long rebuild) throws SQLException {
    String sql =
        "SELECT coalesce(bool_and(rebuilt = ?), false) FROM " + progress + " WHERE job = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, rebuild);
      statement.setString(2, job);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }

  /** Removes the rebuilds that began and are complete: every range serves their views again. */
  public void removeDone(Connection connection, String job) throws SQLException {
    String sql =
        "DELETE FROM "
            + table
            + " r WHERE job = ? AND began_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
            + progress
            + " p WHERE p.job = r.job AND r.view = ANY (p.rebuilding))";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, job);
      statement.executeUpdate();
    }
  }

  /** Reads the rebuilds of a job that are not complete, sorted by view. */
  public List<Rebuild> open(Connection connection, String job) throws SQLException {
    String sql =
        "SELECT view, reason, asked_at, began_at, sent, total, lost_from, lost_to FROM "
            + table
            + " WHERE job = ? ORDER BY view";
    List<Rebuild> open = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, job);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          open.add(
              new Rebuild(
                  row.getString(1),
                  row.getString(2),
                  row.getObject(3, OffsetDateTime.class).toInstant(),
                  Optional.ofNullable(row.getObject(4, OffsetDateTime.class))
                      .map(OffsetDateTime::toInstant),
                  row.getLong(5),
                  row.getLong(6),
                  number(row, 7),
                  number(row, 8)));
        }
      }
    }
    return open;
  }

  private static OptionalLong number(ResultSet row, int column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
  }
}
