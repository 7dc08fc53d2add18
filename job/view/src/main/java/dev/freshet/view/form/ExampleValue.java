package dev.freshet.view.form;

import dev.freshet.view.CanonicalTime;
import dev.freshet.view.Column;
import dev.freshet.view.declare.MysqlTypes;
import java.math.BigDecimal;
import java.time.LocalDate;

/** A value that a key's column can hold, for questions in which any will do. */
public final class ExampleValue {
  private static final LocalDate DAY = LocalDate.of(2026, 1, 1);
  private static final String TEXT = "example";

  private ExampleValue() {}

  /**
   * A canonical value that the column can hold: one that {@link TextForm} takes, and that MySQL
   * compares with the column without an error.
   *
   * @throws IllegalArgumentException for a column of a type that keys do not have
   */
  public static Object of(Column column) {
    return switch (column.type()) {
      case INTEGER -> 0L;
      case DECIMAL -> BigDecimal.ZERO.setScale(MysqlTypes.scale(column));
      case STRING -> TEXT.substring(0, Math.min(TEXT.length(), MysqlTypes.length(column, 1)));
      case BYTES -> new byte[MysqlTypes.length(column, 1) > 0 ? 1 : 0];
      case DATE -> DAY.toEpochDay();
      case TIME -> 0L;
      case DATETIME, TIMESTAMP -> CanonicalTime.micros(DAY.atStartOfDay());
      case DOUBLE -> throw new IllegalArgumentException("no key has " + column.mysqlType());
    };
  }
}
