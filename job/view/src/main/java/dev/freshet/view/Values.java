package dev.freshet.view;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The binary form of canonical values (see {@link ValueType}): one tag byte, then the value. Equal
 * values have equal bytes. State and keys contain this form, so tags are never reused.
 *
 * <p>The bytes may come from anyone. A length that the input does not have takes no memory. A
 * decimal beyond the limits of {@link #write} is refused, and so is a row with more than {@value
 * #MOST_VALUES} values.
 */
public final class Values {
  private static final int NULL = 0;
  private static final int LONG = 1;
  private static final int DECIMAL = 2;
  private static final int DOUBLE = 3;
  private static final int STRING = 4;
  private static final int BYTES = 5;

  /** The largest scale of a decimal. MySQL's is 30. */
  private static final int MOST_SCALE = 100;

  /** The largest number of bytes of a decimal's digits. MySQL's 65 digits have 28 bytes. */
  private static final int MOST_DIGIT_BYTES = 64;

  /** The largest number of values of a row; MySQL's tables have no more columns. */
  private static final int MOST_VALUES = 4096;

  private static final VarHandle BIG_ENDIAN =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Values() {}

  /**
   * Writes one value.
   *
   * @throws IllegalArgumentException if the value's class is none of {@link ValueType}'s, or if a
   *     decimal has more than {@value #MOST_DIGIT_BYTES} bytes of digits or a scale beyond ±{@value
   *     #MOST_SCALE}
   */
  public static void write(Object value, DataOutput out) throws IOException {
    if (value == null) {
      out.writeByte(NULL);
    } else if (value instanceof Long number) {
      out.writeByte(LONG);
      out.writeLong(number);
    } else if (value instanceof BigDecimal number) {
      byte[] digits = number.unscaledValue().toByteArray();
      if (!isBounded(number.scale(), digits)) {
        throw new IllegalArgumentException("a decimal with too many digits");
      }
      out.writeByte(DECIMAL);
      out.writeInt(number.scale());
      writeBytes(digits, out);
    } else if (value instanceof Double number) {
      out.writeByte(DOUBLE);
      out.writeDouble(number);
    } else if (value instanceof String text) {
      out.writeByte(STRING);
      writeBytes(text.getBytes(StandardCharsets.UTF_8), out);
    } else if (value instanceof byte[] bytes) {
      out.writeByte(BYTES);
      writeBytes(bytes, out);
    } else {
      throw new IllegalArgumentException("not a canonical value: " + value.getClass().getName());
    }
  }

  /**
   * Reads what {@link #write(Object, DataOutput)} wrote.
   *
   * @throws IOException also if the input has something else
   */
  public static Object read(DataInput in) throws IOException {
    int tag = in.readByte();
    return switch (tag) {
      case NULL -> null;
      case LONG -> in.readLong();
      case DECIMAL -> decimal(in.readInt(), BoundedInput.bytes(in));
      case DOUBLE -> in.readDouble();
      case STRING -> new String(BoundedInput.bytes(in), StandardCharsets.UTF_8);
      case BYTES -> BoundedInput.bytes(in);
      default -> throw new IOException("unknown value tag " + tag);
    };
  }

  private static BigDecimal decimal(int scale, byte[] digits) throws IOException {
    if (digits.length == 0 || !isBounded(scale, digits)) {
      throw new IOException(
          "the decimal is corrupt: its scale is %d and its digits have %d bytes"
              .formatted(scale, digits.length));
    }
    if (digits.length > Long.BYTES) {
      return new BigDecimal(new BigInteger(digits), scale);
    }
    long value = digits[0];
    for (int i = 1; i < digits.length; i++) {
      value = value << Byte.SIZE | (digits[i] & 0xFF);
    }
    return BigDecimal.valueOf(value, scale);
  }

  private static boolean isBounded(int scale, byte[] digits) {
    return scale >= -MOST_SCALE && scale <= MOST_SCALE && digits.length <= MOST_DIGIT_BYTES;
  }

  /** Writes a row: its length, then its values. */
  public static void writeRow(Object[] row, DataOutput out) throws IOException {
    out.writeShort(row.length);
    for (Object value : row) {
      write(value, out);
    }
  }

  /**
   * Reads what {@link #writeRow} wrote.
   *
   * @throws IOException also if the input has something else
   */
  public static Object[] readRow(DataInput in) throws IOException {
    int length = in.readUnsignedShort();
    if (length > MOST_VALUES) {
      throw new IOException("a row of " + length + " values");
    }
    Object[] row = new Object[length];
    for (int i = 0; i < row.length; i++) {
      row[i] = read(in);
    }
    return row;
  }

  /**
   * Whether two rows have equal values; compares byte arrays by content, decimals by value and
   * scale.
   */
  public static boolean sameRow(Object[] a, Object[] b) {
    return Arrays.deepEquals(a, b);
  }

  /** A hash that is equal for equal values, byte strings among them. */
  static int hash(Object value) {
    return Arrays.deepHashCode(new Object[] {value});
  }

  /** The same text for equal values: bytes as hexadecimal digits, others as they print. */
  static String print(Object value) {
    return value instanceof byte[] bytes
        ? "0x" + HexFormat.of().formatHex(bytes)
        : String.valueOf(value);
  }

  /**
   * Reads only the first value from bytes that {@link #write} wrote.
   *
   * @throws IllegalStateException if it is not a {@link Long}
   */
  static long leadingLong(byte[] bytes) {
    if (bytes.length <= Long.BYTES || bytes[0] != LONG) {
      throw new IllegalStateException(
          "does not begin with a number: "
              + Arrays.toString(Arrays.copyOf(bytes, Math.min(bytes.length, 1 + Long.BYTES))));
    }
    return (long) BIG_ENDIAN.get(bytes, 1);
  }

  private static void writeBytes(byte[] bytes, DataOutput out) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }
}
