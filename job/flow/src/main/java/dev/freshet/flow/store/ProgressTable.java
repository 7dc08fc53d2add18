package dev.freshet.flow.store;

import dev.freshet.flow.log.Mark;
import dev.freshet.view.sql.RebuildsTable;
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
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
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
   * @param rebuild what is being rebuilt
   */
  record Progress(
      long version,
      Mark mark,
      String[] invalid,
      String[] reasons,
      String[] onRead,
      RangeRebuild.Served rebuild) {
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
      Array onRead,
      long flushes,
      Array rebuilding,
      String rebuildReason,
      long rebuilt) {
    long version() {
      return place + injected;
    }

    Row part(int from, int to) {
      return new Row(
          from,
          to,
          place,
          injected,
          gtids,
          asOf,
          handedOver,
          token,
          invalid,
          reasons,
          onRead,
          flushes,
          rebuilding,
          rebuildReason,
          rebuilt);
    }

    /** Of another writer, which has flushed nothing yet. */
    Row taken(long newToken, long newFlushes) {
      return new Row(
          first,
          last,
          place,
          injected,
          gtids,
          asOf,
          handedOver,
          newToken,
          invalid,
          reasons,
          onRead,
          newFlushes,
          rebuilding,
          rebuildReason,
          rebuilt);
    }

    Set<String> views(Array names) throws SQLException {
      return new TreeSet<>(List.of((String[]) names.getArray()));
    }
  }

  /**
   * What a range has that was taken over.
   *
   * @param highest version, or {@link Pending#NOTHING}
   * @param anyOnRead names of the views that some part has as populated on read
   * @param allOnRead names of those that every part has so; empty where there is no part
   * @param parts how many rows there are
   * @param groups how many key groups they have
   * @param flushes how many were committed of each part, the taking over included
   * @param rebuilding names of the views that some part is rebuilt of
   * @param rebuildReason why; null when there are none
   * @param rebuilt version of the last rebuild that was completed of some part; 0 without any
   * @param loss what the range lacks
   */
  record Taken(
      long highest,
      Set<String> anyOnRead,
      Set<String> allOnRead,
      int parts,
      int groups,
      long flushes,
      Set<String> rebuilding,
      String rebuildReason,
      long rebuilt,
      Optional<StoreLoss> loss) {}

  /**
   * Takes a range over: splits the rows that cross its borders and marks those inside. Where the
   * range lacks commits that a checkpoint knows of, it is one row from now on, none of whose views
   * is served.
   *
   * @param durable what the store must have
   * @param store its identity
   * @param views all of the job's
   * @return what the parts inside have
   */
  Taken fence(
      Connection connection,
      String job,
      KeyGroupRange range,
      long token,
      List<StorePlace> durable,
      UUID store,
      Collection<String> views)
      throws SQLException {
    lock(connection, job);
    int first = range.getStartKeyGroup();
    int last = range.getEndKeyGroup();
    List<Row> inside = new ArrayList<>();
    for (Row row : takeOverlapping(connection, job, first, last)) {
      if (row.first() < first) {
        insert(connection, job, row.part(row.first(), first - 1));
      }
      if (row.last() > last) {
        insert(connection, job, row.part(last + 1, row.last()));
      }
      inside.add(row.part(Math.max(first, row.first()), Math.min(last, row.last())));
    }
    Optional<StoreLoss> loss = loss(inside, range, durable, store);
    long flushes = flushesAfter(inside, range, durable);
    List<Row> taken = inside.stream().map(row -> row.taken(token, flushes)).toList();
    if (loss.isPresent()) {
      // The places of another store may be of another log.
      List<Row> known = loss.get().otherStore() ? List.of() : inside;
      taken = List.of(lost(connection, range, token, flushes, known, views));
    }
    for (Row row : taken) {
      insert(connection, job, row);
    }
    return taken(taken, flushes, loss);
  }

  private static Taken taken(List<Row> rows, long flushes, Optional<StoreLoss> loss)
      throws SQLException {
    long highest = Pending.NOTHING;
    Set<String> any = new TreeSet<>();
    Set<String> all = rows.isEmpty() ? Set.of() : rows.get(0).views(rows.get(0).onRead());
    Set<String> rebuilding = new TreeSet<>();
    String reason = null;
    int groups = 0;
    long rebuilt = 0;
    for (Row row : rows) {
      rebuilt = Math.max(rebuilt, row.rebuilt());
      highest = Math.max(highest, row.version());
      Set<String> onRead = row.views(row.onRead());
      any.addAll(onRead);
      all.retainAll(onRead);
      rebuilding.addAll(row.views(row.rebuilding()));
      reason = row.rebuildReason() == null ? reason : row.rebuildReason();
      groups += row.last() - row.first() + 1;
    }
    return new Taken(
        highest, any, all, rows.size(), groups, flushes, rebuilding, reason, rebuilt, loss);
  }

  /** No checkpoint knows of as many. */
  private static long flushesAfter(List<Row> rows, KeyGroupRange range, List<StorePlace> durable) {
    long flushes = 0;
    for (Row row : rows) {
      flushes = Math.max(flushes, row.flushes());
    }
    for (StorePlace place : durable) {
      if (place.overlaps(range.getStartKeyGroup(), range.getEndKeyGroup())) {
        flushes = Math.max(flushes, place.flushes());
      }
    }
    return flushes + 1;
  }

  private static Optional<StoreLoss> loss(
      List<Row> rows, KeyGroupRange range, List<StorePlace> durable, UUID store) {
    OptionalLong has = rows.stream().mapToLong(Row::version).min();
    for (StorePlace place : durable) {
      int from = Math.max(place.first(), range.getStartKeyGroup());
      int to = Math.min(place.last(), range.getEndKeyGroup());
      if (from > to) {
        continue;
      }
      if (place.isOfKnownStore() && !place.store().equals(store)) {
        return Optional.of(new StoreLoss(place.version(), has, true));
      }
      int covered = 0;
      for (Row row : rows) {
        int groups = Math.min(to, row.last()) - Math.max(from, row.first()) + 1;
        if (groups > 0 && row.flushes() >= place.flushes()) {
          covered += groups;
        }
      }
      if (covered < to - from + 1) {
        return Optional.of(new StoreLoss(place.version(), has, false));
      }
    }
    return Optional.empty();
  }

  private static Row lost(
      Connection connection,
      KeyGroupRange range,
      long token,
      long flushes,
      List<Row> rows,
      Collection<String> views)
      throws SQLException {
    long place = rows.stream().mapToLong(Row::place).max().orElse(0);
    Array none = texts(connection, List.of());
    return new Row(
        range.getStartKeyGroup(),
        range.getEndKeyGroup(),
        place,
        0,
        "",
        null,
        true,
        token,
        none,
        none,
        none,
        flushes,
        texts(connection, views),
        RebuildsTable.STORE_LOST,
        0);
  }

  /**
   * Makes one row of all that lie in a range.
   *
   * @param taken what the range had; nobody else may have taken or changed any of it since
   */
  void merge(
      Connection connection,
      String job,
      KeyGroupRange range,
      long token,
      Taken taken,
      long flushes,
      Progress reached)
      throws SQLException {
    lock(connection, job);
    int groups = 0;
    for (Row row :
        takeOverlapping(connection, job, range.getStartKeyGroup(), range.getEndKeyGroup())) {
      if (row.token() > token || row.version() > reached.version()) {
        throw fenced(job, range);
      }
      if (row.token() == token && isExpected(row.flushes(), flushes)) {
        groups += row.last() - row.first() + 1;
      }
    }
    boolean again = groups == range.getNumberOfKeyGroups();
    if (groups != taken.groups() && !again) {
      throw wentBack(job, range);
    }
    insert(
        connection,
        job,
        new Row(
            range.getStartKeyGroup(),
            range.getEndKeyGroup(),
            reached.place(),
            injected(reached),
            reached.mark().gtids(),
            asOf(reached.mark()),
            true,
            token,
            array(connection, reached.invalid()),
            array(connection, reached.reasons()),
            array(connection, reached.onRead()),
            flushes + 1,
            texts(connection, reached.rebuild().views()),
            reached.rebuild().reason(),
            reached.rebuild().rebuilt()));
  }

  /** A flush whose end nobody knows may have been committed. */
  private static boolean isExpected(long has, long flushes) {
    return has == flushes || has == flushes + 1;
  }

  /**
   * Moves a range's progress; the row must still be as this writer left it.
   *
   * @param flushes how many were committed before this one
   */
  void advance(
      Connection connection,
      String job,
      KeyGroupRange range,
      long token,
      long flushes,
      Progress reached)
      throws SQLException {
    String sql =
        "UPDATE "
            + table
            + " SET version = ?, injected = ?, gtid_set = ?, as_of = ?, invalid = ?, reasons = ?,"
            + " on_read = ?, rebuilding = ?, rebuild_reason = ?, rebuilt = ?, flushes = ?"
            + " WHERE job = ? AND first_group = ? AND last_group = ? AND token = ?"
            + " AND flushes IN (?, ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, reached.place());
      statement.setInt(2, injected(reached));
      statement.setString(3, reached.mark().gtids());
      statement.setObject(4, asOf(reached.mark()));
      statement.setArray(5, array(connection, reached.invalid()));
      statement.setArray(6, array(connection, reached.reasons()));
      statement.setArray(7, array(connection, reached.onRead()));
      statement.setArray(8, texts(connection, reached.rebuild().views()));
      statement.setString(9, reached.rebuild().reason());
      statement.setLong(10, reached.rebuild().rebuilt());
      statement.setLong(11, flushes + 1);
      statement.setString(12, job);
      statement.setInt(13, range.getStartKeyGroup());
      statement.setInt(14, range.getEndKeyGroup());
      statement.setLong(15, token);
      statement.setLong(16, flushes);
      statement.setLong(17, flushes + 1);
      if (statement.executeUpdate() != 1) {
        throw changed(connection, job, range, token);
      }
    }
  }

  /**
   * Commits something of a range that is not served, without moving its progress.
   *
   * @param parts how many rows the range has
   */
  void keep(
      Connection connection,
      String job,
      KeyGroupRange range,
      long token,
      int parts,
      long flushes,
      RangeRebuild.Served rebuild)
      throws SQLException {
    String sql =
        "UPDATE "
            + table
            + " SET rebuilding = ?, rebuild_reason = ?, flushes = ?"
            + " WHERE job = ? AND first_group >= ? AND last_group <= ? AND token = ?"
            + " AND flushes IN (?, ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, texts(connection, rebuild.views()));
      statement.setString(2, rebuild.reason());
      statement.setLong(3, flushes + 1);
      statement.setString(4, job);
      statement.setInt(5, range.getStartKeyGroup());
      statement.setInt(6, range.getEndKeyGroup());
      statement.setLong(7, token);
      statement.setLong(8, flushes);
      statement.setLong(9, flushes + 1);
      if (statement.executeUpdate() != parts) {
        throw changed(connection, job, range, token);
      }
    }
  }

  private SQLException changed(Connection connection, String job, KeyGroupRange range, long token)
      throws SQLException {
    String sql =
        "SELECT 1 FROM "
            + table
            + " WHERE job = ? AND last_group >= ? AND first_group <= ? AND token > ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, job);
      statement.setInt(2, range.getStartKeyGroup());
      statement.setInt(3, range.getEndKeyGroup());
      statement.setLong(4, token);
      try (ResultSet newer = statement.executeQuery()) {
        return newer.next() ? fenced(job, range) : wentBack(job, range);
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
            + " token, invalid, reasons, on_read, flushes, rebuilding, rebuild_reason, rebuilt";
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
                  result.getArray(11),
                  result.getLong(12),
                  result.getArray(13),
                  result.getString(14),
                  result.getLong(15)));
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
            + " token, invalid, reasons, on_read, flushes, rebuilding, rebuild_reason, rebuilt)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
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
      statement.setLong(13, row.flushes());
      statement.setArray(14, row.rebuilding());
      statement.setString(15, row.rebuildReason());
      statement.setLong(16, row.rebuilt());
      statement.executeUpdate();
    }
  }

  private static int injected(Progress reached) {
    return Math.toIntExact(reached.version() - reached.place());
  }

  private static Array texts(Connection connection, Collection<String> texts) throws SQLException {
    return connection.createArrayOf("text", texts.toArray());
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

  private static SQLException wentBack(String job, KeyGroupRange range) {
    return new SQLException(
        "Job "
            + job
            + ": the store no longer has what was committed last of key groups "
            + range
            + ": it went back to an earlier moment, or another store answers; the job restarts and"
            + " rebuilds what is lost");
  }
}
