package dev.freshet.view;

/**
 * The types of values in which Freshet computes. Each has one canonical Java class. NULL is always
 * {@code null}.
 */
public enum ValueType {
  /** All integer types up to BIGINT, INT UNSIGNED, YEAR, TINYINT(1): {@link Long}. */
  INTEGER,
  /**
   * DECIMAL, at its column's scale, and BIGINT UNSIGNED, at scale 0: {@link java.math.BigDecimal}.
   */
  DECIMAL,
  /** FLOAT and DOUBLE: {@link Double}. Only shown, never compared. */
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
  TIMESTAMP
}
