package dev.freshet.flow.capture.source;

import dev.freshet.flow.log.BoundedText;
import dev.freshet.flow.log.Poison;
import dev.freshet.flow.log.PoisonFormat;
import dev.freshet.flow.log.WireSerializer;
import dev.freshet.flow.log.WireTypeInfo;
import dev.freshet.view.Reason;
import dev.freshet.view.Values;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** The type of {@link Captured}. */
public final class CapturedTypeInfo {
  public static final TypeInformation<Captured> INSTANCE =
      new WireTypeInfo<>(Captured.class, Serializer.INSTANCE, false);

  private CapturedTypeInfo() {}

  /** Writes a tag for the record type, followed by the fields. */
  public static final class Serializer extends WireSerializer<Captured> {
    public static final Serializer INSTANCE = new Serializer();
    private static final long serialVersionUID = 1L;

    private static final int CHANGE = 1;
    private static final int BOUNDARY = 2;
    private static final int SNAPSHOT_DONE = 3;
    private static final int BATCH_END = 4;
    private static final int LOST_VIEW = 5;
    private static final int SERVER = 6;
    private static final int UNCHECKED_CHANGE = 7;

    /** The number of rows where there are none because of the kind of change. */
    private static final int NONE = -1;

    /** Most tables have as many nodes at most. */
    private static final int FEW = 64;

    @Override
    public void serialize(Captured captured, DataOutputView target) throws IOException {
      if (captured instanceof Captured.Change change) {
        target.writeByte(change.actsOnOthers() ? CHANGE : UNCHECKED_CHANGE);
        target.writeInt(change.table());
        target.writeLong(change.version());
        writeRows(change.before(), target);
        writeRows(change.after(), target);
        writePoison(change.poisonBefore(), target);
        writePoison(change.poisonAfter(), target);
      } else if (captured instanceof Captured.Boundary boundary) {
        target.writeByte(BOUNDARY);
        target.writeLong(boundary.version());
        StringValue.writeString(boundary.gtids(), target);
      } else if (captured instanceof Captured.SnapshotDone done) {
        target.writeByte(SNAPSHOT_DONE);
        target.writeLong(done.highest());
      } else if (captured instanceof Captured.BatchEnd) {
        target.writeByte(BATCH_END);
      } else if (captured instanceof Captured.LostView lost) {
        target.writeByte(LOST_VIEW);
        target.writeInt(lost.view());
        target.writeLong(lost.version());
        target.writeUTF(lost.reason().wireName());
        StringValue.writeString(lost.message(), target);
      } else if (captured instanceof Captured.Server server) {
        target.writeByte(SERVER);
        StringValue.writeString(server.id(), target);
        target.writeInt(server.epoch());
        target.writeBoolean(server.moved());
        StringValue.writeString(server.executed(), target);
      } else {
        throw new IOException("unknown message " + captured);
      }
    }

    @Override
    protected Captured read(DataInputView source) throws IOException {
      int tag = source.readByte();
      return switch (tag) {
        case CHANGE, UNCHECKED_CHANGE ->
            new Captured.Change(
                source.readInt(),
                source.readLong(),
                readRows(source),
                readRows(source),
                tag == CHANGE,
                readPoison(source),
                readPoison(source));
        case BOUNDARY -> new Captured.Boundary(source.readLong(), BoundedText.string(source));
        case SNAPSHOT_DONE -> new Captured.SnapshotDone(source.readLong());
        case BATCH_END -> Captured.BatchEnd.INSTANCE;
        case LOST_VIEW ->
            new Captured.LostView(
                source.readInt(),
                source.readLong(),
                Reason.of(BoundedText.utf(source)),
                BoundedText.string(source));
        case SERVER ->
            new Captured.Server(
                BoundedText.string(source),
                source.readInt(),
                source.readBoolean(),
                BoundedText.string(source));
        default -> throw new IOException("unknown message tag " + tag);
      };
    }

    private static void writeRows(Object[][] rows, DataOutputView target) throws IOException {
      target.writeShort(rows == null ? NONE : rows.length);
      if (rows != null) {
        for (Object[] row : rows) {
          Values.writeRow(row, target);
        }
      }
    }

    private static Object[][] readRows(DataInputView source) throws IOException {
      int length = source.readShort();
      if (length < NONE) {
        throw new IOException("a number of " + length + " rows");
      }
      if (length == NONE) {
        return null;
      }
      List<Object[]> rows = new ArrayList<>(Math.min(length, FEW));
      while (rows.size() < length) {
        rows.add(Values.readRow(source));
      }
      return rows.toArray(Object[][]::new);
    }

    private static void writePoison(Poison[] poison, DataOutputView target) throws IOException {
      target.writeShort(poison == null ? NONE : poison.length);
      for (int i = 0; poison != null && i < poison.length; i++) {
        target.writeBoolean(poison[i] != null);
        if (poison[i] != null) {
          PoisonFormat.write(poison[i], target);
        }
      }
    }

    private static Poison[] readPoison(DataInputView source) throws IOException {
      int length = source.readShort();
      if (length < NONE) {
        throw new IOException("a number of " + length + " rows");
      }
      if (length == NONE) {
        return null;
      }
      List<Poison> poison = new ArrayList<>(Math.min(length, FEW));
      while (poison.size() < length) {
        poison.add(source.readBoolean() ? PoisonFormat.read(source) : null);
      }
      return poison.toArray(Poison[]::new);
    }

    @Override
    public TypeSerializerSnapshot<Captured> snapshotConfiguration() {
      return new Snapshot();
    }
  }

  /** Identifies the serializer in savepoints. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<Captured> {
    public Snapshot() {
      super(() -> Serializer.INSTANCE);
    }
  }
}
