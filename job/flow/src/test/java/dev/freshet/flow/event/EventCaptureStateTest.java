package dev.freshet.flow.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.view.DecoderFuzz;
import dev.freshet.view.event.Positions;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventCaptureStateTest {
  private static final EventCaptureState STATE =
      new EventCaptureState(
          new EventLog.State(9, Positions.parse("orders/0:12,orders/3:4711")),
          Positions.parse("orders/4:1"),
          Horizon.NONE,
          1_769_860_800_000L,
          new long[] {3, 0});

  @Test
  void aStateRoundTrips() throws IOException {
    for (EventCaptureState state : List.of(STATE, EventCaptureState.first(2))) {
      assertThat(EventCaptureState.fromBytes(state.toBytes())).isEqualTo(state);
    }
  }

  @Test
  void anotherFormatIsRefused() {
    byte[] bytes = STATE.toBytes();
    bytes[0] = 2;
    assertThatThrownBy(() -> EventCaptureState.fromBytes(bytes))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has format 2");
  }

  @Test
  void damagedBytesAreRefusedInBoundedTimeAndMemory() {
    new DecoderFuzz()
        .with(
            "capture of events",
            EventCaptureState::fromBytes,
            IOException.class,
            List.of(STATE.toBytes()))
        .run();
  }
}
