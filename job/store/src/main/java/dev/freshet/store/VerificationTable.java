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
 * The store's table of what came of comparing projections with MySQL: a row for each view that was
 * ever verified.
 *
 * <p>Columns: {@code view}; {@code at}, when it was verified last; how many times a key was found
 * {@code verified}, {@code inconclusive}, {@code mismatched} or {@code not_served}; {@code open},
 * the keys that were found mismatched and not verified since, as in a reader's URL, {@value
 * #MOST_OPEN} at most.
 */
public final class VerificationTable {
  /** More keys than these are not named. */
  public static final int MOST_OPEN = 1000;

  private final String table;

  public VerificationTable(String schema) {
    this.table = StoreTables.table(schema, "verification");
  }

  /** Creates the table if it is not there. */
  public String create() {
    return "CREATE TABLE IF NOT EXISTS "
        + table
        + " (view text PRIMARY KEY, at timestamptz NOT NULL, verified bigint NOT NULL,"
        + " inconclusive bigint NOT NULL, mismatched bigint NOT NULL, not_served bigint NOT NULL,"
        + " open text[] NOT NULL DEFAULT '{}')";
  }

  /**
   * What came of comparing a view's keys with MySQL since the store was made.
   *
   * @param at when keys were compared last
   * @param open the keys that were found mismatched and not verified since, at most {@value
   *     #MOST_OPEN}
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
   * Adds what came of some keys of a view.
   *
   * @param counts how many keys are verified, inconclusive, mismatched and not served; {@code at}
   *     is not used, {@code open} has those that are mismatched
   * @param closed those that are verified
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

  /** What came of the views that were ever verified, by view. */
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
