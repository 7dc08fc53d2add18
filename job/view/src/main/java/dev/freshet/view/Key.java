package dev.freshet.view;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A tuple of non-null values, encoded as canonical bytes: a primary key or a view's key, possibly
 * with a prefix that says which node or view it belongs to. Keys are equal if their bytes are. The
 * hash depends only on the bytes, so every process assigns a key to the same key group. Immutable.
 */
public final class Key implements Comparable<Key>, Serializable {
  private static final long serialVersionUID = 1L;

  /** The largest number of values that are decoded; no index has as many columns. */
  private static final int MOST_VALUES = 64;

  private final byte[] bytes;
  private final int hash;

  private Key(byte[] bytes) {
    this.bytes = bytes;
    this.hash = hash(bytes);
  }

  /**
   * FNV-1a. It never changes, because state in savepoints and the ranges in the store are
   * partitioned by this hash. {@link Arrays#hashCode(byte[])} is not used because it gives a
   * million successive numbers only some ten thousand different hashes.
   */
  private static int hash(byte[] bytes) {
    int hash = 0x811c9dc5;
    for (byte each : bytes) {
      hash = (hash ^ (each & 0xff)) * 0x01000193;
    }
    return hash;
  }

  /** Wraps the bytes without a copy; the caller must not change them afterwards. */
  public static Key ofBytes(byte[] bytes) {
    return new Key(bytes);
  }

  /**
   * Makes a key of these values.
   *
   * @throws IllegalArgumentException if a value is null
   */
  public static Key of(Object... values) {
    ByteArrayOutputStream buffer = new ByteArrayOutputStream(values.length * 12);
    DataOutputStream out = new DataOutputStream(buffer);
    try {
      for (Object value : values) {
        if (value == null) {
          throw new IllegalArgumentException(
              "a key cannot contain NULL: " + Arrays.toString(values));
        }
        Values.write(canonical(value), out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Key(buffer.toByteArray());
  }

  /**
   * Makes a key of a prefix and some columns of a row. Values that MySQL takes as equal give the
   * same key.
   *
   * @param prefix the first value of the key, which says what the key belongs to; null for none
   * @param indexes indexes into the row
   * @param columns describes the row's columns, by their indexes
   * @return null if one of the columns is NULL
   */
  public static Key ofColumns(
      Object prefix, Object[] row, List<Integer> indexes, IntFunction<Column> columns) {
    int offset = prefix == null ? 0 : 1;
    Object[] values = new Object[indexes.size() + offset];
    if (prefix != null) {
      values[0] = prefix;
    }
    for (int i = 0; i < indexes.size(); i++) {
      int index = indexes.get(i);
      if (row[index] == null) {
        return null;
      }
      values[i + offset] = columns.apply(index).canonical(row[index]);
    }
    return of(values);
  }

  /**
   * Decodes the values, in their order.
   *
   * @throws IllegalArgumentException with a message of one line if the bytes are not values
   */
  public Object[] values() {
    ByteArrayInputStream buffer = new ByteArrayInputStream(bytes);
    DataInputStream in = new DataInputStream(buffer);
    List<Object> values = new ArrayList<>(4);
    try {
      while (buffer.available() > 0) {
        if (values.size() == MOST_VALUES) {
          throw new IllegalArgumentException("a key of more than " + MOST_VALUES + " values");
        }
        values.add(Values.read(in));
      }
    } catch (EOFException e) {
      throw new IllegalArgumentException(
          "a key of " + bytes.length + " bytes that end within a value", e);
    } catch (IOException e) {
      throw new IllegalArgumentException("a key with " + e.getMessage(), e);
    }
    return values.toArray();
  }

  /**
   * Decodes only the first value.
   *
   * @throws IllegalStateException if it is not a {@link Long}
   */
  public long firstLong() {
    return Values.leadingLong(bytes);
  }

  /** The key's own bytes, not a copy; do not change them. */
  public byte[] bytes() {
    return bytes;
  }

  /** A total order that is consistent with {@link #equals}, but not the order of the values. */
  @Override
  public int compareTo(Key other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Key key && hash == key.hash && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return Arrays.deepToString(values());
  }

  /** Makes 1.50 and 1.5 the same key. */
  private static Object canonical(Object value) {
    return value instanceof BigDecimal number ? number.stripTrailingZeros() : value;
  }
}
