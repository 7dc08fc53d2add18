package dev.freshet.flow.binlog;

import java.util.List;
import java.util.Objects;

/**
 * A column as a TABLE_MAP event describes it.
 *
 * @param type MySQL's number of the type ({@code enum_field_types}); for ENUM and SET their real
 *     type
 * @param meta the type's metadata: lengths, digits, bits
 * @param nullable whether the column may hold NULL
 * @param unsigned whether a number is unsigned
 * @param collation the number of a text's collation; 0 if the event does not contain it
 * @param name the column's name; empty unless the server writes {@code binlog_row_metadata=FULL}
 * @param labels the labels of an ENUM or SET, in their character set; null unless the metadata is
 *     FULL
 */
public record LogColumn(
    int type,
    int meta,
    boolean nullable,
    boolean unsigned,
    int collation,
    String name,
    List<byte[]> labels) {
  public static final int TINY = 1;
  public static final int SHORT = 2;
  public static final int LONG = 3;
  public static final int FLOAT = 4;
  public static final int DOUBLE = 5;
  public static final int TIMESTAMP = 7;
  public static final int LONGLONG = 8;
  public static final int INT24 = 9;
  public static final int DATE = 10;
  public static final int TIME = 11;
  public static final int DATETIME = 12;
  public static final int YEAR = 13;
  public static final int VARCHAR = 15;
  public static final int BIT = 16;
  public static final int TIMESTAMP2 = 17;
  public static final int DATETIME2 = 18;
  public static final int TIME2 = 19;
  public static final int VECTOR = 242;
  public static final int JSON = 245;
  public static final int NEWDECIMAL = 246;
  public static final int ENUM = 247;
  public static final int SET = 248;
  public static final int BLOB = 252;
  public static final int VAR_STRING = 253;
  public static final int STRING = 254;
  public static final int GEOMETRY = 255;

  /** The number of the collation {@code binary}. */
  public static final int BINARY = 63;

  public LogColumn {
    Objects.requireNonNull(name, "name");
    labels = labels == null ? null : List.copyOf(labels);
  }

  /**
   * The maximum length of a CHAR or BINARY in bytes. Two bits of it are stored, inverted, in the
   * type's byte.
   */
  public int mostBytes() {
    int high = meta >> 8;
    return (meta & 0xFF) | ((high & 0x30) ^ 0x30) << 4;
  }

  /** Whether the metadata has a sign bit for columns of this type. */
  static boolean isNumber(int type) {
    return switch (type) {
      case TINY, SHORT, INT24, LONG, LONGLONG, NEWDECIMAL, FLOAT, DOUBLE, YEAR -> true;
      default -> false;
    };
  }

  /**
   * Whether the metadata has a collation for columns of this type; that of bytes is {@link
   * #BINARY}.
   */
  static boolean hasCollation(int type) {
    return isText(type) || type == VECTOR;
  }

  /** Whether columns of this type hold text, or bytes in a type that is also used for text. */
  public static boolean isText(int type) {
    return switch (type) {
      case VARCHAR, BLOB, VAR_STRING, STRING -> true;
      default -> false;
    };
  }
}
