package dev.freshet.flow.log;

import dev.freshet.view.BoundedInput;
import dev.freshet.view.Key;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The type of {@link Key}. */
public final class KeyTypeInfo {
  public static final TypeInformation<Key> INSTANCE =
      new WireTypeInfo<>(Key.class, Serializer.INSTANCE, true);

  private KeyTypeInfo() {}

  /** Writes the length, then the key's bytes. */
  public static final class Serializer extends WireSerializer<Key> {
    public static final Serializer INSTANCE = new Serializer();
    private static final long serialVersionUID = 1L;

    @Override
    public void serialize(Key key, DataOutputView target) throws IOException {
      byte[] bytes = key.bytes();
      target.writeInt(bytes.length);
      target.write(bytes);
    }

    @Override
    protected Key read(DataInputView source) throws IOException {
      return Key.ofBytes(BoundedInput.bytes(source));
    }

    @Override
    public TypeSerializerSnapshot<Key> snapshotConfiguration() {
      return new Snapshot();
    }
  }

  /** Names the serializer in savepoints. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<Key> {
    public Snapshot() {
      super(() -> Serializer.INSTANCE);
    }
  }
}
