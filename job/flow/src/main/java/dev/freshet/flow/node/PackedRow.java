package dev.freshet.flow.node;

import dev.freshet.flow.log.Composite;
import dev.freshet.flow.log.CompositeTypeInfo;
import dev.freshet.flow.log.KeyTypeInfo;
import dev.freshet.view.Key;
import dev.freshet.view.Values;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * A {@link NodeRow} in serialized form, as it is kept in state. The bytes take about a third of the
 * memory of the objects, are one object for the garbage collector, and are copied into a checkpoint
 * unchanged. The first byte is the number of the format; numbers are never reused.
 */
public final class PackedRow {
  private static final byte SOUND = 1;
  private static final byte MARKED = 2;

  private final byte[] bytes;

  PackedRow(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Packs a row: the marker if there is one, whether there is a row, the row, the parts. */
  public static PackedRow of(NodeRow row) {
    DataOutputSerializer out = new DataOutputSerializer(192);
    try {
      out.writeByte(row.marker() == null ? SOUND : MARKED);
      if (row.marker() != null) {
        row.marker().write(out);
      }
      out.writeBoolean(row.row() != null);
      if (row.row() != null) {
        Values.writeRow(row.row(), out);
      }
      out.writeByte(row.parts().length);
      for (int i = 0; i < row.parts().length; i++) {
        out.writeBoolean(row.parts()[i] != null);
        if (row.parts()[i] != null) {
          KeyTypeInfo.Serializer.INSTANCE.serialize(row.children()[i], out);
          CompositeTypeInfo.Serializer.INSTANCE.serialize(row.parts()[i], out);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new PackedRow(out.getCopyOfBuffer());
  }

  /**
   * Unpacks the row.
   *
   * @throws UncheckedIOException if the bytes are not a row, or one in an unknown format
   */
  public NodeRow unpack() {
    DataInputDeserializer in = new DataInputDeserializer(bytes);
    try {
      byte format = in.readByte();
      if (format != SOUND && format != MARKED) {
        throw new IOException("a row in state has the unknown format " + format);
      }
      Marker marker = format == MARKED ? Marker.read(in) : null;
      Object[] values = in.readBoolean() ? Values.readRow(in) : null;
      int count = in.readUnsignedByte();
      Key[] children = new Key[count];
      Composite[] parts = new Composite[count];
      for (int i = 0; i < count; i++) {
        if (in.readBoolean()) {
          children[i] = KeyTypeInfo.Serializer.INSTANCE.deserialize(in);
          parts[i] = CompositeTypeInfo.Serializer.INSTANCE.deserialize(in);
        }
      }
      return new NodeRow(values, children, parts, marker);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (IllegalArgumentException e) {
      throw new UncheckedIOException(new IOException("a row in state is damaged", e));
    }
  }

  /** The row's own bytes, not a copy. */
  byte[] bytes() {
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PackedRow that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}
