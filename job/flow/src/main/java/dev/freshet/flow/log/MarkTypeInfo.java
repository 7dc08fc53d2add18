package dev.freshet.flow.log;

import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** The type of {@link Mark}. */
public final class MarkTypeInfo {
  public static final TypeInformation<Mark> INSTANCE =
      new WireTypeInfo<>(Mark.class, Serializer.INSTANCE, false);

  private MarkTypeInfo() {}

  /** Version, as-of, GTID set of any length. */
  public static final class Serializer extends WireSerializer<Mark> {
    public static final Serializer INSTANCE = new Serializer();
    private static final long serialVersionUID = 1L;

    @Override
    public void serialize(Mark mark, DataOutputView target) throws IOException {
      target.writeLong(mark.version());
      target.writeLong(mark.asOf());
      StringValue.writeString(mark.gtids(), target);
    }

    @Override
    public Mark deserialize(DataInputView source) throws IOException {
      long version = source.readLong();
      long asOf = source.readLong();
      return new Mark(version, StringValue.readString(source), asOf);
    }

    @Override
    public TypeSerializerSnapshot<Mark> snapshotConfiguration() {
      return new Snapshot();
    }
  }

  /** Names the serializer in savepoints. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<Mark> {
    public Snapshot() {
      super(() -> Serializer.INSTANCE);
    }
  }
}
