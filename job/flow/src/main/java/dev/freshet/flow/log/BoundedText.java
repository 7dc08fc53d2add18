package dev.freshet.flow.log;

import dev.freshet.view.BoundedInput;
import java.io.DataInput;
import java.io.IOException;
import java.io.UTFDataFormatException;
import java.util.Arrays;

/**
 * Reads texts in the two forms of the serializers. The methods of Java and of Flink allocate a
 * text's whole length before they read it; these allocate what the input has.
 */
public final class BoundedText {
  private static final int CHUNK = 4096;

  /** The bits of a byte that belong to a number; the highest says that another byte follows. */
  private static final int BITS = 7;

  private static final int MORE = 1 << BITS;

  private BoundedText() {}

  /**
   * Reads what {@link java.io.DataOutput#writeUTF} wrote.
   *
   * @throws IOException also if the bytes are not such a text
   */
  public static String utf(DataInput in) throws IOException {
    byte[] bytes = BoundedInput.bytes(in, in.readUnsignedShort());
    char[] text = new char[bytes.length];
    int length = 0;
    int at = 0;
    while (at < bytes.length) {
      int first = bytes[at] & 0xFF;
      if (first < 0x80) {
        text[length] = (char) first;
        at += 1;
      } else if (first >> 5 == 0b110) {
        text[length] = (char) ((first & 0x1F) << 6 | tail(bytes, at + 1));
        at += 2;
      } else if (first >> 4 == 0b1110) {
        text[length] =
            (char) ((first & 0xF) << 12 | tail(bytes, at + 1) << 6 | tail(bytes, at + 2));
        at += 3;
      } else {
        throw malformed(at);
      }
      length++;
    }
    return new String(text, 0, length);
  }

  private static int tail(byte[] bytes, int at) throws IOException {
    if (at >= bytes.length || (bytes[at] & 0xC0) != 0x80) {
      throw malformed(at);
    }
    return bytes[at] & 0x3F;
  }

  private static IOException malformed(int at) {
    return new UTFDataFormatException("a text that is malformed at byte " + at);
  }

  /**
   * Reads what {@link org.apache.flink.types.StringValue#writeString} wrote: the length plus 1, and
   * the characters, each as a number of variable size; the length 0 is null.
   *
   * @throws IOException also if the bytes are not such a text
   */
  public static String string(DataInput in) throws IOException {
    long written = number(in.readUnsignedByte(), in, Integer.SIZE);
    if (written == 0) {
      return null;
    }
    if (written > Integer.MAX_VALUE) {
      throw new IOException("a text of " + (written - 1) + " characters");
    }
    int length = (int) written - 1;
    char[] text = new char[Math.min(length, CHUNK)];
    byte[] chunk = new byte[Math.min(length, CHUNK)];
    int done = 0;
    while (done < length) {
      // Each character has at least one byte.
      int bytes = Math.min(length - done, chunk.length);
      in.readFully(chunk, 0, bytes);
      if (done + bytes > text.length) {
        text = Arrays.copyOf(text, (int) Math.min(length, 2L * text.length));
      }
      int at = 0;
      while (at < bytes) {
        int first = chunk[at++] & 0xFF;
        if (first < MORE) {
          text[done++] = (char) first;
          continue;
        }
        int value = first & ~MORE;
        int next = first;
        for (int shift = BITS; next >= MORE; shift += BITS) {
          if (shift >= Character.SIZE) {
            throw new IOException("a character of more than " + Character.SIZE + " bits");
          }
          next = at < bytes ? chunk[at++] & 0xFF : in.readUnsignedByte();
          value |= (next & ~MORE) << shift;
        }
        text[done++] = (char) value;
      }
    }
    return new String(text);
  }

  /** Reads the rest of a number whose first byte was read. */
  private static long number(int first, DataInput in, int bits) throws IOException {
    long value = first & ~MORE;
    int next = first;
    for (int shift = BITS; next >= MORE; shift += BITS) {
      if (shift >= bits) {
        throw new IOException("a number of more than " + bits + " bits");
      }
      next = in.readUnsignedByte();
      value |= (long) (next & ~MORE) << shift;
    }
    return value;
  }
}
