package dev.freshet.view.gtid;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Reads the GTID out of the event that stands in the binlog before a transaction. Both take the
 * bytes behind the 19 of the event's header; what follows the GTID, a checksum too, is passed over.
 *
 * <p>The tagged event is a message of MySQL's serialization library: the version of the format, the
 * size, the last field that a reader has to know, then fields with their numbers. Integers have a
 * variable size: the trailing ones of the first byte say how many bytes follow it.
 */
public final class GtidEvent {
  private static final long FORMAT = 1;
  private static final int FLAGS = 0;
  private static final int SERVER = 1;
  private static final int NUMBER = 2;
  private static final int TAG = 3;

  /** The highest field that MySQL 9.7 has. */
  private static final int LAST_FIELD = 11;

  private static final int UUID_BYTES = 16;
  private static final int MOST_TAG = 32;

  private final ByteBuffer bytes;

  private GtidEvent(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /**
   * Of a GTID event, type 33.
   *
   * @throws IllegalArgumentException when the bytes are none
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
   * Of a tagged GTID event, type 42.
   *
   * @throws IllegalArgumentException when the bytes are none, or of a format that came after 9.7
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
    // The size counts itself and the format's byte.
    long size = unsigned();
    if (size < bytes.position() || size > bytes.limit()) {
      throw damaged("a message of " + size + " bytes in " + bytes.limit());
    }
    bytes.limit((int) size);
    long needed = unsigned();
    if (needed > LAST_FIELD) {
      throw unknown("field " + needed);
    }
    UUID server = null;
    String tag = "";
    long number = 0;
    long field = unsigned();
    while (field <= TAG) {
      switch ((int) field) {
        case FLAGS -> unsigned();
        case SERVER -> server = uuid();
        case NUMBER -> number = signed();
        case TAG -> tag = text();
        default -> throw unknown("field " + field);
      }
      // Fields come in the order of their numbers; those behind the tag are not needed.
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
            + " is unknown to Freshet, which reads those of MySQL 8.3 to 9.7; take such a server,"
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
    // The bits of the first byte behind its ones and a zero are the lowest; eight ones leave none.
    int bits = Math.max(0, Byte.SIZE - 1 - more);
    return tail << bits | head >> Math.min(more + 1, Byte.SIZE);
  }

  private long signed() {
    long value = unsigned();
    return value >>> 1 ^ -(value & 1);
  }
}
