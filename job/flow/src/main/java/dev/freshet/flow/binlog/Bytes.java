package dev.freshet.flow.binlog;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads a range of an array from its start to its end. Reading beyond the end throws {@link
 * IndexOutOfBoundsException}. Numbers are little-endian unless a method says otherwise.
 *
 * <p>Not safe for several threads.
 */
public final class Bytes {
  private final byte[] array;
  private final int end;
  private int at;

  /** The bytes from {@code begin}, inclusive, to {@code end}, exclusive. */
  public Bytes(byte[] array, int begin, int end) {
    if (begin < 0 || begin > end || end > array.length) {
      throw new IndexOutOfBoundsException("bytes " + begin + " to " + end + " of " + array.length);
    }
    this.array = array;
    this.at = begin;
    this.end = end;
  }

  public Bytes(byte[] array) {
    this(array, 0, array.length);
  }

  /** How many bytes are left. */
  public int left() {
    return end - at;
  }

  /** The place of the next byte in the array. */
  int at() {
    return at;
  }

  /** Goes to a place of the array, not beyond the end. */
  void moveTo(int place) {
    if (place > end) {
      throw new IndexOutOfBoundsException("place " + place + " is behind the end " + end);
    }
    at = place;
  }

  /** Passes over bytes. */
  public void skip(int length) {
    require(length);
    at += length;
  }

  /** Unsigned. */
  public int u1() {
    require(1);
    return array[at++] & 0xFF;
  }

  /** Unsigned. */
  public int u2() {
    return (int) unsigned(2);
  }

  /** Unsigned. */
  public int u3() {
    return (int) unsigned(3);
  }

  /** Unsigned. */
  public long u4() {
    return unsigned(4);
  }

  /** All 64 bits. */
  public long i8() {
    return unsigned(8);
  }

  /**
   * An unsigned number; of eight bytes all bits.
   *
   * @param length 0 to 8 bytes
   */
  public long unsigned(int length) {
    require(length);
    long value = 0;
    for (int i = length - 1; i >= 0; i--) {
      value = value << 8 | (array[at + i] & 0xFF);
    }
    at += length;
    return value;
  }

  /** A signed number of 1 to 8 bytes. */
  public long signed(int length) {
    int free = Long.SIZE - Byte.SIZE * length;
    return unsigned(length) << free >> free;
  }

  /** An unsigned number of 0 to 8 bytes, the highest first. */
  public long bigEndian(int length) {
    require(length);
    long value = 0;
    for (int i = 0; i < length; i++) {
      value = value << 8 | (array[at + i] & 0xFF);
    }
    at += length;
    return value;
  }

  /**
   * A length in MySQL's packed form: one byte below 251, else a mark and 2, 3 or 8 bytes.
   *
   * @throws IllegalArgumentException when it is NULL's mark, or no length that an array can have
   */
  public int packed() {
    int first = u1();
    long value =
        switch (first) {
          case 252 -> unsigned(2);
          case 253 -> unsigned(3);
          case 254 -> i8();
          default -> first;
        };
    if (first == 251 || first == 255 || value < 0 || value > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("a length cannot begin with " + first);
    }
    return (int) value;
  }

  public byte[] bytes(int length) {
    require(length);
    byte[] bytes = Arrays.copyOfRange(array, at, at + length);
    at += length;
    return bytes;
  }

  public String text(int length, Charset charset) {
    require(length);
    String text = new String(array, at, length, charset);
    at += length;
    return text;
  }

  /** Text of one byte of length, the text in UTF-8, and a zero byte: names in a TABLE_MAP. */
  String name() {
    String name = text(u1(), StandardCharsets.UTF_8);
    skip(1);
    return name;
  }

  /** The next bytes, by themselves; they are passed over here. */
  public Bytes part(int length) {
    require(length);
    Bytes part = new Bytes(array, at, at + length);
    at += length;
    return part;
  }

  private void require(int length) {
    if (length < 0 || length > end - at) {
      throw new IndexOutOfBoundsException(
          length + " bytes are to be read, " + left() + " are left");
    }
  }
}
