package dev.freshet.cli.status;

import dev.freshet.cli.Databases;
import dev.freshet.cli.config.Config;
import dev.freshet.view.Column;
import dev.freshet.view.Version;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.CatalogueJson;
import dev.freshet.view.declare.Planner;
import dev.freshet.view.sql.PostgresTables;
import dev.freshet.view.sql.RebuildsTable;
import dev.freshet.view.sql.VerificationTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What the store says of its views. Counts are exact while they are cheap. */
final class StoreStatus implements AutoCloseable {
  private static final long COUNTED = 200_000;
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final String UNDEFINED_TABLE = "42P01";
  private static final String UNDEFINED_COLUMN = "42703";

  private final Connection postgres;
  private final Config config;
  private final String schema;

  StoreStatus(Config config) throws SQLException {
    this.config = config;
    this.schema = quoted(config.store().schema());
    this.postgres = Databases.postgres(config.store(), ANSWER);
  }

  /** Progress of all writers, and whether all of them have handed over. */
  record Reached(Status.Progress progress, boolean handedOver) {}

  /** How far the job's writers are; empty before the first has written. */
  Optional<Reached> progress() throws SQLException {
    String sql =
        "SELECT min(version), min(as_of), bool_and(handed_over), count(*) FROM "
            + schema
            + ".progress WHERE job = ?";
    try (PreparedStatement statement = postgres.prepareStatement(sql)) {
      statement.setString(1, config.job().name());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        if (row.getInt(4) == 0) {
          return Optional.empty();
        }
        Instant asOf =
            row.getTimestamp(2) == null ? Instant.EPOCH : row.getTimestamp(2).toInstant();
        Status.Progress progress =
            new Status.Progress(
                Version.print(Math.max(0, row.getLong(1))),
                asOf.toString(),
                asOf.equals(Instant.EPOCH)
                    ? -1
                    : Math.max(0, System.currentTimeMillis() - asOf.toEpochMilli()),
                row.getInt(4));
        return Optional.of(new Reached(progress, row.getBoolean(3)));
      }
    } catch (SQLException e) {
      return ifNone(e, Optional.empty());
    }
  }

  /** The active views. */
  List<Status.View> views(boolean handedOver) throws SQLException {
    List<Status.View> views = new ArrayList<>();
    String sql =
        "SELECT generation, declaration, tables FROM "
            + schema
            + ".catalogue WHERE active ORDER BY view";
    try (Statement statement = postgres.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        ViewPlan plan = Planner.plan(rows.getString(2), CatalogueJson.read(rows.getString(3)));
        views.add(view(plan, rows.getInt(1), handedOver));
      }
      return views;
    } catch (SQLException e) {
      return ifNone(e, List.of());
    }
  }

  /** Why views can no longer follow the source, by their name. */
  Map<String, String> faults() throws SQLException {
    Map<String, String> faults = new TreeMap<>();
    try (PreparedStatement statement =
        postgres.prepareStatement(
            "SELECT view, reason, message FROM " + schema + ".faults WHERE job = ?")) {
      statement.setString(1, config.job().name());
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          faults.put(rows.getString(1), rows.getString(3) + " (" + rows.getString(2) + ")");
        }
      }
      return faults;
    } catch (SQLException e) {
      return ifNone(e, Map.of());
    }
  }

  /** The rebuilds from state that are not done. */
  List<RebuildsTable.Rebuild> rebuilds() throws SQLException {
    try {
      return new RebuildsTable(config.store().schema()).open(postgres, config.job().name());
    } catch (SQLException e) {
      return ifNone(e, List.of());
    }
  }

  /** The topics that were lost before the job was submitted last. */
  List<String> lostTopics() throws SQLException {
    List<String> topics = new ArrayList<>();
    try (PreparedStatement statement =
        postgres.prepareStatement(
            "SELECT topic FROM "
                + schema
                + ".topics WHERE job = ? AND lost_at IS NOT NULL ORDER BY topic")) {
      statement.setString(1, config.job().name());
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          topics.add(rows.getString(1));
        }
      }
      return topics;
    } catch (SQLException e) {
      return ifNone(e, List.of());
    }
  }

  private boolean isRebuilt(String view) throws SQLException {
    String sql =
        "SELECT EXISTS (SELECT 1 FROM "
            + schema
            + ".progress WHERE job = ? AND ? = ANY (rebuilding))";
    try (PreparedStatement statement = postgres.prepareStatement(sql)) {
      statement.setString(1, config.job().name());
      statement.setString(2, view);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    } catch (SQLException e) {
      if (UNDEFINED_COLUMN.equals(e.getSQLState())) {
        // A job of an earlier version, which rebuilds nothing.
        return false;
      }
      throw e;
    }
  }

  /** What waits to be tried again; empty before the job has said it. */
  Optional<Status.Backlog> backlog() throws SQLException {
    try (PreparedStatement statement =
        postgres.prepareStatement(
            "SELECT waiting, oldest FROM " + schema + ".backlog WHERE job = ?")) {
      statement.setString(1, config.job().name());
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        Timestamp oldest = row.getTimestamp(2);
        return Optional.of(
            new Status.Backlog(
                row.getInt(1),
                oldest == null ? 0 : Math.max(0, System.currentTimeMillis() - oldest.getTime())));
      }
    } catch (SQLException e) {
      return ifNone(e, Optional.empty());
    }
  }

  private Status.View view(ViewPlan plan, int generation, boolean handedOver) throws SQLException {
    String table = new PostgresTables(plan, config.store().schema(), generation).table();
    String state =
        !handedOver || isRebuilt(plan.view())
            ? "BUILDING"
            : isInvalid(plan.view()) ? "INVALID" : "VALID";
    Map<String, Long> invalid = invalidKeys(plan, generation);
    Status.Changes changes = changes(plan.view());
    Optional<Status.Verification> verification = verification(plan.view());
    long entries =
        number("SELECT count(*) FROM (SELECT 1 FROM " + table + " LIMIT " + COUNTED + ") t");
    if (entries < COUNTED) {
      String key =
          plan.keyColumnList().stream()
              .map(column -> quoted(column.name()))
              .collect(Collectors.joining(", "));
      long keys = number("SELECT count(*) FROM (SELECT DISTINCT " + key + " FROM " + table + ") t");
      return new Status.View(
          plan.view(),
          generation,
          plan.freshness().toMillis(),
          state,
          keys,
          entries,
          false,
          invalid,
          changes,
          verification);
    }
    long estimate =
        Math.max(
            entries,
            number(
                "SELECT reltuples::bigint FROM pg_class WHERE oid = '"
                    + literal(table)
                    + "'::regclass"));
    return new Status.View(
        plan.view(),
        generation,
        plan.freshness().toMillis(),
        state,
        leastKeys(plan, generation, estimate),
        estimate,
        true,
        invalid,
        changes,
        verification);
  }

  private boolean isInvalid(String view) throws SQLException {
    try (PreparedStatement statement =
        postgres.prepareStatement(
            "SELECT 1 FROM " + schema + ".progress WHERE job = ? AND ? = ANY (invalid)")) {
      statement.setString(1, config.job().name());
      statement.setString(2, view);
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  private Map<String, Long> invalidKeys(ViewPlan plan, int generation) throws SQLException {
    String table = new PostgresTables(plan, config.store().schema(), generation).keys();
    Map<String, Long> keys = new TreeMap<>();
    try (Statement statement = postgres.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT reason, count(*) FROM "
                    + table
                    + " WHERE reason IS NOT NULL GROUP BY reason")) {
      while (rows.next()) {
        keys.put(rows.getString(1), rows.getLong(2));
      }
    }
    return keys;
  }

  private Status.Changes changes(String view) throws SQLException {
    try (PreparedStatement statement =
        postgres.prepareStatement(
            "SELECT coalesce(sum(applied), 0), coalesce(sum(superseded), 0),"
                + " coalesce(sum(waiting), 0), coalesce(sum(dead), 0), coalesce(sum(entries), 0)"
                + " FROM "
                + schema
                + ".counts WHERE job = ? AND view = ?")) {
      statement.setString(1, config.job().name());
      statement.setString(2, view);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return new Status.Changes(
            row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5));
      }
    }
  }

  private Optional<Status.Verification> verification(String view) throws SQLException {
    String sql = new VerificationTable(config.store().schema()).select() + " WHERE view = ?";
    try (PreparedStatement statement = postgres.prepareStatement(sql)) {
      statement.setString(1, view);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        Instant at = row.getTimestamp("at").toInstant();
        return Optional.of(
            new Status.Verification(
                at.toString(),
                Math.max(0, System.currentTimeMillis() - at.toEpochMilli()),
                row.getLong("verified"),
                row.getLong("inconclusive"),
                row.getLong("mismatched"),
                row.getLong("not_served"),
                List.of((String[]) row.getArray("open").getArray())));
      }
    } catch (SQLException e) {
      return ifNone(e, Optional.empty());
    }
  }

  /** There are at least as many keys as values of the key's column that has most. */
  private long leastKeys(ViewPlan plan, int generation, long entries) throws SQLException {
    long least = 1;
    String sql =
        "SELECT n_distinct FROM pg_stats WHERE schemaname = ? AND tablename = ? AND attname = ?";
    for (Column column : plan.keyColumnList()) {
      try (PreparedStatement statement = postgres.prepareStatement(sql)) {
        statement.setString(1, config.store().schema());
        statement.setString(2, plan.view() + "_g" + generation);
        statement.setString(3, column.name());
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

  private long number(String sql) throws SQLException {
    try (Statement statement = postgres.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Before the first job there are no tables. */
  private static <T> T ifNone(SQLException e, T nothing) throws SQLException {
    if (UNDEFINED_TABLE.equals(e.getSQLState())) {
      return nothing;
    }
    throw e;
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  private static String literal(String text) {
    return text.replace("'", "''");
  }

  @Override
  public void close() throws SQLException {
    postgres.close();
  }
}
