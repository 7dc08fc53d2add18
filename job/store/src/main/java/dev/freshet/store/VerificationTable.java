package dev.freshet.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The table {@code verification}: the results of comparing views with MySQL, a row for each view
 * that was ever compared.
 *
 * <p>Columns: {@code view}; {@code at}, the time of the last comparison; how often a comparison of
 * a key had the result {@code verified}, {@code inconclusive}, {@code mismatched} or {@code
 * not_served}; {@code open}, the keys whose last conclusive result is a mismatch, written as in a
 * reader's URL, at most {@value #MOST_OPEN}.
 */
public final class VerificationTable {
  /** The maximum number of mismatched keys that are listed for a view. */
  public static final int MOST_OPEN = 1000;

  private final String table;

  public VerificationTable(String schema) {
    this.table = StoreTables.table(schema, "verification");
  }

  /** Creates the table if it does not exist. */
  public String create() {
    return "CREATE TABLE IF NOT EXISTS "
        + table
        + " (view text PRIMARY KEY, at timestamptz NOT NULL, verified bigint NOT NULL,"
        + " inconclusive bigint NOT NULL, mismatched bigint NOT NULL, not_served bigint NOT NULL,"
        + " open text[] NOT NULL DEFAULT '{}')";
  }

  /**
   * The results of all comparisons of a view's keys with MySQL since the store was created.
   *
   * @param at the time of the last comparison
   * @param open the keys whose last conclusive result is a mismatch, at most {@value #MOST_OPEN}
   */
  public record Result(
      Instant at,
      long verified,
      long inconclusive,
      long mismatched,
      long notServed,
      List<String> open) {
    public Result {
      open = List.copyOf(open);
    }
  }

  /**
   * Adds the results of comparing some keys of a view.
   *
   * @param counts the numbers of results, and in {@code open} the mismatched keys; {@code at} is
   *     ignored
   * @param closed the verified keys, which are no longer open
   */
  public void add(Connection connection, String view, Result counts, Collection<String> closed)
      throws SQLException {
    String sql =
        "INSERT INTO "
            + table
            + " AS v (view, at, verified, inconclusive, mismatched, not_served, open)"
            + " VALUES (?, now(), ?, ?, ?, ?, ?) ON CONFLICT (view) DO UPDATE SET at = now(),"
            + " verified = v.verified + EXCLUDED.verified,"
            + " inconclusive = v.inconclusive + EXCLUDED.inconclusive,"
            + " mismatched = v.mismatched + EXCLUDED.mismatched,"
            + " not_served = v.not_served + EXCLUDED.not_served,"
            + " open = ARRAY(SELECT unnest(v.open) EXCEPT SELECT unnest(?::text[])"
            + " UNION SELECT unnest(EXCLUDED.open) ORDER BY 1 LIMIT "
            + MOST_OPEN
            + ")";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, view);
      statement.setLong(2, counts.verified());
      statement.setLong(3, counts.inconclusive());
      statement.setLong(4, counts.mismatched());
      statement.setLong(5, counts.notServed());
      statement.setArray(6, connection.createArrayOf("text", counts.open().toArray()));
      statement.setArray(7, connection.createArrayOf("text", closed.toArray()));
      statement.executeUpdate();
    }
  }

  /** Reads the results of all views that were ever compared, keyed by view. */
  public Map<String, Result> read(Connection connection) throws SQLException {
    Map<String, Result> results = new TreeMap<>();
    String sql =
        "SELECT view, at, verified, inconclusive, mismatched, not_served, open FROM " + table;
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        results.put(
            row.getString(1),
            new Result(
                row.getObject(2, OffsetDateTime.class).toInstant(),
                row.getLong(3),
                row.getLong(4),
                row.getLong(5),
                row.getLong(6),
                List.of((String[]) row.getArray(7).getArray())));
      }
    }
    return results;
  }
}
