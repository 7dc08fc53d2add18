package dev.freshet.view.form;

import dev.freshet.view.CanonicalTime;
import dev.freshet.view.Column;
import dev.freshet.view.declare.MysqlTypes;
import java.math.BigDecimal;
import java.time.LocalDate;

/** Example values of key columns, for queries in which any value will do. */
public final class ExampleValue {
  private static final LocalDate DAY = LocalDate.of(2026, 1, 1);
  private static final String TEXT = "example";

  private ExampleValue() {}

  /**
   * A canonical value in the column's range. {@link TextForm} can print and parse it, and MySQL can
   * compare it with the column without an error.
   *
   * @throws IllegalArgumentException if the column's type is not allowed in keys
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
