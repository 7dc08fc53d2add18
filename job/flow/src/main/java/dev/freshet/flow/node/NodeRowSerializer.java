package dev.freshet.flow.node;

import dev.freshet.flow.log.Composite;
import dev.freshet.flow.log.CompositeTypeInfo;
import dev.freshet.flow.log.KeyTypeInfo;
import dev.freshet.flow.log.WireSerializer;
import dev.freshet.view.Key;
import dev.freshet.view.Values;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Writes a {@link NodeRow}: whether there is a row, the row, then the parts that are held. */
public final class NodeRowSerializer extends WireSerializer<NodeRow> {
  public static final NodeRowSerializer INSTANCE = new NodeRowSerializer();
  private static final long serialVersionUID = 1L;

  @Override
  public void serialize(NodeRow row, DataOutputView target) throws IOException {
    target.writeBoolean(row.row() != null);
    if (row.row() != null) {
      Values.writeRow(row.row(), target);
    }
    target.writeByte(row.parts().length);
    for (int i = 0; i < row.parts().length; i++) {
      target.writeBoolean(row.parts()[i] != null);
      if (row.parts()[i] != null) {
        KeyTypeInfo.Serializer.INSTANCE.serialize(row.children()[i], target);
        CompositeTypeInfo.Serializer.INSTANCE.serialize(row.parts()[i], target);
      }
    }
  }

  @Override
  public NodeRow deserialize(DataInputView source) throws IOException {
    Object[] values = source.readBoolean() ? Values.readRow(source) : null;
    int count = source.readUnsignedByte();
    Key[] children = new Key[count];
    Composite[] parts = new Composite[count];
    for (int i = 0; i < count; i++) {
      if (source.readBoolean()) {
        children[i] = KeyTypeInfo.Serializer.INSTANCE.deserialize(source);
        parts[i] = CompositeTypeInfo.Serializer.INSTANCE.deserialize(source);
      }
    }
    return new NodeRow(values, children, parts);
  }

  @Override
  public TypeSerializerSnapshot<NodeRow> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Names the serializer in savepoints. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<NodeRow> {
    public Snapshot() {
      super(() -> NodeRowSerializer.INSTANCE);
    }
  }
}
