package dev.freshet.flow.capture.source;

import dev.freshet.flow.binlog.Unreadable;
import dev.freshet.view.CanonicalTime;
import dev.freshet.view.Column;
import dev.freshet.view.ImpossibleDate;
import dev.freshet.view.Table;
import dev.freshet.view.ValueType;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.Names;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Reads columns of a table by name as canonical values, over connections with the settings of
 * {@link dev.freshet.view.sql.MysqlSession}. Invalid dates become {@linkplain ImpossibleDate
 * stand-ins}, as in the binlog.
 */
final class TableSelect {
  private static final int DATE_LENGTH = "2026-01-31".length();

  private final String from;
  private final List<Column> columns;

  TableSelect(Tables.Source source) {
    Table table = source.any();
    this.from = Names.MYSQL.quoted(table.database()) + "." + Names.MYSQL.quoted(table.name());
    this.columns = source.columns();
  }

  /** Returns the qualified name of the table, quoted. */
  String from() {
    return from;
  }

  /** Returns a query for all columns in use, whose rows {@link #row} reads. */
  String all() {
    return "SELECT "
        + columns.stream().map(TableSelect::readable).collect(Collectors.joining(", "))
        + " FROM "
        + from;
  }

  /** Returns an expression for a column, whose value {@link #value} reads. */
  static String readable(Column column) {
    String name = Names.MYSQL.quoted(column.name());
    return switch (column.type()) {
      case DATE, TIME, DATETIME, TIMESTAMP -> "CAST(" + name + " AS CHAR)";
      case INTEGER, DECIMAL, DOUBLE, STRING, BYTES -> name;
    };
  }

  /**
   * Reads the current row of a result of {@link #all}: canonical values, nulls, and {@link
   * Unreadable}s.
   */
  Object[] row(ResultSet rows) throws SQLException {
    Object[] row = new Object[columns.size()];
    for (int i = 0; i < row.length; i++) {
      row[i] = value(rows, i + 1, columns.get(i));
    }
    return row;
  }

  /** Reads a value: canonical, null, or {@link Unreadable}. */
  static Object value(ResultSet rows, int index, Column column) throws SQLException {
    return switch (column.type()) {
      case DATE, TIME, DATETIME, TIMESTAMP -> {
        String text = rows.getString(index);
        yield text == null ? null : time(column.type(), text);
      }
      case DOUBLE -> {
        if (column.mysqlType().startsWith("float")) {
          float value = rows.getFloat(index);
          yield rows.wasNull() ? null : Double.valueOf(Float.toString(value));
        }
        yield JdbcValues.MYSQL.read(rows, index, column);
      }
      case INTEGER, DECIMAL, STRING, BYTES -> JdbcValues.MYSQL.read(rows, index, column);
    };
  }

  private static Object time(ValueType type, String text) {
    try {
      if (type == ValueType.TIME) {
        return CanonicalTime.timeMicros(text);
      }
      LocalDate date =
          ImpossibleDate.dateOrStandIn(
              Integer.parseInt(text, 0, 4, 10),
              Integer.parseInt(text, 5, 7, 10),
              Integer.parseInt(text, 8, DATE_LENGTH, 10));
      return type == ValueType.DATE
          ? (Object) date.toEpochDay()
          : CanonicalTime.micros(date.atTime(LocalTime.parse(text.substring(DATE_LENGTH + 1))));
    } catch (RuntimeException e) {
      return Unreadable.of(e);
    }
  }
}
