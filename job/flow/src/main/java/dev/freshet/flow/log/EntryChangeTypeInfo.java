package dev.freshet.flow.log;

import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import dev.freshet.view.Values;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The type of {@link EntryChange}. */
public final class EntryChangeTypeInfo {
  public static final TypeInformation<EntryChange> INSTANCE =
      new WireTypeInfo<>(EntryChange.class, Serializer.INSTANCE, false);

  private EntryChangeTypeInfo() {}

  /** Writes the fields in their order; presence and poison share a byte. */
  public static final class Serializer extends WireSerializer<EntryChange> {
    public static final Serializer INSTANCE = new Serializer();
    private static final long serialVersionUID = 1L;

    private static final int REMOVE = 0;
    private static final int PUT = 1;
    private static final int POISON = 2;

    @Override
    public void serialize(EntryChange change, DataOutputView target) throws IOException {
      target.writeShort(change.view());
      KeyTypeInfo.Serializer.INSTANCE.serialize(change.key(), target);
      KeyTypeInfo.Serializer.INSTANCE.serialize(change.entry(), target);
      target.writeLong(change.version());
      int known = change.present() ? PUT : REMOVE;
      target.writeByte(change.poison() == null ? known : POISON);
      if (change.poison() != null) {
        target.writeUTF(change.poison().wireName());
      }
      Values.writeRow(change.values(), target);
    }

    @Override
    protected EntryChange read(DataInputView source) throws IOException {
      int view = source.readUnsignedShort();
      Key key = KeyTypeInfo.Serializer.INSTANCE.deserialize(source);
      Key entry = KeyTypeInfo.Serializer.INSTANCE.deserialize(source);
      long version = source.readLong();
      int kind = source.readByte();
      if (kind < REMOVE || kind > POISON) {
        throw new IOException("unknown kind of entry change " + kind);
      }
      Reason poison = kind == POISON ? Reason.of(BoundedText.utf(source)) : null;
      Object[] values = Values.readRow(source);
      return new EntryChange(view, key, entry, version, kind != REMOVE, values, poison);
    }

    @Override
    public TypeSerializerSnapshot<EntryChange> snapshotConfiguration() {
      return new Snapshot();
    }
  }

  /** Names the serializer in savepoints. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<EntryChange> {
    public Snapshot() {
      super(() -> Serializer.INSTANCE);
    }
  }
}
