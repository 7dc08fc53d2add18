package dev.freshet.flow.binlog;

/**
 * Checks the counts and offsets of a JSON value in MySQL's binary form, which the library that
 * decodes it trusts: containers lie within their parents, are not nested more deeply than MySQL
 * allows, and no byte is read twice. Used once.
 */
final class JsonBounds {
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
  private static final int STRING = 12;
  private static final int OPAQUE = 15;

  private final byte[] bytes;
  private long left;

  private JsonBounds(byte[] bytes) {
    this.bytes = bytes;
    this.left = bytes.length;
  }

  /**
   * Checks a value.
   *
   * @throws IllegalArgumentException if it is not bounded
   */
  static void check(byte[] bytes) {
    JsonBounds bounds = new JsonBounds(bytes);
    bounds.value((int) bounds.number(0, 1), 1, 1);
  }

  private void value(int type, long at, int depth) {
    switch (type) {
      case SMALL_OBJECT, LARGE_OBJECT -> container(at, type == SMALL_OBJECT, true, depth);
      case SMALL_ARRAY, LARGE_ARRAY -> container(at, type == SMALL_ARRAY, false, depth);
      case STRING -> text(at);
      case OPAQUE -> text(at + 1);
      default -> {
        // Of a fixed size, which the library checks.
      }
    }
  }

  private void container(long at, boolean small, boolean object, int depth) {
    if (depth > MOST_DEPTH) {
      throw new IllegalArgumentException(
          "it is a JSON document of more than " + MOST_DEPTH + " levels");
    }
    int width = small ? 2 : 4;
    int keyWidth = object ? width + 2 : 0;
    int valueWidth = 1 + width;
    long count = number(at, width);
    long size = number(at + width, width);
    long keys = at + 2L * width;
    long values = keys + count * keyWidth;
    long head = values + count * valueWidth - at;
    if (head > size || size > bytes.length - at) {
      throw new IllegalArgumentException(
          "it is a JSON document with " + count + " elements in " + size + " bytes");
    }
    spend(head);
    for (long key = keys; key < values; key += keyWidth) {
      long length = object ? number(key + width, 2) : 0;
      within(number(key, width) + length, head, size);
      spend(length);
    }
    for (long entry = values; entry < at + head; entry += valueWidth) {
      int type = (int) number(entry, 1);
      if (!isInline(type, small)) {
        long offset = number(entry + 1, width);
        within(offset, head, size);
        value(type, at + offset, depth + 1);
      }
    }
  }

  private static boolean isInline(int type, boolean small) {
    return switch (type) {
      case LITERAL, INT16, UINT16 -> true;
      case INT32, UINT32 -> !small;
      default -> false;
    };
  }

  /** Checks a text: its length in 7 bits of each byte, the lowest first, then its bytes. */
  private void text(long at) {
    long length = 0;
    int shift = 0;
    long next;
    do {
      next = number(at + shift / 7, 1);
      length |= (next & 0x7F) << shift;
      shift += 7;
    } while (next >= 0x80 && shift < Integer.SIZE);
    if (next >= 0x80 || at + shift / 7 + length > bytes.length) {
      throw new IllegalArgumentException(
          "it is a JSON document with a text of " + length + " bytes");
    }
    spend(length);
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

  /** Reads an unsigned little-endian number. */
  private long number(long at, int width) {
    if (at > bytes.length - width) {
      throw new IllegalArgumentException("it is a JSON document that is cut");
    }
    long value = 0;
    for (int i = width - 1; i >= 0; i--) {
      value = value << Byte.SIZE | (bytes[(int) at + i] & 0xFF);
    }
    return value;
  }
}
