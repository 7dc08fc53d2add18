package dev.freshet.store;

import dev.freshet.view.Reason;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A row of {@link ProgressTable}. Also reads rows from results, and binds them to statements.
 *
 * @param token the fencing token of the writer that owns the range
 * @param flushes the number of flushes committed to the range
 */
record ProgressRow(String job, RangeProgress progress, long token, long flushes) {
  static final String COLUMNS =
      "job, first_group, last_group, version, injected, gtid_set, as_of, handed_over, invalid,"
          + " reasons, on_read, rebuilding, rebuild_reason, rebuilt, token, flushes";

  GroupRange range() {
    return progress.range();
  }

  /** The row of a part of the range. */
  ProgressRow of(GroupRange part) {
    return new ProgressRow(job, progress.of(part), token, flushes);
  }

  /**
   * Reads all rows. A column that a table of an earlier version lacks gets the value that this
   * version implied.
   */
  static List<ProgressRow> read(PreparedStatement statement) throws SQLException {
    List<ProgressRow> rows = new ArrayList<>();
    try (ResultSet row = statement.executeQuery()) {
      Set<String> columns = columns(row.getMetaData());
      while (row.next()) {
        rows.add(
            new ProgressRow(
                row.getString("job"),
                progress(row, columns),
                row.getLong("token"),
                columns.contains("flushes") ? row.getLong("flushes") : 0));
      }
    }
    return rows;
  }

  private static Set<String> columns(ResultSetMetaData data) throws SQLException {
    Set<String> columns = new HashSet<>();
    for (int i = 1; i <= data.getColumnCount(); i++) {
      columns.add(data.getColumnName(i));
    }
    return columns;
  }

  private static RangeProgress progress(ResultSet row, Set<String> columns) throws SQLException {
    return new RangeProgress(
        new GroupRange(row.getInt("first_group"), row.getInt("last_group")),
        row.getLong("version"),
        columns.contains("injected") ? row.getInt("injected") : 0,
        row.getString("gtid_set"),
        Optional.ofNullable(row.getObject("as_of", OffsetDateTime.class))
            .map(OffsetDateTime::toInstant),
        row.getBoolean("handed_over"),
        invalid(texts(row, columns, "invalid"), texts(row, columns, "reasons")),
        Set.copyOf(texts(row, columns, "on_read")),
        hidden(row, columns));
  }

  private static HiddenViews hidden(ResultSet row, Set<String> columns) throws SQLException {
    return columns.contains("rebuilding")
        ? new HiddenViews(
            Set.copyOf(texts(row, columns, "rebuilding")),
            Optional.ofNullable(row.getString("rebuild_reason")),
            row.getLong("rebuilt"))
        : HiddenViews.NONE;
  }

  /** Jobs of earlier versions wrote no reasons, because they knew only one. */
  private static Map<String, String> invalid(List<String> views, List<String> reasons) {
    Map<String, String> invalid = new LinkedHashMap<>();
    for (int i = 0; i < views.size(); i++) {
      invalid.put(
          views.get(i), i < reasons.size() ? reasons.get(i) : Reason.UNPLACEABLE.wireName());
    }
    return invalid;
  }

  private static List<String> texts(ResultSet row, Set<String> columns, String column)
      throws SQLException {
    return columns.contains(column)
        ? List.of((String[]) row.getArray(column).getArray())
        : List.of();
  }

  /**
   * Binds the columns {@code version} to {@code rebuilt}; returns the index of the next parameter.
   */
  static int bind(PreparedStatement statement, int first, RangeProgress progress)
      throws SQLException {
    Connection connection = statement.getConnection();
    Map<String, String> invalid = new TreeMap<>(progress.invalid());
    HiddenViews hidden = progress.hidden();
    int index = first;
    statement.setLong(index++, progress.position());
    statement.setInt(index++, progress.injected());
    statement.setString(index++, progress.gtids());
    statement.setObject(
        index++, progress.asOf().map(asOf -> asOf.atOffset(ZoneOffset.UTC)).orElse(null));
    statement.setBoolean(index++, progress.handedOver());
    statement.setArray(index++, texts(connection, invalid.keySet()));
    statement.setArray(index++, texts(connection, invalid.values()));
    statement.setArray(index++, texts(connection, progress.onRead()));
    statement.setArray(index++, texts(connection, hidden.views()));
    statement.setString(index++, hidden.reason().orElse(null));
    statement.setLong(index++, hidden.rebuilt());
    return index;
  }

  static Array texts(Connection connection, Collection<String> texts) throws SQLException {
    return connection.createArrayOf("text", texts.toArray());
  }
}
