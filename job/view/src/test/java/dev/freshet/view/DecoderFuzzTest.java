package dev.freshet.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.freshet.view.declare.Planner;
import dev.freshet.view.declare.Sources;
import dev.freshet.view.form.BadForm;
import dev.freshet.view.form.TextForm;
import dev.freshet.view.gtid.GtidEvent;
import dev.freshet.view.gtid.GtidSet;
import dev.freshet.view.stream.FailureMessage;
import dev.freshet.view.stream.InvalidationMessage;
import dev.freshet.view.stream.KeyRequest;
import dev.freshet.view.stream.KeysRead;
import dev.freshet.view.stream.RequestMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Mutated messages, keys, rows, positions and texts. */
class DecoderFuzzTest {
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00.123Z");
  private static final ViewPlan PLAN =
      Planner.plan(Sources.unreadConversations(), Sources.sample());
  private static final Object[] ROW = {
    1L, null, "köy 🙂", new byte[] {0, -1, 7}, 2.5, new BigDecimal("-12.340"), "x".repeat(300)
  };
  private static final Key KEY = Key.of(3L, "köy 🙂", new BigDecimal("1.50"), new byte[] {1, 2});
  private static final FailureMessage FAILURE = failure();
  private static final String SERVER = "3e11fa47-71ca-11e1-9e33-c80aa9429562";

  private static FailureMessage failure() {
    Table table =
        new Table(
            "sample",
            "users",
            List.of(
                new Column("id", ValueType.INTEGER, false, "bigint", ""),
                new Column("name", ValueType.STRING, true, "text", "")),
            List.of(0));
    return FailureMessage.of(
        new FailureMessage.Place("job", "view", new PlanNode("u", table, -1, List.of(), true, 0)),
        Key.of(3L, 42L),
        new FailureMessage.Cause(
            Version.of(1, 12, 4567), 7, 1, Reason.UNSTORABLE, true, "it holds a NUL", NOW),
        "read",
        NOW,
        new Object[] {42L, "Ada"});
  }

  @Test
  void messages() {
    byte[] repair = KeyRequest.repair("job", PLAN, new Object[] {-5L, 7L}, NOW).toJson();
    byte[] populate = KeyRequest.populate("job", PLAN, new Object[] {5L, 7L}, NOW).toJson();
    byte[] row = KeyRequest.repairRow("job", PLAN, new Object[] {9L, 42L}, NOW).toJson();
    byte[] read = KeysRead.of("job", PLAN, List.of(List.of(1L, 2L), List.of(3L, 4L)), NOW).toJson();
    byte[] state =
        InvalidationMessage.of("job", PLAN, PLAN.viewKeyOf(5L, 7L), Reason.FAILED, 77, NOW)
            .toJson();
    DecoderFuzz.ofDenseEncodings()
        .with(
            "KeyRequest",
            json -> {
              KeyRequest request = KeyRequest.read(json);
              return request.isOfRow() ? request.rowIn(PLAN) : request.keyIn(PLAN);
            },
            IllegalArgumentException.class,
            List.of(repair, populate, row))
        .with(
            "KeysRead",
            json -> KeysRead.read(json).keysIn(PLAN),
            IllegalArgumentException.class,
            List.of(read))
        .with(
            "FailureMessage",
            json -> FailureMessage.read(json).rowKey(),
            IllegalArgumentException.class,
            List.of(FAILURE.toJson()))
        .with(
            "RequestMessage",
            json -> RequestMessage.read(json).rowKey(),
            IllegalArgumentException.class,
            List.of(RequestMessage.retry(FAILURE, NOW).toJson()))
        .with(
            "RequestMessage.row",
            json -> RequestMessage.read(json).rowKey(),
            IllegalArgumentException.class,
            DecoderFuzzTest::request,
            List.of(KEY.bytes(), Key.of(3L, 42L).bytes()))
        .with(
            "InvalidationMessage",
            InvalidationMessage::read,
            IllegalArgumentException.class,
            List.of(state))
        .with(
            "kinds of requests",
            json -> KeyRequest.isOne(json) || KeysRead.isOne(json),
            IllegalArgumentException.class,
            List.of(repair, read, RequestMessage.retry(FAILURE, NOW).toJson()))
        .run();
  }

  /** A request for the row that has these bytes as its key. */
  private static byte[] request(byte[] key) {
    return new String(RequestMessage.retry(FAILURE, NOW).toJson(), UTF_8)
        .replace(FAILURE.row(), Base64.getUrlEncoder().withoutPadding().encodeToString(key))
        .getBytes(UTF_8);
  }

  @Test
  void keysAndRows() {
    new DecoderFuzz()
        .with(
            "Key",
            bytes -> Key.ofBytes(bytes).values(),
            IllegalArgumentException.class,
            List.of(KEY.bytes(), Key.of(3L, 42L).bytes()))
        .with(
            "Values.readRow",
            bytes -> Values.readRow(new DataInputStream(new ByteArrayInputStream(bytes))),
            IOException.class,
            List.of(row(ROW), row(new Object[40])))
        .run();
  }

  private static byte[] row(Object[] row) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      Values.writeRow(row, new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  @Test
  void positions() {
    DecoderFuzz.ofDenseEncodings()
        .with(
            "GtidSet",
            text -> GtidSet.parse(new String(text, UTF_8)),
            IllegalArgumentException.class,
            List.of(
                (SERVER + ":1-3:7:tag:1-2:5, " + SERVER.replace('3', 'a') + ":9").getBytes(UTF_8),
                new byte[0]))
        .with(
            "Version",
            text -> Version.parse(new String(text, UTF_8)),
            IllegalArgumentException.class,
            List.of("1/binlog.000012:4567".getBytes(UTF_8)))
        .with(
            "GtidEvent.untagged",
            GtidEvent::untagged,
            IllegalArgumentException.class,
            events("untagged"))
        .with(
            "GtidEvent.tagged", GtidEvent::tagged, IllegalArgumentException.class, events("tagged"))
        .run();
  }

  /** Events that MySQL wrote. */
  private static List<byte[]> events(String kind) {
    try (InputStream resource = GtidSet.class.getResourceAsStream("mysql-9.7.4.txt")) {
      return new String(resource.readAllBytes(), UTF_8)
          .lines()
          .filter(line -> line.startsWith(kind + " "))
          .map(line -> HexFormat.of().parseHex(line.substring(line.lastIndexOf(' ') + 1)))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void texts() {
    DecoderFuzz fuzz = new DecoderFuzz();
    List<byte[]> samples = new ArrayList<>();
    for (String text :
        List.of(
            "42",
            "-12.50",
            "2026-01-31",
            "-838:59:59.000001",
            "2026-01-31T11:59:58.000001",
            "2026-01-31T11:59:58Z",
            "AQID")) {
      samples.add(text.getBytes(UTF_8));
    }
    for (Column column :
        List.of(
            new Column("c", ValueType.INTEGER, false, "bigint", ""),
            new Column("c", ValueType.DECIMAL, false, "decimal(65,30)", ""),
            new Column("c", ValueType.BYTES, false, "varbinary(10)", ""),
            new Column("c", ValueType.DATE, false, "date", ""),
            new Column("c", ValueType.TIME, false, "time(6)", ""),
            new Column("c", ValueType.DATETIME, false, "datetime(6)", ""),
            new Column("c", ValueType.TIMESTAMP, false, "timestamp", ""))) {
      fuzz.with(
          column.mysqlType(),
          text -> TextForm.parse(column, new String(text, UTF_8)),
          BadForm.class,
          UnaryOperator.identity(),
          samples.stream().filter(sample -> isOne(column, sample)).toList());
    }
    fuzz.run();
  }

  private static boolean isOne(Column column, byte[] sample) {
    try {
      TextForm.parse(column, new String(sample, UTF_8));
      return true;
    } catch (BadForm e) {
      return false;
    }
  }
}
