package dev.freshet.flow.store;

import dev.freshet.flow.log.Mark;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.runtime.state.KeyGroupRange;

/**
 * The table of progress: one row per job and range of key groups. What is compared and ordered is
 * the watermark; the table has it in two parts: {@code version}, the place in the binlog that it
 * stands for, and {@code injected}, how many steps past it. The statements run in the caller's
 * transaction.
 */
final class ProgressTable {
  private final String table;
  private final String sequence;

  ProgressTable(String schema) {
    this.table = StoreSchema.quoted(schema) + ".progress";
    this.sequence = StoreSchema.quoted(schema) + ".fencing";
  }

  /** A token higher than all before. */
  long nextToken(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT nextval('" + sequence + "')")) {
      result.next();
      return result.getLong(1);
    }
  }

  /**
   * What a writer has reached.
   *
   * @param invalid names of the views that are invalid as a whole, sorted
   * @param reasons why, in the same places
   * @param onRead names of the views of which the range has those keys alone that have a header
   */
  record Progress(long version, Mark mark, String[] invalid, String[] reasons, String[] onRead) {
    long place() {
      return mark.version() == version ? mark.place() : version;
    }
  }

  private record Row(
      int first,
      int last,
      long place,
      int injected,
      String gtids,
      OffsetDateTime asOf,
      boolean handedOver,
      long token,
      Array invalid,
      Array reasons,
      Array onRead) {
    long version() {
      return place + injected;
    }

    Row part(int from, int to, long newToken) {
      return new Row(
          from, to, place, injected, gtids, asOf, handedOver, newToken, invalid, reasons, onRead);
    }
  }

  /**
   * What a range has that was taken over.
   *
   * @param highest version, or {@link Pending#NOTHING}
   * @param anyOnRead names of the views that some part has as populated on read
   * @param allOnRead names of those that every part has so; empty where there is no part
   */
  record Taken(long highest, Set<String> anyOnRead, Set<String> allOnRead) {}

  /**
   * Takes a range over: splits the rows that cross its borders and marks those inside.
   *
   * @return what the parts inside have
   */
  Taken fence(Connection connection, String job, KeyGroupRange range, long token)
      throws SQLException {
    lock(connection, job);
    int first = range.getStartKeyGroup();
    int last = range.getEndKeyGroup();
    long highest = Pending.NOTHING;
    Set<String> any = new TreeSet<>();
    Optional<Set<String>> all = Optional.empty();
    for (Row row : takeOverlapping(connection, job, first, last)) {
      if (row.first() < first) {
        insert(connection, job, row.part(row.first(), first - 1, row.token()));
      }
      if (row.last() > last) {
        insert(connection, job, row.part(last + 1, row.last(), row.token()));
      }
      insert(
          connection,
          job,
          row.part(Math.max(first, row.first()), Math.min(last, row.last()), token));
      highest = Math.max(highest, row.version());
      Set<String> onRead = new TreeSet<>(List.of((String[]) row.onRead().getArray()));
      any.addAll(onRead);
      all.ifPresent(onRead::retainAll);
      all = Optional.of(onRead);
    }
    return new Taken(highest, any, all.orElse(Set.of()));
  }

  /** Makes one row of all that lie in a range; nobody else may have taken any of it. */
  void merge(Connection connection, String job, KeyGroupRange range, long token, Progress reached)
      throws SQLException {
    lock(connection, job);
    int first = range.getStartKeyGroup();
    int last = range.getEndKeyGroup();
    for (Row row : takeOverlapping(connection, job, first, last)) {
      if (row.token() != token || row.version() > reached.version()) {
        throw fenced(job, range);
      }
    }
    insert(
        connection,
        job,
        new Row(
            first,
            last,
            reached.place(),
            injected(reached),
            reached.mark().gtids(),
            asOf(reached.mark()),
            true,
            token,
            array(connection, reached.invalid()),
            array(connection, reached.reasons()),
            array(connection, reached.onRead())));
  }

  /** Moves a range's progress; the row must still be this writer's. */
  void advance(Connection connection, String job, KeyGroupRange range, long token, Progress reached)
      throws SQLException {
    String sql =
        "UPDATE "
            + table
            + " SET version = ?, injected = ?, gtid_set = ?, as_of = ?, invalid = ?, reasons = ?,"
            + " on_read = ? WHERE job = ? AND first_group = ? AND last_group = ? AND token = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, reached.place());
      statement.setInt(2, injected(reached));
      statement.setString(3, reached.mark().gtids());
      statement.setObject(4, asOf(reached.mark()));
      statement.setArray(5, array(connection, reached.invalid()));
      statement.setArray(6, array(connection, reached.reasons()));
      statement.setArray(7, array(connection, reached.onRead()));
      statement.setString(8, job);
      statement.setInt(9, range.getStartKeyGroup());
      statement.setInt(10, range.getEndKeyGroup());
      statement.setLong(11, token);
      if (statement.executeUpdate() != 1) {
        throw fenced(job, range);
      }
    }
  }

  /** The versions above a given one that any range has reached, ascending. */
  List<Long> above(Connection connection, String job, long version) throws SQLException {
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

  /** The GTID sets of the versions between two that any range has reached. */
  List<String> gtidsBetween(Connection connection, String job, long above, long below)
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

  /** What all ranges of a job have reached, or {@link Pending#NOTHING}. */
  long lowest(Connection connection, String job) throws SQLException {
    String sql = "SELECT min(version + injected) FROM " + table + " WHERE job = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, job);
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        long lowest = result.getLong(1);
        return result.wasNull() ? Pending.NOTHING : lowest;
      }
    }
  }

  /** Likewise, or {@link Pending#NOTHING} where a range of some of the groups is not there yet. */
  long lowest(Connection connection, String job, int groups) throws SQLException {
    String sql = "SELECT sum(last_group - first_group + 1) FROM " + table + " WHERE job = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, job);
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        return result.getInt(1) == groups ? lowest(connection, job) : Pending.NOTHING;
      }
    }
  }

  /** One writer of a job at a time changes the borders of ranges. */
  private static void lock(Connection connection, String job) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT pg_advisory_xact_lock(hashtext(?))")) {
      statement.setString(1, "freshet progress of " + job);
      statement.execute();
    }
  }

  private List<Row> takeOverlapping(Connection connection, String job, int first, int last)
      throws SQLException {
    List<Row> rows = new ArrayList<>();
    String sql =
        "DELETE FROM "
            + table
            + " WHERE job = ? AND last_group >= ? AND first_group <= ?"
            + " RETURNING first_group, last_group, version, injected, gtid_set, as_of, handed_over,"
            + " token, invalid, reasons, on_read";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, job);
      statement.setInt(2, first);
      statement.setInt(3, last);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          rows.add(
              new Row(
                  result.getInt(1),
                  result.getInt(2),
                  result.getLong(3),
                  result.getInt(4),
                  result.getString(5),
                  result.getObject(6, OffsetDateTime.class),
                  result.getBoolean(7),
                  result.getLong(8),
                  result.getArray(9),
                  result.getArray(10),
                  result.getArray(11)));
        }
      }
    }
    return rows;
  }

  private void insert(Connection connection, String job, Row row) throws SQLException {
    String sql =
        "INSERT INTO "
            + table
            + " (job, first_group, last_group, version, injected, gtid_set, as_of, handed_over,"
            + " token, invalid, reasons, on_read) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, job);
      statement.setInt(2, row.first());
      statement.setInt(3, row.last());
      statement.setLong(4, row.place());
      statement.setInt(5, row.injected());
      statement.setString(6, row.gtids());
      statement.setObject(7, row.asOf());
      statement.setBoolean(8, row.handedOver());
      statement.setLong(9, row.token());
      statement.setArray(10, row.invalid());
      statement.setArray(11, row.reasons());
      statement.setArray(12, row.onRead());
      statement.executeUpdate();
    }
  }

  private static int injected(Progress reached) {
    return Math.toIntExact(reached.version() - reached.place());
  }

  private static Array array(Connection connection, String[] texts) throws SQLException {
    return connection.createArrayOf("text", texts);
  }

  private static OffsetDateTime asOf(Mark mark) {
    return mark.asOf() == 0 ? null : Instant.ofEpochMilli(mark.asOf()).atOffset(ZoneOffset.UTC);
  }

  private static SQLException fenced(String job, KeyGroupRange range) {
    return new SQLException(
        "Job " + job + ": a newer attempt writes key groups " + range + "; this one stops");
  }
}
