package dev.freshet.flow.log;

import dev.freshet.view.BoundedInput;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** The type of {@link ControlMessage}. */
public final class ControlMessageTypeInfo {
  public static final TypeInformation<ControlMessage> INSTANCE =
      new WireTypeInfo<>(ControlMessage.class, Serializer.INSTANCE, false);

  private ControlMessageTypeInfo() {}

  /** Writes a tag for the kind, then its fields. Tags are never reused. */
  public static final class Serializer extends WireSerializer<ControlMessage> {
    public static final Serializer INSTANCE = new Serializer();
    private static final long serialVersionUID = 1L;

    private static final int MARK = 1;
    private static final int UNPLACED = 2;
    private static final int TALLY = 3;
    private static final int BACKLOG = 4;
    private static final int VIEW_FAULT = 5;
    private static final int REPAIR = 6;
    private static final int READ = 7;
    private static final int REBUILD = 8;
    private static final int REBUILD_SENT = 9;

    @Override
    public void serialize(ControlMessage note, DataOutputView target) throws IOException {
      if (note instanceof WatermarkInfo mark) {
        target.writeByte(MARK);
        target.writeLong(mark.version());
        target.writeLong(mark.position());
        target.writeLong(mark.asOf());
        StringValue.writeString(mark.gtids(), target);
      } else if (note instanceof UnroutableRow unplaced) {
        target.writeByte(UNPLACED);
        target.writeShort(unplaced.view());
        KeyTypeInfo.Serializer.INSTANCE.serialize(unplaced.row(), target);
        target.writeLong(unplaced.version());
        target.writeBoolean(unplaced.on());
      } else if (note instanceof ChangeReport tally) {
        target.writeByte(TALLY);
        target.writeUTF(tally.operator());
        target.writeInt(tally.subtask());
        target.writeShort(tally.view());
        target.writeLong(tally.applied());
        target.writeLong(tally.superseded());
        target.writeLong(tally.waiting());
        target.writeLong(tally.dead());
        target.writeLong(tally.entries());
      } else if (note instanceof Backlog backlog) {
        target.writeByte(BACKLOG);
        target.writeInt(backlog.waiting());
        target.writeLong(backlog.oldest());
      } else if (note instanceof ViewFault fault) {
        target.writeByte(VIEW_FAULT);
        target.writeShort(fault.view());
        target.writeUTF(fault.reason().wireName());
        target.writeLong(fault.version());
        StringValue.writeString(fault.message(), target);
      } else if (note instanceof RepairMark mark) {
        target.writeByte(REPAIR);
        target.writeShort(mark.view());
        KeyTypeInfo.Serializer.INSTANCE.serialize(mark.key(), target);
        target.writeLong(mark.version());
        target.writeByte(mark.step().wire());
      } else if (note instanceof Rebuild rebuild) {
        target.writeByte(REBUILD);
        target.writeLong(rebuild.version());
        target.writeShort(rebuild.views().size());
        for (int view : rebuild.views()) {
          target.writeShort(view);
        }
      } else if (note instanceof Rebuild.Sent sent) {
        target.writeByte(REBUILD_SENT);
        target.writeLong(sent.rebuild());
        target.writeInt(sent.subtask());
        target.writeInt(sent.subtasks());
        target.writeLong(sent.sent());
        target.writeLong(sent.total());
        target.writeBoolean(sent.done());
        target.writeLong(sent.version());
      } else if (note instanceof Reads reads) {
        target.writeByte(READ);
        target.writeShort(reads.view());
        target.writeInt(reads.keys().size());
        for (Key key : reads.keys()) {
          KeyTypeInfo.Serializer.INSTANCE.serialize(key, target);
        }
      } else {
        throw new IOException("unknown control message " + note);
      }
    }

    @Override
    protected ControlMessage read(DataInputView source) throws IOException {
      int tag = source.readByte();
      return switch (tag) {
        case MARK -> {
          long version = source.readLong();
          long place = source.readLong();
          long asOf = source.readLong();
          yield new WatermarkInfo(version, place, BoundedText.string(source), asOf);
        }
        case UNPLACED ->
            new UnroutableRow(
                source.readUnsignedShort(),
                KeyTypeInfo.Serializer.INSTANCE.deserialize(source),
                source.readLong(),
                source.readBoolean());
        case TALLY ->
            new ChangeReport(
                BoundedText.utf(source),
                source.readInt(),
                source.readUnsignedShort(),
                source.readLong(),
                source.readLong(),
                source.readLong(),
                source.readLong(),
                source.readLong());
        case BACKLOG -> new Backlog(source.readInt(), source.readLong());
        case VIEW_FAULT ->
            new ViewFault(
                source.readUnsignedShort(),
                Reason.of(BoundedText.utf(source)),
                source.readLong(),
                BoundedText.string(source));
        case REPAIR ->
            new RepairMark(
                source.readUnsignedShort(),
                KeyTypeInfo.Serializer.INSTANCE.deserialize(source),
                source.readLong(),
                RepairMark.Step.of(source.readByte()));
        case READ -> {
          int view = source.readUnsignedShort();
          List<Key> keys = new ArrayList<>();
          for (int left = BoundedInput.count(source); left > 0; left--) {
            keys.add(KeyTypeInfo.Serializer.INSTANCE.deserialize(source));
          }
          yield new Reads(view, keys);
        }
        case REBUILD -> {
          long version = source.readLong();
          Set<Integer> views = new HashSet<>();
          for (int left = source.readUnsignedShort(); left > 0; left--) {
            views.add(source.readUnsignedShort());
          }
          yield new Rebuild(views, version);
        }
        case REBUILD_SENT ->
            new Rebuild.Sent(
                source.readLong(),
                source.readInt(),
                source.readInt(),
                source.readLong(),
                source.readLong(),
                source.readBoolean(),
                source.readLong());
        default -> throw new IOException("unknown control message tag " + tag);
      };
    }

    @Override
    public TypeSerializerSnapshot<ControlMessage> snapshotConfiguration() {
      return new Snapshot();
    }
  }

  /** Names the serializer in savepoints. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<ControlMessage> {
    public Snapshot() {
      super(() -> Serializer.INSTANCE);
    }
  }
}
