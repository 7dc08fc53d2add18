package dev.freshet.flow.log;

import dev.freshet.view.Values;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The type of {@link Composite}. */
public final class CompositeTypeInfo {
  public static final TypeInformation<Composite> INSTANCE =
      new WireTypeInfo<>(Composite.class, Serializer.INSTANCE, false);

  private CompositeTypeInfo() {}

  /** Whether there is a row; the row; its parts, likewise. */
  public static final class Serializer extends WireSerializer<Composite> {
    public static final Serializer INSTANCE = new Serializer();
    private static final long serialVersionUID = 1L;

    @Override
    public void serialize(Composite composite, DataOutputView target) throws IOException {
      target.writeBoolean(!composite.isMissing());
      if (composite.isMissing()) {
        return;
      }
      Values.writeRow(composite.row(), target);
      target.writeByte(composite.parts().length);
      for (Composite part : composite.parts()) {
        serialize(part, target);
      }
    }

    @Override
    public Composite deserialize(DataInputView source) throws IOException {
      if (!source.readBoolean()) {
        return Composite.MISSING;
      }
      Object[] row = Values.readRow(source);
      Composite[] parts = new Composite[source.readUnsignedByte()];
      for (int i = 0; i < parts.length; i++) {
        parts[i] = deserialize(source);
      }
      return new Composite(row, parts);
    }

    @Override
    public TypeSerializerSnapshot<Composite> snapshotConfiguration() {
      return new Snapshot();
    }
  }

  /** Names the serializer in savepoints. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<Composite> {
    public Snapshot() {
      super(() -> Serializer.INSTANCE);
    }
  }
}
