package dev.freshet.flow.binlog;

import com.github.shyiko.mysql.binlog.event.deserialization.AbstractRowsEventDataDeserializer;
import dev.freshet.view.CharacterSets;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Decodes the values of one column from row events into canonical values (see {@link
 * dev.freshet.view.ValueType}). A FLOAT or DOUBLE becomes the double that its shortest decimal text
 * means.
 *
 * <p>Not thread-safe.
 */
public final class ColumnReader {
  private static final int YEAR_BEFORE_FIRST = 1900;

  /** The number of bytes of 0 to 9 decimal digits in a DECIMAL. */
  private static final int[] DIGIT_BYTES = {0, 1, 1, 2, 2, 3, 3, 4, 4, 4};

  private static final int DIGITS = 9;
  private static final int DIGITS_BYTES = 4;
  private static final int WHOLE_NUMBER = 64;

  private final int prefix;
  private final int length;
  private final Decoder value;

  /** Decodes a value of a given length in bytes. */
  private interface Decoder {
    Object read(Bytes in, int length);
  }

  private ColumnReader(LogColumn column, Decoder value) {
    this.prefix = prefix(column);
    this.length = length(column);
    this.value = value;
  }

  /** A reader that skips the column's values. */
  public static ColumnReader skipping(LogColumn column) {
    return new ColumnReader(column, null);
  }

  /**
   * A reader that decodes the column's values.
   *
   * @param collation the name of the collation of a text, ENUM or SET; empty for all other types
   * @param labels the labels of an ENUM or SET, in their order; empty for all other types
   */
  public static ColumnReader of(LogColumn column, String collation, List<String> labels) {
    return new ColumnReader(column, value(column, collation, labels));
  }

  /** Whether this reader skips the values. */
  boolean skips() {
    return value == null;
  }

  /**
   * Decodes the next value and moves {@code in} past it. Returns an {@link Unreadable} if the value
   * cannot be decoded.
   */
  Object read(Bytes in) {
    int size = size(in);
    int next = in.at() + size;
    try {
      return value.read(in, size);
    } catch (RuntimeException e) {
      return Unreadable.of(e);
    } finally {
      in.moveTo(next);
    }
  }

  void skip(Bytes in) {
    in.skip(size(in));
  }

  private int size(Bytes in) {
    int size = prefix == 0 ? length : Math.toIntExact(in.unsigned(prefix));
    if (size < 0 || size > in.left()) {
      throw new IndexOutOfBoundsException(
          "a value of " + size + " bytes, where " + in.left() + " are left");
    }
    return size;
  }

  /** The size of each value's length prefix, in bytes; 0 for types of fixed length. */
  private static int prefix(LogColumn column) {
    return switch (column.type()) {
      case LogColumn.VARCHAR, LogColumn.VAR_STRING -> column.meta() > 255 ? 2 : 1;
      case LogColumn.STRING -> column.mostBytes() > 255 ? 2 : 1;
      case LogColumn.BLOB, LogColumn.JSON, LogColumn.GEOMETRY, LogColumn.VECTOR -> column.meta();
      default -> 0;
    };
  }

  private static int length(LogColumn column) {
    int meta = column.meta();
    return switch (column.type()) {
      case LogColumn.TINY, LogColumn.YEAR -> 1;
      case LogColumn.SHORT -> 2;
      case LogColumn.INT24, LogColumn.DATE, LogColumn.TIME -> 3;
      case LogColumn.LONG, LogColumn.FLOAT, LogColumn.TIMESTAMP -> 4;
      case LogColumn.LONGLONG, LogColumn.DOUBLE, LogColumn.DATETIME -> 8;
      case LogColumn.TIMESTAMP2 -> 4 + (meta + 1) / 2;
      case LogColumn.DATETIME2 -> 5 + (meta + 1) / 2;
      case LogColumn.TIME2 -> 3 + (meta + 1) / 2;
      case LogColumn.NEWDECIMAL -> decimalBytes(meta >> 8, meta & 0xFF);
      case LogColumn.BIT -> (meta >> 8) + ((meta & 0xFF) > 0 ? 1 : 0);
      case LogColumn.ENUM, LogColumn.SET -> meta;
      default -> 0;
    };
  }

  private static int decimalBytes(int precision, int scale) {
    int whole = precision - scale;
    return whole / DIGITS * DIGITS_BYTES
        + DIGIT_BYTES[whole % DIGITS]
        + scale / DIGITS * DIGITS_BYTES
        + DIGIT_BYTES[scale % DIGITS];
  }

  private static Decoder value(LogColumn column, String collation, List<String> labels) {
    int meta = column.meta();
    return switch (column.type()) {
      case LogColumn.TINY, LogColumn.SHORT, LogColumn.INT24, LogColumn.LONG ->
          column.unsigned() ? (in, size) -> in.unsigned(size) : (in, size) -> in.signed(size);
      case LogColumn.LONGLONG ->
          column.unsigned() ? (in, size) -> wholeNumber(in.i8()) : (in, size) -> in.i8();
      case LogColumn.FLOAT ->
          (in, size) -> Double.valueOf(Float.toString(Float.intBitsToFloat((int) in.u4())));
      case LogColumn.DOUBLE -> (in, size) -> Double.longBitsToDouble(in.i8());
      case LogColumn.NEWDECIMAL ->
          (in, size) ->
              AbstractRowsEventDataDeserializer.asBigDecimal(
                  meta >> 8, meta & 0xFF, in.bytes(size));
      case LogColumn.YEAR -> (in, size) -> year(in.u1());
      case LogColumn.DATE -> (in, size) -> LogDates.date(in);
      case LogColumn.TIME -> (in, size) -> LogDates.time(in);
      case LogColumn.TIME2 -> (in, size) -> LogDates.time(meta, in);
      case LogColumn.DATETIME -> (in, size) -> LogDates.dateTime(in);
      case LogColumn.DATETIME2 -> (in, size) -> LogDates.dateTime(meta, in);
      case LogColumn.TIMESTAMP -> (in, size) -> LogDates.timestamp(in);
      case LogColumn.TIMESTAMP2 -> (in, size) -> LogDates.timestamp(meta, in);
      case LogColumn.ENUM -> (in, size) -> option(labels, (int) in.unsigned(size));
      case LogColumn.SET -> (in, size) -> options(labels, in.unsigned(size));
      case LogColumn.JSON -> (in, size) -> json(in.bytes(size));
      case LogColumn.VARCHAR, LogColumn.VAR_STRING, LogColumn.BLOB ->
          collation.isEmpty() ? (in, size) -> in.bytes(size) : text(collation);
      case LogColumn.STRING -> collation.isEmpty() ? binary(column.mostBytes()) : text(collation);
      case LogColumn.BIT, LogColumn.GEOMETRY, LogColumn.VECTOR -> (in, size) -> in.bytes(size);
      default -> throw new IllegalArgumentException("the unknown type " + column.type());
    };
  }

  private static BigDecimal wholeNumber(long bits) {
    BigInteger value = BigInteger.valueOf(bits);
    return new BigDecimal(bits < 0 ? value.add(BigInteger.ONE.shiftLeft(WHOLE_NUMBER)) : value);
  }

  private static Long year(int value) {
    return value == 0 ? 0L : YEAR_BEFORE_FIRST + (long) value;
  }

  /**
   * The label of an ENUM's number. The number 0 is the empty text, which MySQL writes for an
   * invalid label.
   */
  private static String option(List<String> labels, int number) {
    if (number > labels.size()) {
      throw new IllegalArgumentException(
          "it is label " + number + " of " + labels.size() + " that the column has");
    }
    return number == 0 ? "" : labels.get(number - 1);
  }

  private static String options(List<String> labels, long bits) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Long.SIZE; i++) {
      if ((bits >>> i & 1) != 0) {
        text.append(text.length() == 0 ? "" : ",").append(option(labels, i + 1));
      }
    }
    return text.toString();
  }

  private static String json(byte[] bytes) {
    if (bytes.length == 0) {
      // MySQL writes no bytes for a NULL that ALTER IGNORE converted to JSON.
      return "null";
    }
    return JsonText.of(bytes);
  }

  /** Appends trailing zeros of a BINARY, which the binlog omits. */
  private static Decoder binary(int most) {
    return (in, size) -> Arrays.copyOf(in.bytes(size), most);
  }

  private static Decoder text(String collation) {
    Charset charset = LogCharsets.charset(collation);
    Optional<Pattern> doubted = CharacterSets.doubted(collation);
    return doubted
        .<Decoder>map(pattern -> (in, size) -> undoubted(in.text(size, charset), pattern))
        .orElse((in, size) -> in.text(size, charset));
  }

  private static String undoubted(String text, Pattern doubted) {
    if (doubted.matcher(text).find()) {
      throw new IllegalArgumentException(
          "its text has characters that Java decodes differently from MySQL; convert the column to"
              + " utf8mb4");
    }
    return text;
  }
}
