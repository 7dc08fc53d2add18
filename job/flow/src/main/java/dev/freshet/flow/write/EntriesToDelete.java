package dev.freshet.flow.write;

import dev.freshet.flow.log.KeyTypeInfo;
import dev.freshet.flow.log.WireSerializer;
import dev.freshet.view.Key;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A root row whose entries must be deleted from the store, whatever their view key is.
 *
 * @param view the index of the view in the job's plan
 * @param row the key of the root row
 * @param first the first key group to delete from
 * @param last the last key group to delete from
 */
public record EntriesToDelete(int view, Key row, int first, int last) {

  /** Returns the part within a range of key groups; null if there is none. */
  EntriesToDelete within(int from, int to) {
    int begin = Math.max(first, from);
    int end = Math.min(last, to);
    return begin <= end ? new EntriesToDelete(view, row, begin, end) : null;
  }

  /** Writes the fields in their order. */
  public static final class Serializer extends WireSerializer<EntriesToDelete> {
    public static final Serializer INSTANCE = new Serializer();
    private static final long serialVersionUID = 1L;

    @Override
    public void serialize(EntriesToDelete entries, DataOutputView target) throws IOException {
      target.writeShort(entries.view());
      KeyTypeInfo.Serializer.INSTANCE.serialize(entries.row(), target);
      target.writeInt(entries.first());
      target.writeInt(entries.last());
    }

    @Override
    protected EntriesToDelete read(DataInputView source) throws IOException {
      return new EntriesToDelete(
          source.readUnsignedShort(),
          KeyTypeInfo.Serializer.INSTANCE.deserialize(source),
          source.readInt(),
          source.readInt());
    }

    @Override
    public TypeSerializerSnapshot<EntriesToDelete> snapshotConfiguration() {
      return new Snapshot();
    }
  }

  /** Identifies the serializer in savepoints. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<EntriesToDelete> {
    public Snapshot() {
      super(() -> Serializer.INSTANCE);
    }
  }
}
