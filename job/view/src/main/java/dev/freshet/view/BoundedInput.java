package dev.freshet.view;

import java.io.DataInput;
import java.io.IOException;
import java.util.Arrays;

/**
 * Reads numbers that say how much follows, and bytes after such a number. The number may be false:
 * negative numbers are refused, and memory is only taken for bytes that the input has.
 */
public final class BoundedInput {
  /** The bytes that are allocated before the input has proved to have any. */
  private static final int FIRST_BYTES = 16 << 10;

  private BoundedInput() {}

  /**
   * Reads a number of bytes or elements.
   *
   * @throws IOException also if it is negative
   */
  public static int count(DataInput in) throws IOException {
    int count = in.readInt();
    if (count < 0) {
      throw new IOException("a length of " + count + " is negative");
    }
    return count;
  }

  /**
   * Reads a length of 4 bytes, then as many bytes.
   *
   * @throws IOException also if the length is negative, or the input ends before
   */
  public static byte[] bytes(DataInput in) throws IOException {
    return bytes(in, count(in));
  }

  /**
   * Reads bytes.
   *
   * @param length not negative
   * @throws IOException also if the input ends before
   */
  public static byte[] bytes(DataInput in, int length) throws IOException {
    byte[] bytes = new byte[Math.min(length, FIRST_BYTES)];
    in.readFully(bytes);
    while (bytes.length < length) {
      int read = bytes.length;
      bytes = Arrays.copyOf(bytes, (int) Math.min(length, 2L * read));
      in.readFully(bytes, read, bytes.length - read);
    }
    return bytes;
  }
}
