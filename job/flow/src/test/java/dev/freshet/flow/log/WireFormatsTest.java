package dev.freshet.flow.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.event.EventRecord;
import dev.freshet.flow.event.GroupedEvent;
import dev.freshet.flow.node.Marker;
import dev.freshet.flow.node.NodeRow;
import dev.freshet.flow.node.PackedRow;
import dev.freshet.flow.node.PackedRowSerializer;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import dev.freshet.view.event.DomainEvent;
import dev.freshet.view.event.RecordPosition;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class WireFormatsTest {
  private static final Key KEY = Key.of(3L, "köy 🙂", new BigDecimal("1.50"));
  private static final Object[] ROW = {
    1L, null, "text", new byte[] {0, -1}, 2.5, new BigDecimal("-12.340")
  };
  private static final Composite COMPOSITE =
      new Composite(ROW, new Composite[] {Composite.MISSING, new Composite(ROW, none())});

  @Test
  void everyEventRoundTrips() throws IOException {
    assertSame(EventTypeInfo.Serializer.INSTANCE, new Event.RowChange(KEY, 7, 8, ROW));
    assertSame(EventTypeInfo.Serializer.INSTANCE, new Event.RowChange(KEY, 7, 8, null));
    assertSame(EventTypeInfo.Serializer.INSTANCE, new Event.Subscription(KEY, 7, 8, KEY, true));
    assertSame(EventTypeInfo.Serializer.INSTANCE, new Event.Subscription(KEY, 7, 8, KEY, false));
    assertSame(EventTypeInfo.Serializer.INSTANCE, new Event.Part(KEY, 7, KEY, COMPOSITE));
    assertSame(EventTypeInfo.Serializer.INSTANCE, new Event.Part(KEY, 7, KEY, Composite.MISSING));
  }

  @Test
  void poisonAndRetriesRoundTrip() throws IOException {
    Poison poison = new Poison(Reason.UNSTORABLE, false, "db.users.name: it holds a NUL");
    Event.Attempt attempt = new Event.Attempt(7, 8, 2);
    assertSame(EventTypeInfo.Serializer.INSTANCE, new Event.RowChange(KEY, 7, 8, ROW, poison));
    assertSame(
        EventTypeInfo.Serializer.INSTANCE, new Event.Retry(KEY, 9, 0, attempt, true, ROW, poison));
    assertSame(
        EventTypeInfo.Serializer.INSTANCE, new Event.Retry(KEY, 9, 0, attempt, false, null, null));
    assertSame(CompositeTypeInfo.Serializer.INSTANCE, new Composite(ROW, none(), poison));
    assertSame(
        EntryChangeTypeInfo.Serializer.INSTANCE,
        new EntryChange(2, KEY, KEY, 11, true, ROW, Reason.TOO_LARGE));
    assertSame(
        FailureTypeInfo.Serializer.INSTANCE,
        new Failure(KEY, attempt, poison, Failure.Next.READ, 1, 2, ROW));
    assertSame(ControlMessageTypeInfo.Serializer.INSTANCE, new UnroutableRow(1, KEY, 7, true));
    assertSame(
        ControlMessageTypeInfo.Serializer.INSTANCE,
        new ViewFault(1, Reason.SCHEMA_CHANGED, 7, "why 🙂"));
    assertSame(
        ControlMessageTypeInfo.Serializer.INSTANCE, new ChangeReport("root", 1, 2, 3, 4, 5, 6, 7));
    NodeRow row =
        new NodeRow(
            ROW,
            new Key[] {KEY},
            new Composite[] {COMPOSITE},
            new Marker(attempt, poison, true, Failure.Next.DEAD));
    assertThat(PackedRow.of(row).unpack()).isEqualTo(row);
  }

  @Test
  void repairsRoundTrip() throws IOException {
    Poison poison = new Poison(Reason.UNSTORABLE, true, "db.users.name: it holds a NUL");
    for (Event.Repair repair :
        new Event.Repair[] {
          new Event.Repair(KEY, 9, 1, true, ROW, null),
          new Event.Repair(KEY, 9, 1, true, ROW, poison),
          new Event.Repair(KEY, 9, 1, true, null, poison),
          new Event.Repair(KEY, 9, 1, true, null, null),
          new Event.Repair(KEY, 9, 1, false, ROW, null)
        }) {
      assertSame(EventTypeInfo.Serializer.INSTANCE, repair);
    }
    assertSame(
        ControlMessageTypeInfo.Serializer.INSTANCE, new Reads(1, List.of(KEY, Key.of("v", 7L))));
    for (RepairMark.Step step : RepairMark.Step.values()) {
      assertSame(ControlMessageTypeInfo.Serializer.INSTANCE, new RepairMark(1, KEY, 9, step));
    }
  }

  @Test
  void rebuildsRoundTrip() throws IOException {
    assertSame(EventTypeInfo.Serializer.INSTANCE, new Event.Rebuild(KEY, 9, 1));
    assertSame(EventTypeInfo.Serializer.INSTANCE, new Event.Cascade(KEY, 9, 1, Key.of(2L, "x")));
    assertSame(ControlMessageTypeInfo.Serializer.INSTANCE, new Rebuild(Set.of(0, 3), 9));
    assertSame(
        ControlMessageTypeInfo.Serializer.INSTANCE, new Rebuild.Sent(9, 1, 2, 3, 4, true, 10));
  }

  @Test
  void allOtherTypesRoundTrip() throws IOException {
    assertSame(KeyTypeInfo.Serializer.INSTANCE, KEY);
    assertSame(
        ControlMessageTypeInfo.Serializer.INSTANCE,
        new WatermarkInfo(9, 7, "uuid:1-5,".repeat(20_000), 10));
    assertSame(
        EntryChangeTypeInfo.Serializer.INSTANCE, new EntryChange(2, KEY, KEY, 11, true, ROW));
    assertSame(
        EntryChangeTypeInfo.Serializer.INSTANCE, new EntryChange(2, KEY, KEY, 11, false, ROW));
  }

  @Test
  void eventsOfTopicsRoundTrip() throws IOException {
    RecordPosition position = new RecordPosition("shipments", 3, 4711);
    assertSame(EventRecord.Serializer.INSTANCE, new EventRecord(position, new byte[] {0, -1}));
    assertSame(EventRecord.Serializer.INSTANCE, new EventRecord(position, new byte[0]));
    assertSame(EventRecord.Serializer.INSTANCE, new EventRecord(position, null));
    assertSame(
        GroupedEvent.Serializer.INSTANCE,
        new GroupedEvent(
            KEY,
            7,
            Long.MIN_VALUE,
            new DomainEvent("ä".repeat(70_000), 8, ROW),
            position,
            new byte[] {1}));
  }

  @Test
  void aPackedRowRoundTrips() throws IOException {
    NodeRow row = new NodeRow(ROW, new Key[] {KEY, null}, new Composite[] {COMPOSITE, null}, null);
    assertThat(PackedRow.of(row).unpack()).isEqualTo(row);
    assertThat(PackedRow.of(NodeRow.empty(3)).unpack()).isEqualTo(NodeRow.empty(3));
    assertSame(PackedRowSerializer.INSTANCE, PackedRow.of(row));
  }

  @Test
  void equalDecimalsMakeEqualKeys() {
    assertThat(Key.of(new BigDecimal("1.50"))).isEqualTo(Key.of(new BigDecimal("1.5")));
    assertThat(Key.of(new BigDecimal("0.00"))).isEqualTo(Key.of(new BigDecimal("0")));
    assertThat(Key.of("a", "b")).isNotEqualTo(Key.of("ab"));
  }

  private static Composite[] none() {
    return new Composite[0];
  }

  private static <T> void assertSame(TypeSerializer<T> serializer, T value) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(value, out);
    DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
    assertThat(serializer.deserialize(in)).isEqualTo(value);
    assertThat(in.available()).isZero();
  }
}
