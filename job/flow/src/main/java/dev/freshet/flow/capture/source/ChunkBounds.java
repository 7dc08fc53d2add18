package dev.freshet.flow.capture.source;

import dev.freshet.flow.binlog.Unreadable;
import dev.freshet.view.Column;
import dev.freshet.view.ImpossibleDate;
import dev.freshet.view.Table;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.Names;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;

/**
 * Splits a table into chunks by one column: the first column of the primary key that MySQL compares
 * in the same order as it sorts. Only MySQL compares values. Rows with the same value are in the
 * same chunk.
 *
 * <p>A bound is a canonical value. A chunk contains the rows from its start (inclusive) to its end
 * (exclusive).
 */
final class ChunkBounds {
  /**
   * Types that cannot be bounds: ENUM and SET are sorted by number but compared as text, a YEAR
   * parameter of two digits means another year, and the others are not exact.
   */
  private static final Set<String> UNFIT =
      Set.of("enum", "set", "year", "bit", "float", "double", "json");

  private final Tables.Source source;
  private final Column column;

  private ChunkBounds(Tables.Source source, Column column) {
    this.source = source;
    this.column = column;
  }

  /** Returns the bounds of a table; empty if the table cannot be split. */
  static Optional<ChunkBounds> of(Tables.Source source) {
    Table table = source.any();
    return table.primaryKey().stream()
        .map(table.columns()::get)
        .filter(column -> !UNFIT.contains(TableDefinition.Definition.of(column).base()))
        .findFirst()
        .map(column -> new ChunkBounds(source, column));
  }

  /**
   * Reads the end of a chunk from MySQL.
   *
   * @param start the chunk's start; null for the table's first chunk
   * @param rows the number of rows of the chunk; it has more if rows share the start's value
   * @return the end; null if the chunk is the last one
   */
  Object end(Connection mysql, Object start, int rows) throws SQLException {
    String name = Names.MYSQL.quoted(column.name());
    String sql =
        "SELECT "
            + TableSelect.readable(column)
            + " FROM "
            + new TableSelect(source).from()
            + (start == null ? "" : " WHERE " + name + " > ?")
            + " ORDER BY "
            + name
            + " LIMIT 1 OFFSET "
            + (start == null ? rows : rows - 1);
    try (PreparedStatement statement = mysql.prepareStatement(sql)) {
      if (start != null) {
        bind(statement, 1, start);
      }
      try (ResultSet row = statement.executeQuery()) {
        Object end = row.next() ? TableSelect.value(row, 1, column) : null;
        // A value that cannot be a parameter cannot be a bound; the rest of the table is one chunk.
        boolean exact =
            end != null
                && !(end instanceof Unreadable)
                && !ImpossibleDate.isStandIn(column.type(), end);
        return exact ? end : null;
      }
    }
  }

  /** Returns the WHERE clause for the rows of a chunk; empty for the whole table. */
  String condition(Object start, Object end) {
    String name = Names.MYSQL.quoted(column.name());
    String from = start == null ? "" : " WHERE " + name + " >= ?";
    return end == null ? from : from + (start == null ? " WHERE " : " AND ") + name + " < ?";
  }

  /** Binds the parameters of {@link #condition}. */
  void bind(PreparedStatement statement, Object start, Object end) throws SQLException {
    int index = 1;
    if (start != null) {
      bind(statement, index++, start);
    }
    if (end != null) {
      bind(statement, index, end);
    }
  }

  private void bind(PreparedStatement statement, int index, Object value) throws SQLException {
    JdbcValues.MYSQL.bind(statement, index, column.type(), value);
  }
}
