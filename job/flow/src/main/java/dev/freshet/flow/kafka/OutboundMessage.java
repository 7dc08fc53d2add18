package dev.freshet.flow.kafka;

import dev.freshet.flow.log.BoundedText;
import dev.freshet.flow.log.WireSerializer;
import dev.freshet.flow.log.WireTypeInfo;
import dev.freshet.view.BoundedInput;
import dev.freshet.view.stream.Stream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A message to be written to Kafka.
 *
 * @param value the message; null is a tombstone, which deletes the key's earlier message
 */
public record OutboundMessage(Stream stream, byte[] key, byte[] value) {
  public static final TypeInformation<OutboundMessage> TYPE =
      new WireTypeInfo<>(OutboundMessage.class, Serializer.INSTANCE, false);

  public OutboundMessage {
    Objects.requireNonNull(stream, "stream");
    Objects.requireNonNull(key, "key");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OutboundMessage that
        && stream == that.stream
        && Arrays.equals(key, that.key)
        && Arrays.equals(value, that.value);
  }

  @Override
  public int hashCode() {
    return Objects.hash(stream, Arrays.hashCode(key));
  }

  /** Writes the stream's wire name, then the key and the value, each preceded by its length. */
  public static final class Serializer extends WireSerializer<OutboundMessage> {
    public static final Serializer INSTANCE = new Serializer();
    private static final long serialVersionUID = 1L;
    private static final int NO_VALUE = -1;

    @Override
    public void serialize(OutboundMessage message, DataOutputView target) throws IOException {
      target.writeUTF(message.stream().wireName());
      target.writeInt(message.key().length);
      target.write(message.key());
      target.writeInt(message.value() == null ? NO_VALUE : message.value().length);
      if (message.value() != null) {
        target.write(message.value());
      }
    }

    @Override
    protected OutboundMessage read(DataInputView source) throws IOException {
      Stream stream = Stream.of(BoundedText.utf(source));
      byte[] key = BoundedInput.bytes(source);
      int length = source.readInt();
      if (length < NO_VALUE) {
        throw new IOException("a value of " + length + " bytes");
      }
      byte[] value = length == NO_VALUE ? null : BoundedInput.bytes(source, length);
      return new OutboundMessage(stream, key, value);
    }

    @Override
    public TypeSerializerSnapshot<OutboundMessage> snapshotConfiguration() {
      return new Snapshot();
    }
  }

  /** Names the serializer in savepoints. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<OutboundMessage> {
    public Snapshot() {
      super(() -> Serializer.INSTANCE);
    }
  }
}
