package dev.freshet.flow.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.log.ViewFault;
import dev.freshet.view.Reason;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class CapturedTypeInfoTest {
  private static final Object[] ROW = {1L, "x", null, new BigDecimal("1.50"), new byte[] {1}};

  @Test
  void everyMessageComesBackAsItWas() throws IOException {
    for (Captured message :
        List.of(
            new Captured.Change(3, 0, null, new Object[][] {ROW, {2L}}),
            new Captured.Change(3, 5, new Object[][] {ROW}, new Object[][] {{}}),
            new Captured.Change(0, Long.MAX_VALUE, new Object[][] {ROW}, null),
            new Captured.Boundary(7, "u:1-5"),
            new Captured.SnapshotDone(0),
            new Captured.LostView(2, 7, Reason.UNTOLD_WRITE, "Source table db.t: …"),
            new Captured.Server("3e11fa47-71ca-11e1-9e33-c80aa9429562", 2, true, "u:1-5"),
            new Captured.BatchEnd())) {
      DataOutputSerializer out = new DataOutputSerializer(64);
      CapturedTypeInfo.Serializer.INSTANCE.serialize(message, out);
      DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
      assertThat(CapturedTypeInfo.Serializer.INSTANCE.deserialize(in)).isEqualTo(message);
      assertThat(in.available()).isZero();
    }
  }

  @Test
  void captureStateComesBackAsItWas() throws IOException {
    CaptureState state =
        new CaptureState(
            "abc",
            new LogClock.State(9, 7, "u:1-5".repeat(20_000), -1, 8, 3),
            77,
            new long[] {4, 5},
            List.of(new byte[] {1, 2}, new byte[0]),
            List.of(new ViewFault(1, Reason.SCHEMA_CHANGED, 8, "Source table db.t: …")));
    assertThat(CaptureState.fromBytes(state.toBytes())).isEqualTo(state);
  }

  @Test
  void captureStateFromBeforeInjectionsIsTakenUp() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeByte(1);
    out.writeUTF("abc");
    out.writeLong(9);
    out.writeInt(5);
    out.writeChars("u:1-5");
    out.writeLong(4);
    out.writeLong(8);
    out.writeLong(3);
    out.writeLong(77);
    assertThat(CaptureState.fromBytes(bytes.toByteArray()))
        .isEqualTo(
            new CaptureState(
                "abc",
                new LogClock.State(9, 9, "u:1-5", 4, 8, 3),
                77,
                new long[0],
                List.of(),
                List.of()));
  }

  @Test
  void captureStateFromBeforeFaultsIsTakenUp() throws IOException {
    CaptureState state =
        new CaptureState(
            "abc",
            new LogClock.State(9, 7, "u:1-5", -1, 8, 3),
            77,
            new long[] {4, 5},
            List.of(new byte[] {1, 2}),
            List.of());
    byte[] now = state.toBytes();
    // What the format before had not is the number of faults, at the end.
    byte[] before = Arrays.copyOf(now, now.length - Integer.BYTES);
    before[0] = 2;
    assertThat(CaptureState.fromBytes(before)).isEqualTo(state);
  }
}
