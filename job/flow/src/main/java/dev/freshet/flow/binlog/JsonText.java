package dev.freshet.flow.binlog;

import com.github.shyiko.mysql.binlog.event.deserialization.AbstractRowsEventDataDeserializer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Prints a JSON value in MySQL's binary form as MySQL's CAST to CHAR does: with a space after each
 * comma and colon, members in the stored order, and numbers as {@link JsonNumbers} has them.
 *
 * <p>Counts and offsets are checked before they are used: containers lie within their parents, are
 * not nested more deeply than MySQL allows, and no byte is read twice. Used once.
 */
final class JsonText {
  /** The depth at which MySQL refuses a document. */
  private static final int MOST_DEPTH = 100;

  private static final int SMALL_OBJECT = 0;
  private static final int LARGE_OBJECT = 1;
  private static final int SMALL_ARRAY = 2;
  private static final int LARGE_ARRAY = 3;
  private static final int LITERAL = 4;
  private static final int INT16 = 5;
  private static final int UINT16 = 6;
  private static final int INT32 = 7;
  private static final int UINT32 = 8;
  private static final int INT64 = 9;
  private static final int UINT64 = 10;
  private static final int DOUBLE = 11;
  private static final int STRING = 12;
  private static final int OPAQUE = 15;

  /** The types of opaque values, as in MySQL's protocol. */
  private static final int DATE = 10;

  private static final int TIME = 11;
  private static final int DATETIME = 12;
  private static final int TIMESTAMP = 7;
  private static final int DECIMAL = 246;

  private static final int MONTHS = 13;
  private static final int FRACTION_BITS = 24;
  private static final int BASE64_LINE = 76;
  private static final byte[] LINE_END = {'\n'};

  private final byte[] bytes;
  private final StringBuilder text = new StringBuilder();
  private long left;

  private JsonText(byte[] bytes) {
    this.bytes = bytes;
    this.left = bytes.length;
  }

  /**
   * Prints a value.
   *
   * @throws IllegalArgumentException if the bytes are no such value, or MySQL prints it in a way
   *     that is not known
   */
  static String of(byte[] bytes) {
    JsonText json = new JsonText(bytes);
    json.value((int) json.unsigned(0, 1), 1, 1);
    return json.text.toString();
  }

  private void value(int type, long at, int depth) {
    switch (type) {
      case SMALL_OBJECT, LARGE_OBJECT -> container(at, type == SMALL_OBJECT, true, depth);
      case SMALL_ARRAY, LARGE_ARRAY -> container(at, type == SMALL_ARRAY, false, depth);
      case LITERAL -> literal((int) unsigned(at, 1));
      case INT16 -> text.append((short) unsigned(at, 2));
      case UINT16 -> text.append(unsigned(at, 2));
      case INT32 -> text.append((int) unsigned(at, 4));
      case UINT32 -> text.append(unsigned(at, 4));
      case INT64 -> text.append(unsigned(at, 8));
      case UINT64 -> text.append(Long.toUnsignedString(unsigned(at, 8)));
      case DOUBLE -> text.append(JsonNumbers.print(Double.longBitsToDouble(unsigned(at, 8))));
      case STRING -> {
        Bytes in = sized(at);
        quote(in.text(in.left(), StandardCharsets.UTF_8));
      }
      case OPAQUE -> opaque((int) unsigned(at, 1), sized(at + 1));
      default -> throw new IllegalArgumentException("it is a JSON value of type " + type);
    }
  }

  private void literal(int value) {
    text.append(
        switch (value) {
          case 0 -> "null";
          case 1 -> "true";
          case 2 -> "false";
          default -> throw new IllegalArgumentException("it is the JSON literal " + value);
        });
  }

  private void container(long at, boolean small, boolean object, int depth) {
    if (depth > MOST_DEPTH) {
      throw new IllegalArgumentException(
          "it is a JSON document of more than " + MOST_DEPTH + " levels");
    }
    int width = small ? 2 : 4;
    int keyWidth = object ? width + 2 : 0;
    int valueWidth = 1 + width;
    long count = unsigned(at, width);
    long size = unsigned(at + width, width);
    long keys = at + 2L * width;
    long values = keys + count * keyWidth;
    long head = values + count * valueWidth - at;
    if (head > size || size > bytes.length - at) {
      throw new IllegalArgumentException(
          "it is a JSON document with " + count + " elements in " + size + " bytes");
    }
    spend(head);
    text.append(object ? '{' : '[');
    for (long i = 0; i < count; i++) {
      text.append(i == 0 ? "" : ", ");
      if (object) {
        key(at, keys + i * keyWidth, width, head, size);
      }
      element(at, values + i * valueWidth, small, head, size, depth);
    }
    text.append(object ? '}' : ']');
  }

  private void key(long container, long entry, int width, long head, long size) {
    long offset = unsigned(entry, width);
    long length = unsigned(entry + width, 2);
    within(offset, head, size);
    within(offset + length, head, size);
    spend(length);
    quote(new String(bytes, (int) (container + offset), (int) length, StandardCharsets.UTF_8));
    text.append(": ");
  }

  private void element(long container, long entry, boolean small, long head, long size, int depth) {
    int type = (int) unsigned(entry, 1);
    if (isInline(type, small)) {
      value(type, entry + 1, depth + 1);
    } else {
      long offset = unsigned(entry + 1, small ? 2 : 4);
      within(offset, head, size);
      value(type, container + offset, depth + 1);
    }
  }

  private static boolean isInline(int type, boolean small) {
    return switch (type) {
      case LITERAL, INT16, UINT16 -> true;
      case INT32, UINT32 -> !small;
      default -> false;
    };
  }

  private void opaque(int type, Bytes in) {
    switch (type) {
      case DECIMAL -> {
        int precision = in.u1();
        int scale = in.u1();
        text.append(
            AbstractRowsEventDataDeserializer.asBigDecimal(precision, scale, in.bytes(in.left()))
                .toPlainString());
      }
      case DATE -> text.append('"').append(date(in.i8())).append('"');
      case DATETIME, TIMESTAMP -> {
        long packed = in.i8();
        text.append('"').append(date(packed)).append(' ').append(clock(packed)).append('"');
      }
      case TIME -> time(in.i8());
      default -> {
        String base64 =
            Base64.getMimeEncoder(BASE64_LINE, LINE_END).encodeToString(in.bytes(in.left()));
        quote("base64:type" + type + ":" + base64);
      }
    }
  }

  /** From the highest bit: year · 13 + month, 5 bits of day, then as in {@link #clock}. */
  private static String date(long packed) {
    long days = packed >> (FRACTION_BITS + 17);
    long yearAndMonth = days >> 5;
    return "%04d-%02d-%02d".formatted(yearAndMonth / MONTHS, yearAndMonth % MONTHS, days & 31);
  }

  /** 5 bits of hour, 6 of minute, 6 of second, 24 of microseconds. */
  private static String clock(long packed) {
    long clock = packed >> FRACTION_BITS;
    return "%02d:%02d:%02d.%06d"
        .formatted((clock >> 12) & 31, (clock >> 6) & 63, clock & 63, packed & 0xFFFFFF);
  }

  private void time(long packed) {
    long size = Math.abs(packed);
    if ((size >> (FRACTION_BITS + 12)) >= 24) {
      throw new IllegalArgumentException(
          "it is a JSON document with a TIME of a day or more, of which MySQL shows another time");
    }
    text.append('"').append(packed < 0 ? "-" : "").append(clock(size)).append('"');
  }

  private void quote(String string) {
    text.append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      switch (c) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\b' -> text.append("\\b");
        case '\f' -> text.append("\\f");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> {
          if (c < ' ') {
            text.append("\\u%04x".formatted((int) c));
          } else {
            text.append(c);
          }
        }
      }
    }
    text.append('"');
  }

  /**
   * Returns the bytes that follow their length, which has 7 bits in each byte, the lowest first.
   */
  private Bytes sized(long at) {
    long length = 0;
    int shift = 0;
    long next;
    do {
      next = unsigned(at + shift / 7, 1);
      length |= (next & 0x7F) << shift;
      shift += 7;
    } while (next >= 0x80 && shift < Integer.SIZE);
    long begin = at + shift / 7;
    if (next >= 0x80 || length > bytes.length - begin) {
      throw new IllegalArgumentException(
          "it is a JSON document with a text of " + length + " bytes");
    }
    spend(length);
    return new Bytes(bytes, (int) begin, (int) (begin + length));
  }

  private static void within(long offset, long from, long to) {
    if (offset < from || offset > to) {
      throw new IllegalArgumentException(
          "it is a JSON document with the offset " + offset + " outside of " + from + " to " + to);
    }
  }

  private void spend(long length) {
    left -= length;
    if (left < 0) {
      throw new IllegalArgumentException("it is a JSON document whose parts overlap");
    }
  }

  /** Reads an unsigned little-endian number; of 8 bytes, the bits as a long. */
  private long unsigned(long at, int width) {
    if (at < 0 || at > bytes.length - width) {
      throw new IllegalArgumentException("it is a JSON document that is cut");
    }
    long value = 0;
    for (int i = width - 1; i >= 0; i--) {
      value = (value << Byte.SIZE) | (bytes[(int) at + i] & 0xFF);
    }
    return value;
  }
}
