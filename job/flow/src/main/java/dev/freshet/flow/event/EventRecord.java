package dev.freshet.flow.event;

import dev.freshet.flow.log.BoundedText;
import dev.freshet.flow.log.WireSerializer;
import dev.freshet.flow.log.WireTypeInfo;
import dev.freshet.view.BoundedInput;
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
 * A record of a topic of events.
 *
 * @param value the record's value; null if it has none
 */
public record EventRecord(RecordPosition position, byte[] value) {
  public static final TypeInformation<EventRecord> TYPE =
      new WireTypeInfo<>(EventRecord.class, Serializer.INSTANCE, false);

  public EventRecord {
    Objects.requireNonNull(position, "position");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EventRecord that
        && position.equals(that.position)
        && Arrays.equals(value, that.value);
  }

  @Override
  public int hashCode() {
    return position.hashCode();
  }

  /** Writes topic, partition and offset, then the length of the value and the value. */
  public static final class Serializer extends WireSerializer<EventRecord> {
    public static final Serializer INSTANCE = new Serializer();
    private static final long serialVersionUID = 1L;
    private static final int NO_VALUE = -1;

    @Override
    public void serialize(EventRecord record, DataOutputView target) throws IOException {
      writePosition(record.position(), target);
      target.writeInt(record.value() == null ? NO_VALUE : record.value().length);
      if (record.value() != null) {
        target.write(record.value());
      }
    }

    @Override
    protected EventRecord read(DataInputView source) throws IOException {
      RecordPosition position = readPosition(source);
      int length = source.readInt();
      if (length < NO_VALUE) {
        throw new IOException("a value of " + length + " bytes");
      }
      return new EventRecord(
          position, length == NO_VALUE ? null : BoundedInput.bytes(source, length));
    }

    static void writePosition(RecordPosition position, DataOutputView target) throws IOException {
      target.writeUTF(position.topic());
      target.writeInt(position.partition());
      target.writeLong(position.offset());
    }

    static RecordPosition readPosition(DataInputView source) throws IOException {
      return new RecordPosition(BoundedText.utf(source), source.readInt(), source.readLong());
    }

    @Override
    public TypeSerializerSnapshot<EventRecord> snapshotConfiguration() {
      return new Snapshot();
    }
  }

  /** Names the serializer in savepoints. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<EventRecord> {
    public Snapshot() {
      super(() -> Serializer.INSTANCE);
    }
  }
}
