package dev.freshet.flow.binlog;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A cursor over a range of a byte array. Reading beyond the range's end throws {@link
 * IndexOutOfBoundsException}. Numbers are little-endian unless a method says otherwise.
 *
 * <p>Not thread-safe.
 */
public final class Bytes {
  private final byte[] array;
  private final int end;
  private int at;

  /** A cursor over the bytes from {@code begin}, inclusive, to {@code end}, exclusive. */
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

  /** The number of bytes that are left. */
  public int left() {
    return end - at;
  }

  /** The index of the next byte in the array. */
  int at() {
    return at;
  }

  /** Moves the cursor to an index of the array, not beyond the end. */
  void moveTo(int index) {
    if (index > end) {
      throw new IndexOutOfBoundsException("index " + index + " is beyond the end " + end);
    }
    at = index;
  }

  /** Skips bytes. */
  public void skip(int length) {
    require(length);
    at += length;
  }

  /** Reads an unsigned number of 1 byte. */
  public int u1() {
    require(1);
    return array[at++] & 0xFF;
  }

  /** Reads an unsigned number of 2 bytes. */
  public int u2() {
    return (int) unsigned(2);
  }

  /** Reads an unsigned number of 3 bytes. */
  public int u3() {
    return (int) unsigned(3);
  }

  /** Reads an unsigned number of 4 bytes. */
  public long u4() {
    return unsigned(4);
  }

  /** Reads 8 bytes as a signed number. */
  public long i8() {
    return unsigned(8);
  }

  /**
   * Reads an unsigned number; of 8 bytes, the bits as a long.
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

  /** Reads a signed number of 1 to 8 bytes. */
  public long signed(int length) {
    int free = Long.SIZE - Byte.SIZE * length;
    return unsigned(length) << free >> free;
  }

  /** Reads an unsigned big-endian number of 0 to 8 bytes. */
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
   * Reads a length in MySQL's packed form: one byte below 251, or a mark followed by 2, 3 or 8
   * bytes.
   *
   * @throws IllegalArgumentException if the first byte is the mark of NULL, or the length is too
   *     large for an array
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

  /** Reads a name of a TABLE_MAP: one byte with the length, the text in UTF-8, and a zero byte. */
  String name() {
    String name = text(u1(), StandardCharsets.UTF_8);
    skip(1);
    return name;
  }

  /** Returns a cursor over the next bytes, and skips them here. */
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
