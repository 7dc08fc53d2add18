package dev.freshet.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The table {@code progress}: one row per job and range of key groups. A row's watermark is the sum
 * of two columns: {@code version}, a binlog position, and {@code injected}, the number of steps
 * after that position. Methods compare and order by the watermark. The statements run in the
 * caller's transaction.
 *
 * <p>A range belongs to the writer that took it over last; that writer has the highest fencing
 * token. Every flush increments {@code flushes} and expects the value of the writer's previous
 * flush. So a writer detects that another writer took its range over, and that the store was reset
 * to an earlier state.
 */
public final class ProgressTable {
  /** Stands for a missing version; less than all versions. */
  public static final long NOTHING = -1;

  private final String table;
  private final String sequence;

  public ProgressTable(String schema) {
    this.table = StoreTables.table(schema, "progress");
    this.sequence = StoreTables.table(schema, "fencing");
  }

  List<String> create() {
    return List.of(
        "CREATE SEQUENCE IF NOT EXISTS " + sequence,
        "CREATE TABLE IF NOT EXISTS "
            + table
            + " (job text NOT NULL, first_group int NOT NULL, last_group int NOT NULL,"
            + " version bigint NOT NULL, gtid_set text NOT NULL, as_of timestamptz,"
            + " handed_over boolean NOT NULL, token bigint NOT NULL,"
            + " invalid text[] NOT NULL DEFAULT '{}',"
            + " PRIMARY KEY (job, first_group)) WITH (fillfactor = 50)",
        "ALTER TABLE "
            + table
            + " ADD COLUMN IF NOT EXISTS injected int NOT NULL DEFAULT 0,"
            + " ADD COLUMN IF NOT EXISTS reasons text[] NOT NULL DEFAULT '{}',"
            + " ADD COLUMN IF NOT EXISTS on_read text[] NOT NULL DEFAULT '{}',"
            + " ADD COLUMN IF NOT EXISTS flushes bigint NOT NULL DEFAULT 0,"
            + " ADD COLUMN IF NOT EXISTS rebuilding text[] NOT NULL DEFAULT '{}',"
            + " ADD COLUMN IF NOT EXISTS rebuild_reason text,"
            + " ADD COLUMN IF NOT EXISTS rebuilt bigint NOT NULL DEFAULT 0");
  }

  /** Returns a fencing token that is higher than all tokens before it. */
  public long nextToken(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT nextval('" + literal(sequence) + "')")) {
      result.next();
      return result.getLong(1);
    }
  }

  /**
   * Takes a range over: splits the rows that cross its borders and sets the token of the rows
   * inside. If the range lacks commits that a checkpoint knows of, it becomes a single row that
   * serves none of the views.
   *
   * @param durable the positions that the restored checkpoint expects in the store
   * @param store the identity of the store
   * @param views the names of all views of the job
   */
  public TakenRange takeOver(
      Connection connection,
      String job,
      GroupRange range,
      long token,
      List<StorePosition> durable,
      UUID store,
      Collection<String> views)
      throws SQLException {
    lock(connection, job);
    List<ProgressRow> inside = new ArrayList<>();
    for (ProgressRow row : removeOverlapping(connection, job, range)) {
      if (row.range().first() < range.first()) {
        insert(connection, row.of(new GroupRange(row.range().first(), range.first() - 1)));
      }
      if (row.range().last() > range.last()) {
        insert(connection, row.of(new GroupRange(range.last() + 1, row.range().last())));
      }
      inside.add(row.of(row.range().intersection(range)));
    }
    TakeOver found = new TakeOver(range, inside, durable, store);
    for (RangeProgress part : found.parts(views)) {
      insert(connection, new ProgressRow(job, part, token, found.flushes()));
    }
    return found.taken(views);
  }

  /**
   * Merges the rows of a range into one.
   *
   * @param taken the range as this writer took it over; no other writer may have changed it since
   * @param flushes the number of flushes committed before this one
   * @throws SQLException also if another writer took the range over, or the store was reset to an
   *     earlier state
   */
  public void merge(
      Connection connection,
      String job,
      long token,
      TakenRange taken,
      long flushes,
      RangeProgress reached)
      throws SQLException {
    lock(connection, job);
    GroupRange range = reached.range();
    int groups = 0;
    for (ProgressRow row : removeOverlapping(connection, job, range)) {
      if (row.token() > token || row.progress().version() > reached.version()) {
        throw fenced(job, range);
      }
      if (row.token() == token && isExpected(row.flushes(), flushes)) {
        groups += row.range().size();
      }
    }
    boolean again = groups == range.size();
    if (groups != taken.groups() && !again) {
      throw wentBack(job, range);
    }
    insert(connection, new ProgressRow(job, reached, token, flushes + 1));
  }

  /**
   * One flush more is accepted: the previous attempt of this flush may have been committed although
   * its outcome was not known.
   */
  private static boolean isExpected(long has, long flushes) {
    return has == flushes || has == flushes + 1;
  }

  /**
   * Updates a range's progress. The row must be as this writer's previous flush left it.
   *
   * @param flushes the number of flushes committed before this one
   * @throws SQLException also if another writer took the range over, or the store was reset to an
   *     earlier state
   */
  public void advance(
      Connection connection, String job, long token, long flushes, RangeProgress reached)
      throws SQLException {
    String sql =
        "UPDATE "
            + table
            + " SET version = ?, injected = ?, gtid_set = ?, as_of = ?, handed_over = ?,"
            + " invalid = ?, reasons = ?, on_read = ?, rebuilding = ?, rebuild_reason = ?,"
            + " rebuilt = ?, flushes = ?"
            + " WHERE job = ? AND first_group = ? AND last_group = ? AND token = ?"
            + " AND flushes IN (?, ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int index = ProgressRow.bind(statement, 1, reached);
      statement.setLong(index++, flushes + 1);
      statement.setString(index++, job);
      statement.setInt(index++, reached.range().first());
      statement.setInt(index++, reached.range().last());
      statement.setLong(index++, token);
      statement.setLong(index++, flushes);
      statement.setLong(index, flushes + 1);
      if (statement.executeUpdate() != 1) {
        throw changed(connection, job, reached.range(), token);
      }
    }
  }

  /**
   * Records a flush of a part of a rebuild and hides the rebuilt views; the range's watermark
   * stays.
   *
   * @param parts the number of rows that the range has
   * @param flushes the number of flushes committed before this one
   * @throws SQLException also if another writer took the range over, or the store was reset to an
   *     earlier state
   */
  public void hide(
      Connection connection,
      String job,
      GroupRange range,
      long token,
      int parts,
      long flushes,
      HiddenViews hidden)
      throws SQLException {
    String sql =
        "UPDATE "
            + table
            + " SET rebuilding = ?, rebuild_reason = ?, flushes = ?"
            + " WHERE job = ? AND first_group >= ? AND last_group <= ? AND token = ?"
            + " AND flushes IN (?, ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, ProgressRow.texts(connection, hidden.views()));
      statement.setString(2, hidden.reason().orElse(null));
      statement.setLong(3, flushes + 1);
      statement.setString(4, job);
      statement.setInt(5, range.first());
      statement.setInt(6, range.last());
      statement.setLong(7, token);
      statement.setLong(8, flushes);
      statement.setLong(9, flushes + 1);
      if (statement.executeUpdate() != parts) {
        throw changed(connection, job, range, token);
      }
    }
  }

  private SQLException changed(Connection connection, String job, GroupRange range, long token)
      throws SQLException {
    String sql =
        "SELECT 1 FROM "
            + table
            + " WHERE job = ? AND last_group >= ? AND first_group <= ? AND token > ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, job);
      statement.setInt(2, range.first());
      statement.setInt(3, range.last());
      statement.setLong(4, token);
      try (ResultSet newer = statement.executeQuery()) {
        return newer.next() ? fenced(job, range) : wentBack(job, range);
      }
    }
  }

  /**
   * Reads the progress of all ranges of a job, sorted by key group. Also reads a table of an
   * earlier version, which lacks columns.
   */
  public List<RangeProgress> ranges(Connection connection, String job) throws SQLException {
    String sql = "SELECT * FROM " + table + " WHERE job = ? ORDER BY first_group";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, job);
      return ProgressRow.read(statement).stream().map(ProgressRow::progress).toList();
    }
  }

  /**
   * Reads the progress of all ranges, keyed by job. Also reads a table of an earlier version, which
   * lacks columns.
   */
  public Map<String, List<RangeProgress>> ranges(Connection connection) throws SQLException {
    String sql = "SELECT * FROM " + table + " ORDER BY job, first_group";
    Map<String, List<RangeProgress>> ranges = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (ProgressRow row : ProgressRow.read(statement)) {
        ranges.computeIfAbsent(row.job(), job -> new ArrayList<>()).add(row.progress());
      }
    }
    return ranges;
  }

  /**
   * The progress of a range that has been filled from the snapshot.
   *
   * @param position the binlog position up to which the range is complete, packed as {@link
   *     dev.freshet.view.Version}
   * @param gtids the executed GTID set at that position, as MySQL prints it
   */
  public record Position(String job, GroupRange range, long position, String gtids) {}

  /**
   * Reads the positions of all ranges that have been filled from the snapshot. The statement is
   * cheap enough for polling.
   */
  public List<Position> positions(Connection connection) throws SQLException {
    String sql =
        "SELECT job, first_group, last_group, version, gtid_set FROM "
            + table
            + " WHERE handed_over";
    List<Position> positions = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        positions.add(
            new Position(
                row.getString(1),
                new GroupRange(row.getInt(2), row.getInt(3)),
                row.getLong(4),
                row.getString(5)));
      }
    }
    return positions;
  }

  /** Reads the watermarks above {@code version} that any range has reached, ascending. */
  public List<Long> above(Connection connection, String job, long version) throws SQLException {
    List<Long> versions = new ArrayList<>();
    String sql =
        "SELECT DISTINCT version + injected FROM "
            + table
            + " WHERE job = ? AND version + injected > ? ORDER BY 1";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, job);
      statement.setLong(2, version);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          versions.add(result.getLong(1));
        }
      }
    }
    return versions;
  }

  /**
   * Reads the GTID sets of all ranges whose watermark is between two watermarks, both exclusive.
   */
  public List<String> gtidsBetween(Connection connection, String job, long above, long below)
      throws SQLException {
    List<String> sets = new ArrayList<>();
    String sql =
        "SELECT DISTINCT gtid_set FROM "
            + table
            + " WHERE job = ? AND version + injected > ? AND version + injected < ?"
            + " AND gtid_set IS NOT NULL";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, job);
      statement.setLong(2, above);
      statement.setLong(3, below);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          sets.add(result.getString(1));
        }
      }
    }
    return sets;
  }

  /** Returns the lowest watermark of a job's ranges; {@link #NOTHING} if the job has no range. */
  public long lowest(Connection connection, String job) throws SQLException {
    String sql = "SELECT min(version + injected) FROM " + table + " WHERE job = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, job);
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        long lowest = result.getLong(1);
        return result.wasNull() ? NOTHING : lowest;
      }
    }
  }

  /**
   * Returns the lowest watermark of a job's ranges; {@link #NOTHING} while a key group has no
   * range.
   *
   * @param groups the number of key groups of the job
   */
  public long lowest(Connection connection, String job, int groups) throws SQLException {
    String sql = "SELECT sum(last_group - first_group + 1) FROM " + table + " WHERE job = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, job);
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        return result.getInt(1) == groups ? lowest(connection, job) : NOTHING;
      }
    }
  }

  /** Lets one writer of a job at a time change the borders of ranges. */
  private static void lock(Connection connection, String job) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT pg_advisory_xact_lock(hashtext(?))")) {
      statement.setString(1, "freshet progress of " + job);
      statement.execute();
    }
  }

  private List<ProgressRow> removeOverlapping(Connection connection, String job, GroupRange range)
      throws SQLException {
    String sql =
        "DELETE FROM "
            + table
            + " WHERE job = ? AND last_group >= ? AND first_group <= ? RETURNING "
            + ProgressRow.COLUMNS;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, job);
      statement.setInt(2, range.first());
      statement.setInt(3, range.last());
      return ProgressRow.read(statement);
    }
  }

  private void insert(Connection connection, ProgressRow row) throws SQLException {
    String sql =
        "INSERT INTO "
            + table
            + " (version, injected, gtid_set, as_of, handed_over, invalid, reasons, on_read,"
            + " rebuilding, rebuild_reason, rebuilt, job, first_group, last_group, token, flushes)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int index = ProgressRow.bind(statement, 1, row.progress());
      statement.setString(index++, row.job());
      statement.setInt(index++, row.range().first());
      statement.setInt(index++, row.range().last());
      statement.setLong(index++, row.token());
      statement.setLong(index, row.flushes());
      statement.executeUpdate();
    }
  }

  private static String literal(String text) {
    return text.replace("'", "''");
  }

  private static SQLException fenced(String job, GroupRange range) {
    return new SQLException(
        "Job " + job + ": a newer attempt writes key groups " + range + "; this one stops");
  }

  private static SQLException wentBack(String job, GroupRange range) {
    return new SQLException(
        "Job "
            + job
            + ": the store no longer has the last commits of key groups "
            + range
            + ": it was reset to an earlier state, or another store answers; the job restarts and"
            + " rebuilds what it lost");
  }
}
