package dev.freshet.flow.node;

import dev.freshet.flow.log.WireSerializer;
import dev.freshet.view.BoundedInput;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Writes a {@link PackedRow}: its length, then its bytes, which begin with the number of their
 * format.
 */
public final class PackedRowSerializer extends WireSerializer<PackedRow> {
  public static final PackedRowSerializer INSTANCE = new PackedRowSerializer();
  private static final long serialVersionUID = 1L;

  @Override
  public void serialize(PackedRow row, DataOutputView target) throws IOException {
    target.writeInt(row.bytes().length);
    target.write(row.bytes());
  }

  @Override
  protected PackedRow read(DataInputView source) throws IOException {
    return new PackedRow(BoundedInput.bytes(source));
  }

  @Override
  public TypeSerializerSnapshot<PackedRow> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Names the serializer in savepoints. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<PackedRow> {
    public Snapshot() {
      super(() -> PackedRowSerializer.INSTANCE);
    }
  }
}
