package dev.freshet.flow.log;

import dev.freshet.view.Key;
import dev.freshet.view.Values;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The type of {@link Event}. */
public final class EventTypeInfo {
  public static final TypeInformation<Event> INSTANCE =
      new WireTypeInfo<>(Event.class, Serializer.INSTANCE, false);

  private EventTypeInfo() {}

  /** Writes a tag for the kind, then its fields. Tags are never reused. */
  public static final class Serializer extends WireSerializer<Event> {
    public static final Serializer INSTANCE = new Serializer();
    private static final long serialVersionUID = 1L;

    private static final int UPSERT = 1;
    private static final int DELETE = 2;
    private static final int SUBSCRIBE = 3;
    private static final int UNSUBSCRIBE = 4;
    private static final int PART = 5;
    private static final int POISON = 6;
    private static final int RETRY = 7;
    private static final int REPAIR = 8;
    private static final int REBUILD = 9;
    private static final int CASCADE = 10;

    @Override
    public void serialize(Event event, DataOutputView target) throws IOException {
      if (event instanceof Event.RowChange change) {
        int kind = change.row() == null ? DELETE : UPSERT;
        target.writeByte(change.poison() == null ? kind : POISON);
        head(change, target);
        if (change.row() != null) {
          Values.writeRow(change.row(), target);
        }
        if (change.poison() != null) {
          PoisonFormat.write(change.poison(), target);
        }
      } else if (event instanceof Event.Subscription subscription) {
        target.writeByte(subscription.on() ? SUBSCRIBE : UNSUBSCRIBE);
        head(subscription, target);
        KeyTypeInfo.Serializer.INSTANCE.serialize(subscription.subscriber(), target);
      } else if (event instanceof Event.Part part) {
        target.writeByte(PART);
        head(part, target);
        KeyTypeInfo.Serializer.INSTANCE.serialize(part.child(), target);
        CompositeTypeInfo.Serializer.INSTANCE.serialize(part.value(), target);
      } else if (event instanceof Event.Retry retry) {
        target.writeByte(RETRY);
        head(retry, target);
        target.writeLong(retry.of().version());
        target.writeLong(retry.of().order());
        target.writeInt(retry.of().number());
        target.writeBoolean(retry.read());
        answer(retry.row(), retry.poison(), target);
      } else if (event instanceof Event.Repair repair) {
        target.writeByte(REPAIR);
        head(repair, target);
        target.writeBoolean(repair.read());
        answer(repair.row(), repair.poison(), target);
      } else if (event instanceof Event.Rebuild rebuild) {
        target.writeByte(REBUILD);
        head(rebuild, target);
      } else if (event instanceof Event.Cascade cascade) {
        target.writeByte(CASCADE);
        head(cascade, target);
        KeyTypeInfo.Serializer.INSTANCE.serialize(cascade.deleted(), target);
      } else {
        throw new IOException("unknown event " + event);
      }
    }

    @Override
    protected Event read(DataInputView source) throws IOException {
      int tag = source.readByte();
      Key key = KeyTypeInfo.Serializer.INSTANCE.deserialize(source);
      long version = source.readLong();
      long order = source.readLong();
      return switch (tag) {
        case UPSERT -> new Event.RowChange(key, version, order, Values.readRow(source));
        case DELETE -> new Event.RowChange(key, version, order, null);
        case SUBSCRIBE, UNSUBSCRIBE ->
            new Event.Subscription(
                key,
                version,
                order,
                KeyTypeInfo.Serializer.INSTANCE.deserialize(source),
                tag == SUBSCRIBE);
        case PART ->
            new Event.Part(
                key,
                version,
                KeyTypeInfo.Serializer.INSTANCE.deserialize(source),
                CompositeTypeInfo.Serializer.INSTANCE.deserialize(source));
        case POISON ->
            new Event.RowChange(
                key, version, order, Values.readRow(source), PoisonFormat.read(source));
        case RETRY ->
            new Event.Retry(
                key,
                version,
                order,
                new Event.Attempt(source.readLong(), source.readLong(), source.readInt()),
                source.readBoolean(),
                source.readBoolean() ? Values.readRow(source) : null,
                source.readBoolean() ? PoisonFormat.read(source) : null);
        case REPAIR ->
            new Event.Repair(
                key,
                version,
                order,
                source.readBoolean(),
                source.readBoolean() ? Values.readRow(source) : null,
                source.readBoolean() ? PoisonFormat.read(source) : null);
        case REBUILD -> new Event.Rebuild(key, version, order);
        case CASCADE ->
            new Event.Cascade(
                key, version, order, KeyTypeInfo.Serializer.INSTANCE.deserialize(source));
        default -> throw new IOException("unknown event tag " + tag);
      };
    }

    private static void answer(Object[] row, Poison poison, DataOutputView target)
        throws IOException {
      target.writeBoolean(row != null);
      if (row != null) {
        Values.writeRow(row, target);
      }
      target.writeBoolean(poison != null);
      if (poison != null) {
        PoisonFormat.write(poison, target);
      }
    }

    private static void head(Event event, DataOutputView target) throws IOException {
      KeyTypeInfo.Serializer.INSTANCE.serialize(event.key(), target);
      target.writeLong(event.version());
      target.writeLong(event.order());
    }

    @Override
    public TypeSerializerSnapshot<Event> snapshotConfiguration() {
      return new Snapshot();
    }
  }

  /** Names the serializer in savepoints. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<Event> {
    public Snapshot() {
      super(() -> Serializer.INSTANCE);
    }
  }
}
