package dev.freshet.view.sql;

import dev.freshet.view.CanonicalTime;
import dev.freshet.view.Column;
import dev.freshet.view.ImpossibleDate;
import dev.freshet.view.Members;
import dev.freshet.view.ValueType;
import dev.freshet.view.collation.Collation;
import dev.freshet.view.declare.MysqlTypes;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.Types;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * Reads canonical values (see {@link ValueType}) from a database and binds them to statements,
 * exact to the microsecond and independent of the JVM's time zone.
 *
 * <p>Connections to MySQL must have {@link MysqlSession}'s settings: TIMESTAMP is read and bound in
 * the session's time zone, which these set to UTC, and FLOAT is exact only in prepared statements.
 * Select a TIME by the expression of {@link MysqlQueries#readable}.
 *
 * <p>Postgres can hold all values of MySQL's DATE and DATETIME from year 1 to 9999, TIME within 839
 * hours, and DECIMAL with 65 digits. It cannot hold a text with a NUL character ({@link
 * StoreLimits}).
 */
public enum JdbcValues {
  MYSQL {
    @Override
    Object value(ResultSet rows, int index, Column column) throws SQLException {
      return switch (column.type()) {
        case DOUBLE ->
            // A FLOAT is the number that its shortest decimal text means.
            column.mysqlType().startsWith("float")
                ? Double.valueOf(Float.toString(rows.getFloat(index)))
                : Double.valueOf(rows.getDouble(index));
        case TIME -> time(rows, index);
        case TIMESTAMP -> dateTime(rows, index, column);
        default -> common(rows, index, column);
      };
    }

    @Override
    void bindNonNull(PreparedStatement statement, int index, ValueType type, Object value)
        throws SQLException {
      if (ImpossibleDate.isStandIn(type, value)) {
        statement.setString(index, ImpossibleDate.text(type, value));
        return;
      }
      switch (type) {
        case TIME -> statement.setString(index, CanonicalTime.timeText((Long) value));
        case TIMESTAMP -> statement.setObject(index, CanonicalTime.dateTime((Long) value));
        default -> bindCommon(statement, index, type, value);
      }
    }

    @Override
    Object sought(Column column, Object value) {
      if (Members.has(column)) {
        // A text that names no value has a member that was added later.
        return Members.of(column).named((String) value).orElse((String) value);
      }
      if (!(value instanceof String text) || !column.foldsTexts()) {
        return value;
      }
      boolean fits =
          text.codePointCount(0, text.length()) <= MysqlTypes.length(column, text.length());
      int last = column.collation().startsWith("utf8mb4") ? Character.MAX_CODE_POINT : 0xFFFF;
      return fits ? text : Collation.of(column.collation()).orElseThrow().shortest(text, last);
    }

    @Override
    int sqlType(ValueType type) {
      return switch (type) {
        case TIME -> Types.VARCHAR;
        default -> commonType(type);
      };
    }
  },

  POSTGRES {
    @Override
    Object value(ResultSet rows, int index, Column column) throws SQLException {
      return switch (column.type()) {
        case TIME -> time(rows, index);
        case TIMESTAMP -> {
          OffsetDateTime time = rows.getObject(index, OffsetDateTime.class);
          yield time == null ? null : CanonicalTime.micros(time.toInstant());
        }
        default -> common(rows, index, column);
      };
    }

    @Override
    void bindNonNull(PreparedStatement statement, int index, ValueType type, Object value)
        throws SQLException {
      switch (type) {
        // Types.OTHER lets Postgres infer the parameter's type.
        case TIME -> statement.setObject(index, CanonicalTime.timeText((Long) value), Types.OTHER);
        case TIMESTAMP ->
            statement.setObject(
                index, CanonicalTime.instant((Long) value).atOffset(ZoneOffset.UTC));
        default -> bindCommon(statement, index, type, value);
      }
    }

    @Override
    int sqlType(ValueType type) {
      return switch (type) {
        case TIME -> Types.OTHER;
        case TIMESTAMP -> Types.TIMESTAMP_WITH_TIMEZONE;
        default -> commonType(type);
      };
    }
  };

  /**
   * Reads a value of the current row.
   *
   * @param index the index of the result's column, from 1
   * @return the canonical value, or null for NULL
   * @throws SQLDataException if the value is a date that no calendar has, such as {@code
   *     0000-00-00}
   */
  public Object read(ResultSet rows, int index, Column column) throws SQLException {
    Object value = value(rows, index, column);
    return rows.wasNull() ? null : value;
  }

  /**
   * Binds a canonical value, or null for NULL.
   *
   * @param index the index of the statement's parameter, from 1
   */
  public void bind(PreparedStatement statement, int index, ValueType type, Object value)
      throws SQLException {
    if (value == null) {
      statement.setNull(index, sqlType(type));
    } else {
      bindNonNull(statement, index, type, value);
    }
  }

  /**
   * Binds a canonical value of a key, so that the database finds the column's rows by it. Through
   * an index, MySQL finds no row by a text that has more characters than the column, even if a
   * shorter text is equal to it. A canonical text may be such.
   *
   * @param index the index of the statement's parameter, from 1
   */
  public void bindKey(PreparedStatement statement, int index, Column column, Object value)
      throws SQLException {
    bind(statement, index, column.type(), sought(column, value));
  }

  Object sought(Column column, Object value) {
    return value;
  }

  abstract Object value(ResultSet rows, int index, Column column) throws SQLException;

  abstract void bindNonNull(PreparedStatement statement, int index, ValueType type, Object value)
      throws SQLException;

  abstract int sqlType(ValueType type);

  static Object common(ResultSet rows, int index, Column column) throws SQLException {
    return switch (column.type()) {
      case INTEGER -> rows.getLong(index);
      case DECIMAL -> {
        // MySQL does not pad the values of CASE and COALESCE to the declared scale.
        BigDecimal number = rows.getBigDecimal(index);
        yield number == null ? null : number.setScale(MysqlTypes.scale(column));
      }
      case DOUBLE -> rows.getDouble(index);
      case STRING -> rows.getString(index);
      case BYTES -> rows.getBytes(index);
      case DATE -> date(rows, index, column);
      case DATETIME -> dateTime(rows, index, column);
      case TIME, TIMESTAMP -> throw new IllegalArgumentException("differs by database");
    };
  }

  static void bindCommon(PreparedStatement statement, int index, ValueType type, Object value)
      throws SQLException {
    switch (type) {
      case INTEGER -> statement.setLong(index, (Long) value);
      case DECIMAL -> statement.setBigDecimal(index, (BigDecimal) value);
      case DOUBLE -> statement.setDouble(index, (Double) value);
      case STRING -> statement.setString(index, (String) value);
      case BYTES -> statement.setBytes(index, (byte[]) value);
      case DATE -> statement.setObject(index, LocalDate.ofEpochDay((Long) value));
      case DATETIME -> statement.setObject(index, CanonicalTime.dateTime((Long) value));
      case TIME, TIMESTAMP -> throw new IllegalArgumentException("differs by database");
    }
  }

  static int commonType(ValueType type) {
    return switch (type) {
      case INTEGER -> Types.BIGINT;
      case DECIMAL -> Types.NUMERIC;
      case DOUBLE -> Types.DOUBLE;
      case STRING -> Types.VARCHAR;
      case BYTES -> Types.BINARY;
      case DATE -> Types.DATE;
      case TIME -> Types.TIME;
      case DATETIME, TIMESTAMP -> Types.TIMESTAMP;
    };
  }

  private static Long date(ResultSet rows, int index, Column column) throws SQLException {
    try {
      LocalDate date = rows.getObject(index, LocalDate.class);
      if (date == null) {
        return null;
      }
      if (date.getYear() > 0) {
        return date.toEpochDay();
      }
    } catch (SQLException | DateTimeException e) {
      throw noCalendarDay(column, e);
    }
    throw noCalendarDay(column, null);
  }

  static Long dateTime(ResultSet rows, int index, Column column) throws SQLException {
    try {
      LocalDateTime time = rows.getObject(index, LocalDateTime.class);
      if (time == null) {
        return null;
      }
      if (time.getYear() > 0) {
        return CanonicalTime.micros(time);
      }
    } catch (SQLException | DateTimeException e) {
      throw noCalendarDay(column, e);
    }
    throw noCalendarDay(column, null);
  }

  static Long time(ResultSet rows, int index) throws SQLException {
    String time = rows.getString(index);
    return time == null ? null : CanonicalTime.timeMicros(time);
  }

  private static SQLDataException noCalendarDay(Column column, Exception cause) {
    return new SQLDataException(
        "column "
            + column.name()
            + " ("
            + column.mysqlType()
            + ") holds a date that is in no calendar, such as 0000-00-00; correct the row in MySQL",
        cause);
  }
}
