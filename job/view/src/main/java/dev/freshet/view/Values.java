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

/**
 * The binary form of canonical values (see {@link ValueType}): one tag byte, then the value. Equal
 * values have equal bytes. State and keys contain this form, so tags are never reused.
 */
public final class Values {
  private static final int NULL = 0;
  private static final int LONG = 1;
  private static final int DECIMAL = 2;
  private static final int DOUBLE = 3;
  private static final int STRING = 4;
  private static final int BYTES = 5;

  private static final VarHandle BIG_ENDIAN =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Values() {}

  /**
   * Writes one value.
   *
   * @throws IllegalArgumentException if the value's class is not canonical
   */
  public static void write(Object value, DataOutput out) throws IOException {
    if (value == null) {
      out.writeByte(NULL);
    } else if (value instanceof Long number) {
      out.writeByte(LONG);
      out.writeLong(number);
    } else if (value instanceof BigDecimal number) {
      out.writeByte(DECIMAL);
      out.writeInt(number.scale());
      writeBytes(number.unscaledValue().toByteArray(), out);
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

  /** Reads what {@link #write(Object, DataOutput)} wrote. */
  public static Object read(DataInput in) throws IOException {
    int tag = in.readByte();
    return switch (tag) {
      case NULL -> null;
      case LONG -> in.readLong();
      case DECIMAL -> {
        int scale = in.readInt();
        yield new BigDecimal(new BigInteger(readBytes(in)), scale);
      }
      case DOUBLE -> in.readDouble();
      case STRING -> new String(readBytes(in), StandardCharsets.UTF_8);
      case BYTES -> readBytes(in);
      default -> throw new IOException("unknown value tag " + tag);
    };
  }

  /** Writes a row: its length, then its values. */
  public static void writeRow(Object[] row, DataOutput out) throws IOException {
    out.writeShort(row.length);
    for (Object value : row) {
      write(value, out);
    }
  }

  /** Reads what {@link #writeRow} wrote. */
  public static Object[] readRow(DataInput in) throws IOException {
    Object[] row = new Object[in.readUnsignedShort()];
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

  /** Reads the first value from bytes that {@link #write} wrote. */
  static long leadingLong(byte[] bytes) {
    if (bytes.length <= Long.BYTES || bytes[0] != LONG) {
      throw new IllegalStateException("does not begin with a number: " + Arrays.toString(bytes));
    }
    return (long) BIG_ENDIAN.get(bytes, 1);
  }

  private static void writeBytes(byte[] bytes, DataOutput out) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static byte[] readBytes(DataInput in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return bytes;
  }
}
