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
 * Where a table is cut into chunks: by the first column of its primary key that can be compared
 * with a value in the way it is sorted. MySQL alone compares; rows of one value lie in one chunk.
 *
 * <p>A bound is a canonical value. A chunk has the rows from its start, inclusive, to its end,
 * exclusive.
 */
final class ChunkBounds {
  /**
   * ENUM and SET are sorted by number and compared as text, a small number means another YEAR, and
   * the rest is not exact.
   */
  private static final Set<String> UNFIT =
      Set.of("enum", "set", "year", "bit", "float", "double", "json");

  private final Tables.Source source;
  private final Column column;

  private ChunkBounds(Tables.Source source, Column column) {
    this.source = source;
    this.column = column;
  }

  /** Those of a table; empty when it cannot be cut. */
  static Optional<ChunkBounds> of(Tables.Source source) {
    Table table = source.any();
    return table.primaryKey().stream()
        .map(table.columns()::get)
        .filter(column -> !UNFIT.contains(TableDefinition.Definition.of(column).base()))
        .findFirst()
        .map(column -> new ChunkBounds(source, column));
  }

  /**
   * The end of a chunk.
   *
   * @param start null for the table's first chunk
   * @param rows how many it should have; with the rows that share the start's value it has more
   * @return null when the chunk is the last
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
        // A value that no parameter can say ends no chunk: the rest is one.
        boolean exact =
            end != null
                && !(end instanceof Unreadable)
                && !ImpossibleDate.isStandIn(column.type(), end);
        return exact ? end : null;
      }
    }
  }

  /** The rows of a chunk, as a condition with its parameters; empty for the whole table. */
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
