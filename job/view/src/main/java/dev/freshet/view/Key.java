package dev.freshet.view;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;

/**
 * A tuple of non-null values in canonical bytes: a primary key, a view's key, or either with what
 * it belongs to in front. Two keys are equal when their bytes are; the hash is a function of the
 * bytes alone, so that every process places a key in the same key group.
 */
public final class Key implements Comparable<Key>, Serializable {
  private static final long serialVersionUID = 1L;

  private final byte[] bytes;
  private final int hash;

  private Key(byte[] bytes) {
    this.bytes = bytes;
    this.hash = hash(bytes);
  }

  /**
   * FNV-1a. State in savepoints and the progress of ranges in the store lie by it: it is never
   * changed. What {@link Arrays#hashCode(byte[])} makes of a million successive numbers are some
   * ten thousand different hashes.
   */
  private static int hash(byte[] bytes) {
    int hash = 0x811c9dc5;
    for (byte each : bytes) {
      hash = (hash ^ (each & 0xff)) * 0x01000193;
    }
    return hash;
  }

  /** Takes the bytes as they are, without a copy: the caller gives them away. */
  public static Key ofBytes(byte[] bytes) {
    return new Key(bytes);
  }

  /**
   * The key of these values.
   *
   * @throws IllegalArgumentException when one is null
   */
  public static Key of(Object... values) {
    ByteArrayOutputStream buffer = new ByteArrayOutputStream(values.length * 12);
    DataOutputStream out = new DataOutputStream(buffer);
    try {
      for (Object value : values) {
        if (value == null) {
          throw new IllegalArgumentException("a key has no NULL: " + Arrays.toString(values));
        }
        Values.write(canonical(value), out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Key(buffer.toByteArray());
  }

  /**
   * The key that some columns of a row make, with a prefix in front.
   *
   * @param prefix what the key belongs to; may be empty
   * @param columns places in the row
   * @return null when one of the columns is NULL
   */
  public static Key ofColumns(Object prefix, Object[] row, List<Integer> columns) {
    int offset = prefix == null ? 0 : 1;
    Object[] values = new Object[columns.size() + offset];
    if (prefix != null) {
      values[0] = prefix;
    }
    for (int i = 0; i < columns.size(); i++) {
      Object value = row[columns.get(i)];
      if (value == null) {
        return null;
      }
      values[i + offset] = value;
    }
    return of(values);
  }

  /** The values again, in order. */
  public Object[] values() {
    ByteArrayInputStream buffer = new ByteArrayInputStream(bytes);
    DataInputStream in = new DataInputStream(buffer);
    Object[] values = new Object[0];
    try {
      while (buffer.available() > 0) {
        values = Arrays.copyOf(values, values.length + 1);
        values[values.length - 1] = Values.read(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return values;
  }

  /**
   * The first value, read without the others.
   *
   * @throws IllegalStateException when it is no {@link Long}
   */
  public long firstLong() {
    return Values.leadingLong(bytes);
  }

  /** The bytes themselves, not a copy: do not change them. */
  public byte[] bytes() {
    return bytes;
  }

  /** Any total order that agrees with {@link #equals}; not the order of the values. */
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

  /** 1.50 and 1.5 are one key. */
  private static Object canonical(Object value) {
    return value instanceof BigDecimal number ? number.stripTrailingZeros() : value;
  }
}
