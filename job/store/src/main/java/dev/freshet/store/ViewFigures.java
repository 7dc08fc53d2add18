package dev.freshet.store;

import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.CanonicalTexts;
import dev.freshet.view.sql.Names;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many keys and entries of a view the store has, for operators. */
public final class ViewFigures {
  /** Above this number, entries are estimated instead of counted. */
  private static final long COUNTED = 200_000;

  private static final Pattern ROWS = Pattern.compile(" rows=(\\d+) ");

  private final ViewPlan plan;
  private final String schema;
  private final EntriesTable entries;
  private final KeysTable keys;

  public ViewFigures(ViewPlan plan, String schema, int generation) {
    this.plan = plan;
    this.schema = schema;
    this.entries = new EntriesTable(plan, schema, generation);
    this.keys = new KeysTable(plan, schema, generation);
  }

  /**
   * The number of keys and entries of a view in the store.
   *
   * @param estimated whether the numbers are Postgres's estimates; {@code keys} is a lower bound
   *     then
   */
  public record Size(long keys, long entries, boolean estimated) {}

  public Size size(Connection connection) throws SQLException {
    long counted =
        number(
            connection,
            "SELECT count(*) FROM (SELECT 1 FROM " + entries.table() + " LIMIT " + COUNTED + ") t");
    if (counted < COUNTED) {
      String key = Names.POSTGRES.keys(plan, "", plan.key());
      String sql =
          "SELECT count(*) FROM (SELECT DISTINCT " + key + " FROM " + entries.table() + ") t";
      return new Size(number(connection, sql), counted, false);
    }
    return estimate(connection, counted);
  }

  /** Estimates what {@link #size} counts, as Postgres's planner does, without reading entries. */
  public Size estimate(Connection connection) throws SQLException {
    return estimate(connection, 0);
  }

  private Size estimate(Connection connection, long least) throws SQLException {
    long atLeast = Math.max(least, planned(connection));
    return new Size(atLeast == 0 ? 0 : leastKeys(connection, atLeast), atLeast, true);
  }

  /**
   * The number of entries that Postgres expects. It follows the size of the table, while {@code
   * reltuples} in {@code pg_class} is of the last ANALYZE, and -1 before the first.
   */
  private long planned(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet plan = statement.executeQuery("EXPLAIN SELECT 1 FROM " + entries.table())) {
      plan.next();
      Matcher rows = ROWS.matcher(plan.getString(1));
      if (!rows.find()) {
        throw new IllegalStateException("EXPLAIN names no rows: " + plan.getString(1));
      }
      return Long.parseLong(rows.group(1));
    }
  }

  /** A lower bound: the number of distinct values of the key column that has most. */
  private long leastKeys(Connection connection, long entries) throws SQLException {
    long least = 1;
    String sql =
        "SELECT n_distinct FROM pg_stats WHERE schemaname = ? AND tablename = ? AND attname = ?";
    for (int output : plan.key()) {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.setString(1, schema);
        statement.setString(2, this.entries.name());
        statement.setString(3, CanonicalTexts.column(plan, output));
        try (ResultSet row = statement.executeQuery()) {
          if (row.next()) {
            double distinct = row.getDouble(1);
            least = Math.max(least, Math.round(distinct < 0 ? -distinct * entries : distinct));
          }
        }
      }
    }
    return least;
  }

  /**
   * Counts the invalid keys, keyed by the wire name of their reason.
   *
   * @param most the maximum number of keys that are counted
   */
  public Map<String, Long> invalidKeys(Connection connection, int most) throws SQLException {
    Map<String, Long> counts = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT reason, count(*) FROM (SELECT reason FROM "
                    + keys.table()
                    + " WHERE reason IS NOT NULL LIMIT "
                    + most
                    + ") k GROUP BY reason")) {
      while (row.next()) {
        counts.put(row.getString(1), row.getLong(2));
      }
    }
    return counts;
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}
