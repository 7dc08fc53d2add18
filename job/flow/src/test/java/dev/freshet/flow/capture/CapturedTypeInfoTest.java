package dev.freshet.flow.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.flow.capture.inject.Intake;
import dev.freshet.flow.capture.source.Captured;
import dev.freshet.flow.capture.source.CapturedTypeInfo;
import dev.freshet.flow.log.ViewFault;
import dev.freshet.view.Reason;
import java.io.IOException;
import java.math.BigDecimal;
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
            new Captured.Change(0, 7, new Object[][] {ROW}, null, false, null, null),
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
            new LogClock.State(9, 7, "u:1-5".repeat(20_000), -1, 8, 3, List.of(5L, 9L)),
            77,
            new long[] {4, 5},
            List.of(new byte[] {1, 2}, new byte[0]),
            List.of(new ViewFault(1, Reason.SCHEMA_CHANGED, 8, "Source table db.t: …")),
            new Intake.State(3, 1, 1, List.of(new byte[] {3}, new byte[0])),
            List.of(new byte[] {6}));
    assertThat(CaptureState.fromBytes(state.toBytes())).isEqualTo(state);
  }

  @Test
  void captureStateOfAnotherFormatIsRefused() throws IOException {
    CaptureState state =
        new CaptureState(
            "abc",
            new LogClock.State(9, 7, "u:1-5", -1, 8, 3, List.of()),
            77,
            new long[0],
            List.of(),
            List.of(),
            Intake.State.NONE,
            List.of());
    byte[] bytes = state.toBytes();
    bytes[0] = 5;
    assertThat(CaptureState.fromBytes(bytes)).as("the format of release 0.1").isEqualTo(state);
    bytes[0] = 4;
    assertThatThrownBy(() -> CaptureState.fromBytes(bytes)).hasMessageContaining("submit the job");
    bytes[0] = 7;
    assertThatThrownBy(() -> CaptureState.fromBytes(bytes)).hasMessageContaining("newer version");
  }
}
