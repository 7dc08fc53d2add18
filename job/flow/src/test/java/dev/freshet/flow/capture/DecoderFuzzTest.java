package dev.freshet.flow.capture;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.binlog.Bytes;
import dev.freshet.flow.binlog.ColumnReader;
import dev.freshet.flow.binlog.EventHead;
import dev.freshet.flow.binlog.LogColumn;
import dev.freshet.flow.binlog.RowReader;
import dev.freshet.flow.binlog.RowsEvent;
import dev.freshet.flow.binlog.Statement;
import dev.freshet.flow.binlog.TableMap;
import dev.freshet.flow.capture.inject.Intake;
import dev.freshet.flow.capture.inject.Repair;
import dev.freshet.flow.capture.inject.RowReads;
import dev.freshet.flow.capture.inject.SampleMessages;
import dev.freshet.flow.capture.inject.StoreProgress;
import dev.freshet.flow.capture.source.Captured;
import dev.freshet.flow.capture.source.CapturedTypeInfo;
import dev.freshet.flow.kafka.OutboundMessage;
import dev.freshet.flow.log.Backlog;
import dev.freshet.flow.log.ChangeReport;
import dev.freshet.flow.log.Composite;
import dev.freshet.flow.log.CompositeTypeInfo;
import dev.freshet.flow.log.ControlMessage;
import dev.freshet.flow.log.ControlMessageTypeInfo;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.log.EntryChangeTypeInfo;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.EventTypeInfo;
import dev.freshet.flow.log.Failure;
import dev.freshet.flow.log.FailureTypeInfo;
import dev.freshet.flow.log.KeyTypeInfo;
import dev.freshet.flow.log.Poison;
import dev.freshet.flow.log.Reads;
import dev.freshet.flow.log.Rebuild;
import dev.freshet.flow.log.RepairMark;
import dev.freshet.flow.log.UnroutableRow;
import dev.freshet.flow.log.ViewFault;
import dev.freshet.flow.log.WatermarkInfo;
import dev.freshet.flow.node.Marker;
import dev.freshet.flow.node.NodeRow;
import dev.freshet.flow.node.PackedRow;
import dev.freshet.flow.node.PackedRowSerializer;
import dev.freshet.flow.write.EntriesToDelete;
import dev.freshet.view.DecoderFuzz;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import dev.freshet.view.stream.KeysRead;
import dev.freshet.view.stream.RequestMessage;
import dev.freshet.view.stream.Stream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

/** Mutated bytes of state, of what passes between the operators, of Kafka and of the binlog. */
class DecoderFuzzTest {
  private static final JobPlan PLAN = SamplePlan.inbox("sample");
  private static final Key ROW_KEY = Key.of((long) SamplePlan.PARTICIPANTS, 7L, 42L);
  private static final Key KEY = Key.of(3L, "köy 🙂", new BigDecimal("1.50"));
  private static final Object[] ROW = {
    1L, null, "text", new byte[] {0, -1}, 2.5, new BigDecimal("-12.340")
  };
  private static final Composite COMPOSITE =
      new Composite(ROW, new Composite[] {Composite.MISSING, new Composite(ROW, new Composite[0])});
  private static final Poison POISON = new Poison(Reason.UNSTORABLE, false, "it holds a NUL");
  private static final Event.Attempt ATTEMPT = new Event.Attempt(7, 8, 2);
  private static final ViewFault FAULT = new ViewFault(1, Reason.SCHEMA_CHANGED, 8, "why 🙂");
  private static final Set<Class<? extends Exception>> OF_EVENTS =
      Set.of(IllegalArgumentException.class, IndexOutOfBoundsException.class);

  /** TABLE_MAP events of all types, see {@code TableMapTest}. */
  private static final List<byte[]> TABLE_MAPS =
      hex(
          "7000000000000100016400026d32000f030d0303f6f20ffefefc0ffe03fefe120502041400f701f701020900f801"
              + "fe04ce20fe7f"
              + "01015c030a3ffcff001c3f3ffcff000d0103042d02696401790173017502647501760274310265310265320274"
              + "320362696e0273740368696402623404633330300a050801fcff0005080201780469742773060f03016103622c63"
              + "03645c650102c3bc0801000c02fff6",
          "7000000000000100016400026d32000f030d0303f6f20ffefefc0ffe03fefe120502041400f701f701020900f801"
              + "fe04ce20fe7f01015c030a3ffcff001c3f3ffcff000d0103");

  @Test
  void serializers() {
    DecoderFuzz fuzz = new DecoderFuzz();
    with(
        fuzz,
        EventTypeInfo.Serializer.INSTANCE,
        List.of(
            new Event.RowChange(KEY, 7, 8, ROW),
            new Event.RowChange(KEY, 7, 8, ROW, POISON),
            new Event.Subscription(KEY, 7, 8, KEY, true),
            new Event.Part(KEY, 7, KEY, COMPOSITE),
            new Event.Retry(KEY, 9, 0, ATTEMPT, true, ROW, POISON),
            new Event.Repair(KEY, 9, 1, true, ROW, null),
            new Event.Rebuild(KEY, 9, 1),
            new Event.Cascade(KEY, 9, 1, KEY)));
    with(fuzz, CompositeTypeInfo.Serializer.INSTANCE, List.of(COMPOSITE));
    with(
        fuzz,
        EntryChangeTypeInfo.Serializer.INSTANCE,
        List.of(
            new EntryChange(2, KEY, KEY, 11, true, ROW),
            new EntryChange(2, KEY, KEY, 11, true, ROW, Reason.TOO_LARGE)));
    with(
        fuzz,
        FailureTypeInfo.Serializer.INSTANCE,
        List.of(new Failure(KEY, ATTEMPT, POISON, Failure.Next.READ, 1, 2, ROW)));
    with(
        fuzz,
        ControlMessageTypeInfo.Serializer.INSTANCE,
        List.of(
            new UnroutableRow(1, KEY, 7, true),
            FAULT,
            new ChangeReport("root", 1, 2, 3, 4, 5, 6, 7),
            new Backlog(3, 4),
            new WatermarkInfo(9, 7, "uuid:1-5,".repeat(20), 10),
            new Reads(1, List.of(KEY, Key.of("v", 7L))),
            new RepairMark(1, KEY, 9, RepairMark.Step.DONE),
            new Rebuild(Set.of(0, 3), 9),
            new Rebuild.Sent(9, 1, 2, 3, 4, true, 10)));
    with(fuzz, KeyTypeInfo.Serializer.INSTANCE, List.of(KEY));
    with(fuzz, EntriesToDelete.Serializer.INSTANCE, List.of(new EntriesToDelete(1, KEY, 2, 3)));
    with(
        fuzz,
        OutboundMessage.Serializer.INSTANCE,
        List.of(
            new OutboundMessage(Stream.RETRY, new byte[] {1, 2}, new byte[] {3, 4, 5}),
            new OutboundMessage(Stream.DEAD_LETTER, new byte[] {1, 2}, null)));
    with(
        fuzz,
        CapturedTypeInfo.Serializer.INSTANCE,
        List.of(
            new Captured.Change(3, 5, new Object[][] {ROW}, new Object[][] {ROW, {2L}}),
            new Captured.Boundary(7, "u:1-5"),
            new Captured.LostView(2, 7, Reason.UNTOLD_WRITE, "Source table db.t: …"),
            new Captured.Server("3e11fa47-71ca-11e1-9e33-c80aa9429562", 2, true, "u:1-5")));
    fuzz.run();
  }

  private static <T> void with(
      DecoderFuzz fuzz, TypeSerializer<T> serializer, List<? extends T> values) {
    fuzz.with(
        serializer.getClass().getName(),
        bytes -> serializer.deserialize(new DataInputDeserializer(bytes)),
        IOException.class,
        values.stream().map(value -> bytes(serializer, value)).toList());
  }

  private static <T> byte[] bytes(TypeSerializer<T> serializer, T value) {
    DataOutputSerializer out = new DataOutputSerializer(64);
    try {
      serializer.serialize(value, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.getCopyOfBuffer();
  }

  @Test
  void state() throws IOException {
    CaptureState state =
        new CaptureState(
            "abc",
            new LogClock.State(9, 7, "u:1-5".repeat(20), -1, 8, 3, List.of(5L, 9L)),
            77,
            new long[] {4, 5},
            List.of(new byte[] {1, 2}, new byte[0]),
            List.of(FAULT),
            new Intake.State(3, 1, 1, List.of(new byte[] {3}, new byte[] {4, 5})),
            List.of(new byte[] {6}));
    NodeRow row =
        new NodeRow(
            ROW,
            new Key[] {KEY, null},
            new Composite[] {COMPOSITE, null},
            new Marker(ATTEMPT, POISON, true, Failure.Next.DEAD));
    new DecoderFuzz()
        .with("CaptureState", CaptureState::fromBytes, IOException.class, List.of(state.toBytes()))
        .with(
            "PackedRow",
            bytes ->
                PackedRowSerializer.INSTANCE.deserialize(new DataInputDeserializer(bytes)).unpack(),
            Set.of(IOException.class, UncheckedIOException.class),
            UnaryOperator.identity(),
            List.of(bytes(PackedRowSerializer.INSTANCE, PackedRow.of(row))))
        .run();
  }

  @Test
  void messagesOfKafka() {
    Injection injection =
        new Injection(PLAN, "job", 8, new LogClock(), new FaultedViews(), () -> 0, new Nowhere());
    byte[] reads =
        KeysRead.of("job", PLAN.views().get(0), List.of(List.of(1L, 7L)), Instant.EPOCH).toJson();
    byte[] request =
        RequestMessage.retry(
                SampleMessages.failure(PLAN, PLAN.views().get(0).view(), "dead", ROW_KEY),
                Instant.EPOCH)
            .toJson();
    DecoderFuzz.ofDenseEncodings()
        .with(
            "Injection.take",
            message -> {
              injection.take(message);
              return injection;
            },
            Set.of(),
            UnaryOperator.identity(),
            List.of(
                SampleMessages.retry(PLAN, "read", ROW_KEY),
                SampleMessages.received(Stream.REQUESTS, SampleMessages.repair(PLAN, 1).toJson()),
                SampleMessages.received(Stream.REQUESTS, reads),
                SampleMessages.received(Stream.REQUESTS, request)))
        .run();
  }

  /** Nothing is sent or read. */
  private static final class Nowhere implements Injection.Outside {
    @Override
    public void send(Event event) {}

    @Override
    public void send(ControlMessage message) {}

    @Override
    public void emit(long version, String gtids) {}

    @Override
    public void readRows(List<Key> rows, RowReads.Listener listener) {}

    @Override
    public void readForRepairs(List<Repair> repairs, RowReads.Listener listener) {}

    @Override
    public void readRebuilds(long running, Consumer<StoreProgress.Wanted> listener) {}

    @Override
    public void wakeAt(long time) {}
  }

  @Test
  void binlog() {
    EventHead head = new EventHead(EventHead.UPDATE_ROWS, 1, 100, 1000, 0);
    RowReader rows = reader();
    DecoderFuzz.ofDenseEncodings()
        .with("EventHead", bytes -> EventHead.read(new Bytes(bytes)), OF_EVENTS, same(), heads())
        .with("TableMap", DecoderFuzzTest::tableMap, OF_EVENTS, same(), TABLE_MAPS)
        .with(
            "readers of a table's columns",
            bytes -> readers(tableMap(bytes)),
            OF_EVENTS,
            same(),
            TABLE_MAPS)
        .with(
            "RowsEvent",
            bytes -> RowsEvent.read(head, new Bytes(bytes)),
            OF_EVENTS,
            same(),
            hex("700000000000110002000ffffffe7f02000000", "7000000000001100020003ffff"))
        .with(
            "Statement",
            bytes ->
                Statement.read(new Bytes(bytes), id -> id == 255 ? "utf8mb4_0900_ai_ci" : null),
            OF_EVENTS,
            same(),
            hex(
                "0100000000000000020000150000000000000120000000000000"
                    + "0004ff00ff00ff00646200424547494e"))
        .with(
            "rows",
            bytes -> {
              Bytes in = new Bytes(bytes);
              Object last = null;
              while (in.left() > 0) {
                last = rows.read(in);
              }
              return last;
            },
            RuntimeException.class,
            List.of(row()))
        .run();
  }

  private static UnaryOperator<byte[]> same() {
    return UnaryOperator.identity();
  }

  private static List<byte[]> heads() {
    return hex("0102030413010000002c00000064000000000000");
  }

  private static TableMap tableMap(byte[] bytes) {
    Bytes body = new Bytes(bytes);
    return TableMap.read(TableMap.head(body), body);
  }

  private static List<ColumnReader> readers(TableMap map) {
    return map.columns().stream().map(column -> ColumnReader.of(column, "", List.of())).toList();
  }

  private static LogColumn column(int type, int meta) {
    return new LogColumn(type, meta, true, false, 0, "", null);
  }

  /** A table with a column of each kind of length. */
  private static RowReader reader() {
    List<ColumnReader> columns =
        List.of(
            ColumnReader.of(column(LogColumn.LONG, 0), "", List.of()),
            ColumnReader.of(column(LogColumn.JSON, 4), "", List.of()),
            ColumnReader.of(column(LogColumn.BLOB, 4), "utf8mb4_bin", List.of()),
            ColumnReader.of(column(LogColumn.VARCHAR, 300), "", List.of()),
            ColumnReader.of(column(LogColumn.NEWDECIMAL, 10 << 8 | 2), "", List.of()),
            ColumnReader.of(column(LogColumn.DATETIME2, 6), "", List.of()),
            ColumnReader.of(column(LogColumn.ENUM, 1), "", List.of("a", "b")),
            ColumnReader.skipping(column(LogColumn.BLOB, 4)));
    return new RowReader(columns, new int[] {0, 1, 2, 3, 4, 5, 6, 7}, 8);
  }

  /** A row of that table; the JSON is {"a": [1, "x"]}. */
  private static byte[] row() {
    return hex("00"
            + "07000000"
            + "1900000000010018000b000100020c00"
            + "6102000c000501000c0a000178"
            + "03000000c3bc78"
            + "0300010203"
            + "8000000c22"
            + "99b2ff0000000007"
            + "02"
            + "020000000102")
        .get(0);
  }

  private static List<byte[]> hex(String... texts) {
    return Arrays.stream(texts).map(HexFormat.of()::parseHex).toList();
  }
}
