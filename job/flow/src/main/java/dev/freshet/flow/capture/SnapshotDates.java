package dev.freshet.flow.capture;

import dev.freshet.view.ImpossibleDate;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.sql.Blob;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Set;
import javax.sql.rowset.serial.SerialBlob;

/**
 * A chunk's rows, with an identity for dates that are in no calendar: Flink CDC makes NULL of them,
 * or gives up. It reads a date by {@code getBlob} as text, a DATETIME by {@code getBlob} to see
 * whether it is zero and then by {@code getTimestamp}, all else by {@code getObject}.
 */
final class SnapshotDates implements InvocationHandler {
  /** The year 0 would become 2000; 1900 is no YEAR, and also what the binlog's reader makes. */
  private static final Integer YEAR_ZERO = ColumnDecoder.YEAR_ZERO;

  private static final Set<String> READ_BY = Set.of("getBlob", "getTimestamp", "getObject");
  private static final byte[] NOT_ZERO = "2000-01-01 00:00:00".getBytes(StandardCharsets.US_ASCII);
  private static final int DATE_LENGTH = 10;

  private final ResultSet rows;
  private final Kind[] kinds;

  private enum Kind {
    DATE,
    DATETIME,
    TIMESTAMP,
    YEAR
  }

  private SnapshotDates(ResultSet rows, Kind[] kinds) {
    this.rows = rows;
    this.kinds = kinds;
  }

  /** The rows themselves where no column can hold such a date. */
  static ResultSet exact(ResultSet rows) throws SQLException {
    ResultSetMetaData columns = rows.getMetaData();
    Kind[] kinds = new Kind[columns.getColumnCount() + 1];
    boolean none = true;
    for (int i = 1; i < kinds.length; i++) {
      kinds[i] =
          switch (columns.getColumnTypeName(i)) {
            case "DATE" -> Kind.DATE;
            case "DATETIME" -> Kind.DATETIME;
            case "TIMESTAMP" -> Kind.TIMESTAMP;
            case "YEAR" -> Kind.YEAR;
            default -> null;
          };
      none &= kinds[i] == null;
    }
    return none
        ? rows
        : (ResultSet)
            Proxy.newProxyInstance(
                SnapshotDates.class.getClassLoader(),
                new Class<?>[] {ResultSet.class},
                new SnapshotDates(rows, kinds));
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    if (READ_BY.contains(method.getName())
        && arguments[0] instanceof Integer column
        && kinds[column] != null) {
      byte[] bytes = rows.getBytes(column);
      Object own = bytes == null ? null : own(method, kinds[column], text(bytes));
      if (bytes == null || own != null) {
        return own;
      }
    }
    try {
      return method.invoke(rows, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** What is not NULL, in the form that the method is expected to give; null when it may itself. */
  private static Object own(Method method, Kind kind, String text) throws SQLException {
    return switch (method.getName()) {
      case "getBlob" -> blob(kind, text);
      case "getTimestamp" -> new ExactTimestamp(dateTime(text));
      default -> standIn(kind, text);
    };
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  /** Of a DATETIME it is only looked at whether it is zero. */
  private static Blob blob(Kind kind, String text) throws SQLException {
    return new SerialBlob(
        kind == Kind.DATE ? digits(date(text)).getBytes(StandardCharsets.US_ASCII) : NOT_ZERO);
  }

  private static Object standIn(Kind kind, String text) {
    if (kind == Kind.YEAR) {
      return Integer.parseInt(text) == 0 ? YEAR_ZERO : null;
    }
    if (kind == Kind.TIMESTAMP) {
      LocalDateTime time = dateTime(text);
      return ImpossibleDate.isStandIn(time.toLocalDate()) ? time.atZone(ZoneOffset.UTC) : null;
    }
    return null;
  }

  private static LocalDate date(String text) {
    return ImpossibleDate.dateOrStandIn(
        Integer.parseInt(text, 0, 4, 10),
        Integer.parseInt(text, 5, 7, 10),
        Integer.parseInt(text, 8, DATE_LENGTH, 10));
  }

  private static LocalDateTime dateTime(String text) {
    return date(text).atTime(LocalTime.parse(text.substring(DATE_LENGTH + 1)));
  }

  /** Years may have more than four digits, and no sign. */
  private static String digits(LocalDate date) {
    return date.getYear() + "-" + date.getMonthValue() + "-" + date.getDayOfMonth();
  }

  /** Reads back what it was made of, whatever zone this machine is in. */
  private static final class ExactTimestamp extends Timestamp {
    private static final long serialVersionUID = 1L;

    private final LocalDateTime time;

    ExactTimestamp(LocalDateTime time) {
      super(0);
      this.time = time;
    }

    @Override
    public LocalDateTime toLocalDateTime() {
      return time;
    }
  }
}
