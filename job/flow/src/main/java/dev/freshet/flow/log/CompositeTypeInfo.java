package dev.freshet.flow.log;

import dev.freshet.flow.Uids;
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

  /**
   * Writes the kind (no row, a row, or poison with what can be read), the row, and the parts
   * recursively.
   */
  public static final class Serializer extends WireSerializer<Composite> {
    public static final Serializer INSTANCE = new Serializer();
    private static final long serialVersionUID = 1L;

    private static final int MISSING = 0;
    private static final int SOUND = 1;
    private static final int POISONED = 2;

    /** More levels than a view can have joins between its root and a dimension. */
    private static final int MOST_LEVELS = 4 * Uids.MAX_DEPTH;

    @Override
    public void serialize(Composite composite, DataOutputView target) throws IOException {
      if (composite.isMissing()) {
        target.writeByte(MISSING);
        return;
      }
      target.writeByte(composite.poison() == null ? SOUND : POISONED);
      if (composite.poison() != null) {
        PoisonFormat.write(composite.poison(), target);
      }
      Values.writeRow(composite.row(), target);
      target.writeByte(composite.parts().length);
      for (Composite part : composite.parts()) {
        serialize(part, target);
      }
    }

    @Override
    protected Composite read(DataInputView source) throws IOException {
      return read(source, MOST_LEVELS);
    }

    private static Composite read(DataInputView source, int levels) throws IOException {
      if (levels == 0) {
        throw new IOException("a composite of more than " + MOST_LEVELS + " levels");
      }
      int kind = source.readByte();
      if (kind == MISSING) {
        return Composite.MISSING;
      }
      if (kind != SOUND && kind != POISONED) {
        throw new IOException(
            "a record has the unknown kind %d; it comes from another version of Freshet"
                .formatted(kind));
      }
      Poison poison = kind == POISONED ? PoisonFormat.read(source) : null;
      Object[] row = Values.readRow(source);
      Composite[] parts = new Composite[source.readUnsignedByte()];
      for (int i = 0; i < parts.length; i++) {
        parts[i] = read(source, levels - 1);
      }
      return new Composite(row, parts, poison);
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
