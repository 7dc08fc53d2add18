package dev.freshet.flow.event;

import dev.freshet.flow.log.KeyTypeInfo;
import dev.freshet.flow.log.WireSerializer;
import dev.freshet.flow.log.WireTypeInfo;
import dev.freshet.view.BoundedInput;
import dev.freshet.view.Key;
import dev.freshet.view.Values;
import dev.freshet.view.event.DomainEvent;
import dev.freshet.view.event.RecordPosition;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * An event of one group of a read model.
 *
 * @param group the node's number, then the values of the group columns
 * @param version the event's number in the {@link EventLog}
 * @param horizon the least time of an event that is applied, in microseconds since the epoch
 * @param position where Kafka has the record
 * @param record the record's value, for a dead letter; the receiver does not change it
 */
public record GroupedEvent(
    Key group,
    long version,
    long horizon,
    DomainEvent event,
    RecordPosition position,
    byte[] record) {
  public static final TypeInformation<GroupedEvent> TYPE =
      new WireTypeInfo<>(GroupedEvent.class, Serializer.INSTANCE, false);

  public GroupedEvent {
    Objects.requireNonNull(group, "group");
    Objects.requireNonNull(event, "event");
    Objects.requireNonNull(position, "position");
    Objects.requireNonNull(record, "record");
    if (version < 1) {
      throw new IllegalArgumentException("version " + version + " below 1");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GroupedEvent that
        && group.equals(that.group)
        && version == that.version
        && horizon == that.horizon
        && event.id().equals(that.event.id())
        && event.time() == that.event.time()
        && Arrays.deepEquals(event.row(), that.event.row())
        && position.equals(that.position)
        && Arrays.equals(record, that.record);
  }

  @Override
  public int hashCode() {
    return Objects.hash(group, version, position);
  }

  /** Writes the fields in their order; the id goes before the event's fields, like one of them. */
  public static final class Serializer extends WireSerializer<GroupedEvent> {
    public static final Serializer INSTANCE = new Serializer();
    private static final long serialVersionUID = 1L;

    @Override
    public void serialize(GroupedEvent grouped, DataOutputView target) throws IOException {
      DomainEvent event = grouped.event();
      KeyTypeInfo.Serializer.INSTANCE.serialize(grouped.group(), target);
      target.writeLong(grouped.version());
      target.writeLong(grouped.horizon());
      Values.writeRow(new Object[] {event.id()}, target);
      target.writeLong(event.time());
      Values.writeRow(event.row(), target);
      EventRecord.Serializer.writePosition(grouped.position(), target);
      target.writeInt(grouped.record().length);
      target.write(grouped.record());
    }

    @Override
    protected GroupedEvent read(DataInputView source) throws IOException {
      Key group = KeyTypeInfo.Serializer.INSTANCE.deserialize(source);
      long version = source.readLong();
      long horizon = source.readLong();
      Object[] id = Values.readRow(source);
      if (id.length != 1 || !(id[0] instanceof String text)) {
        throw new IOException("an event without an id");
      }
      DomainEvent event = new DomainEvent(text, source.readLong(), Values.readRow(source));
      RecordPosition position = EventRecord.Serializer.readPosition(source);
      return new GroupedEvent(group, version, horizon, event, position, BoundedInput.bytes(source));
    }

    @Override
    public TypeSerializerSnapshot<GroupedEvent> snapshotConfiguration() {
      return new Snapshot();
    }
  }

  /** Names the serializer in savepoints. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<GroupedEvent> {
    public Snapshot() {
      super(() -> Serializer.INSTANCE);
    }
  }
}
