package dev.freshet.view.gtid;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Parses the GTID event that precedes a transaction in the binlog. The methods take the event's
 * bytes after the 19-byte header, and ignore everything after the GTID, including a checksum.
 *
 * <p>The tagged event is a message of MySQL's serialization library: the version of the format, the
 * size, the number of the last field that a reader must know, then the fields, each after its
 * number. Integers have a variable size: the number of trailing one bits in the first byte is the
 * number of bytes that follow.
 */
public final class GtidEvent {
  private static final long FORMAT = 1;
  private static final int FLAGS = 0;
  private static final int SERVER = 1;
  private static final int NUMBER = 2;
  private static final int TAG = 3;

  /** The highest field number in MySQL 9.7. */
  private static final int LAST_FIELD = 11;

  private static final int UUID_BYTES = 16;
  private static final int MOST_TAG = 32;

  private final ByteBuffer bytes;

  private GtidEvent(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /**
   * Parses a GTID event (type 33).
   *
   * @throws IllegalArgumentException if the bytes are not such an event
   */
  public static Gtid untagged(byte[] body) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(body, 1, body.length - 1);
      UUID server = new UUID(bytes.getLong(), bytes.getLong());
      return new Gtid(server, "", bytes.order(ByteOrder.LITTLE_ENDIAN).getLong());
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      throw tooShort(body, e);
    }
  }

  /**
   * Parses a tagged GTID event (type 42).
   *
   * @throws IllegalArgumentException if the bytes are not such an event, or have a format newer
   *     than MySQL 9.7's
   */
  public static Gtid tagged(byte[] body) {
    try {
      return new GtidEvent(ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN)).read();
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      throw tooShort(body, e);
    }
  }

  private static IllegalArgumentException tooShort(byte[] body, RuntimeException cause) {
    return new IllegalArgumentException(
        "GTID event: " + body.length + " bytes are too few; the binlog is damaged", cause);
  }

  private Gtid read() {
    long format = unsigned();
    if (format != FORMAT) {
      throw unknown("format " + format);
    }
    // The size includes itself and the byte of the format.
    long size = unsigned();
    if (size < bytes.position() || size > bytes.limit()) {
      throw damaged("a message of " + size + " bytes in " + bytes.limit());
    }
    bytes.limit((int) size);
    long needed = unsigned();
    if (needed < 0 || needed > LAST_FIELD) {
      throw unknown("field " + needed);
    }
    UUID server = null;
    String tag = "";
    long number = 0;
    long field = unsigned();
    while (field <= TAG) {
      if (field < 0) {
        throw damaged("a field of the number " + field);
      }
      switch ((int) field) {
        case FLAGS -> unsigned();
        case SERVER -> server = uuid();
        case NUMBER -> number = signed();
        case TAG -> tag = text();
        default -> throw unknown("field " + field);
      }
      // Fields are in the order of their numbers; those after the tag are not needed.
      field = bytes.hasRemaining() ? unsigned() : Long.MAX_VALUE;
    }
    if (server == null) {
      throw damaged("no server");
    }
    return new Gtid(server, tag, number);
  }

  private static IllegalArgumentException unknown(String what) {
    return new IllegalArgumentException(
        "Tagged GTID event: "
            + what
            + " is unknown to Freshet, which reads those of MySQL 8.3 to 9.7; use such a server,"
            + " or another release of Freshet");
  }

  private static IllegalArgumentException damaged(String what) {
    return new IllegalArgumentException(
        "Tagged GTID event: " + what + "; the binlog is damaged, or cut");
  }

  private UUID uuid() {
    ByteBuffer plain = ByteBuffer.allocate(UUID_BYTES);
    while (plain.hasRemaining()) {
      plain.put((byte) unsigned());
    }
    plain.flip();
    return new UUID(plain.getLong(), plain.getLong());
  }

  private String text() {
    long length = unsigned();
    if (length < 0 || length > MOST_TAG) {
      throw damaged("a tag of " + length + " bytes");
    }
    byte[] text = new byte[(int) length];
    bytes.get(text);
    return new String(text, StandardCharsets.US_ASCII);
  }

  private long unsigned() {
    int head = bytes.get() & 0xff;
    int more = Integer.numberOfTrailingZeros(~head);
    long tail = 0;
    for (int i = 0; i < more; i++) {
      tail |= (bytes.get() & 0xffL) << (Byte.SIZE * i);
    }
    // The first byte's bits above its trailing ones and a zero are the lowest bits of the value; if
    // it is all ones, it contributes none.
    int bits = Math.max(0, Byte.SIZE - 1 - more);
    return tail << bits | head >> Math.min(more + 1, Byte.SIZE);
  }

  private long signed() {
    long value = unsigned();
    return value >>> 1 ^ -(value & 1);
  }
}
