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
 * The entries of a root row that must leave the store, under whatever key they are.
 *
 * @param view place of the view in the job's plan
 * @param row the root row
 * @param first the first key group where they go
 * @param last the last one
 */
public record EntriesToDelete(int view, Key row, int first, int last) {

  /** What of it lies in a range; null when nothing does. */
  EntriesToDelete within(int from, int to) {
    int begin = Math.max(first, from);
    int end = Math.min(last, to);
    return begin <= end ? new EntriesToDelete(view, row, begin, end) : null;
  }

  /** The fields in their order. */
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
    public EntriesToDelete deserialize(DataInputView source) throws IOException {
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

  /** Names the serializer in savepoints. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<EntriesToDelete> {
    public Snapshot() {
      super(() -> Serializer.INSTANCE);
    }
  }
}
