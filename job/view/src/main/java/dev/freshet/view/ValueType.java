package dev.freshet.view;

import java.math.BigDecimal;

/**
 * The types of values in which Freshet computes. Each has one canonical Java class. NULL is always
 * {@code null}.
 */
public enum ValueType {
  /** All integer types up to BIGINT, INT UNSIGNED, YEAR, TINYINT(1): {@link Long}. */
  INTEGER,
  /** DECIMAL, at its column's scale, and BIGINT UNSIGNED, at scale 0: {@link BigDecimal}. */
  DECIMAL,
  /** FLOAT and DOUBLE: {@link Double}; never NaN or infinite. FLOAT is only shown. */
  DOUBLE,
  /** CHAR, VARCHAR, TEXT; ENUM, SET and JSON as their text: {@link String}. */
  STRING,
  /** BINARY, VARBINARY, BLOB, BIT: {@code byte[]}. */
  BYTES,
  /** DATE: days since 1970-01-01, {@link Long}. */
  DATE,
  /** TIME: microseconds, may be negative, {@link Long}. */
  TIME,
  /** DATETIME: microseconds since 1970-01-01 00:00:00 without any zone, {@link Long}. */
  DATETIME,
  /** TIMESTAMP: microseconds since the epoch, UTC, {@link Long}. */
  TIMESTAMP;

  /** A day far beyond all dates of MySQL, the stand-ins for its impossible dates included. */
  private static final long MOST_DAYS = 20_000_000;

  private static final long MICROS_PER_DAY = 86_400_000_000L;

  /**
   * Whether a value that is not NULL can be of this type: it has the canonical class, and a date or
   * time is not beyond those of MySQL by more than Java can compute.
   */
  public boolean holds(Object value) {
    return switch (this) {
      case INTEGER -> value instanceof Long;
      case DECIMAL -> value instanceof BigDecimal;
      case DOUBLE -> value instanceof Double;
      case STRING -> value instanceof String;
      case BYTES -> value instanceof byte[];
      case DATE -> value instanceof Long days && isWithin(days, MOST_DAYS);
      case TIME, DATETIME, TIMESTAMP ->
          value instanceof Long micros && isWithin(micros, MOST_DAYS * MICROS_PER_DAY);
    };
  }

  private static boolean isWithin(long value, long most) {
    return value >= -most && value <= most;
  }
}
