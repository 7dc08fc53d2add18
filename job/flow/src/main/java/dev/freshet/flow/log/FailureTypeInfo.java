package dev.freshet.flow.log;

import dev.freshet.view.Values;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The type of {@link Failure}. */
public final class FailureTypeInfo {
  public static final TypeInformation<Failure> INSTANCE =
      new WireTypeInfo<>(Failure.class, Serializer.INSTANCE, false);

  private FailureTypeInfo() {}

  /** Writes the fields in their order. */
  public static final class Serializer extends WireSerializer<Failure> {
    public static final Serializer INSTANCE = new Serializer();
    private static final long serialVersionUID = 1L;

    @Override
    public void serialize(Failure failure, DataOutputView target) throws IOException {
      KeyTypeInfo.Serializer.INSTANCE.serialize(failure.key(), target);
      target.writeLong(failure.of().version());
      target.writeLong(failure.of().order());
      target.writeInt(failure.of().number());
      PoisonFormat.write(failure.poison(), target);
      target.writeByte(failure.next().wire());
      target.writeLong(failure.at());
      target.writeLong(failure.due());
      target.writeBoolean(failure.row() != null);
      if (failure.row() != null) {
        Values.writeRow(failure.row(), target);
      }
    }

    @Override
    protected Failure read(DataInputView source) throws IOException {
      return new Failure(
          KeyTypeInfo.Serializer.INSTANCE.deserialize(source),
          new Event.Attempt(source.readLong(), source.readLong(), source.readInt()),
          PoisonFormat.read(source),
          Failure.Next.of(source.readByte()),
          source.readLong(),
          source.readLong(),
          source.readBoolean() ? Values.readRow(source) : null);
    }

    @Override
    public TypeSerializerSnapshot<Failure> snapshotConfiguration() {
      return new Snapshot();
    }
  }

  /** Names the serializer in savepoints. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<Failure> {
    public Snapshot() {
      super(() -> Serializer.INSTANCE);
    }
  }
}
