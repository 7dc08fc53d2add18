package dev.freshet.flow.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.flow.event.EventLog.State;
import dev.freshet.view.DecoderFuzz;
import dev.freshet.view.event.Positions;
import dev.freshet.view.event.RecordPosition;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventLogTest {
  private static RecordPosition at(String text) {
    return RecordPosition.parse(text);
  }

  private static Positions positions(String text) {
    return Positions.parse(text);
  }

  @Test
  void anEmptyLogProgressesOnce() {
    EventLog log = new EventLog(State.NONE, State.NONE);
    assertThat(log.progress()).isEqualTo(OptionalLong.of(1));
    assertThat(log.progress()).isEmpty();
  }

  @Test
  void progressIsTheVersionOfTheLastEvent() {
    EventLog log = new EventLog(State.NONE, State.NONE);
    assertThat(log.add(at("a/0:0"))).isEqualTo(2);
    assertThat(log.add(at("a/1:5"))).isEqualTo(3);
    assertThat(log.progress()).isEqualTo(OptionalLong.of(3));
    assertThat(log.state()).isEqualTo(new State(3, positions("a/0:0,a/1:5")));
  }

  @Test
  void aRestoredLogWithholdsProgressUntilItHasWhatTheStoreHad() {
    EventLog log =
        new EventLog(new State(5, positions("a/0:3")), new State(9, positions("a/0:4,a/1:0")));
    assertThat(log.isCatchingUp()).isTrue();
    assertThat(log.progress()).isEmpty();
    assertThat(log.add(at("a/0:4"))).isEqualTo(11);
    log.add(at("a/0:5"));
    assertThat(log.progress()).isEmpty();
    assertThat(log.awaited()).isEqualTo(positions("a/1:0"));
    log.add(at("a/1:0"));
    assertThat(log.isCatchingUp()).isFalse();
    assertThat(log.progress()).isEqualTo(OptionalLong.of(13));
  }

  @Test
  void aStoreBehindTheCheckpointIsNotAwaited() {
    EventLog log = new EventLog(new State(9, positions("a/0:4")), new State(5, positions("a/0:3")));
    assertThat(log.progress()).isEqualTo(OptionalLong.of(10));
  }

  @Test
  void recordsThatKafkaNoLongerHasAreNotAwaited() {
    EventLog log = new EventLog(State.NONE, new State(9, positions("a/0:4")));
    log.skipTo("a", 0, 4);
    assertThat(log.progress()).isEmpty();
    log.skipTo("a", 0, 5);
    assertThat(log.progress()).isEqualTo(OptionalLong.of(12));
    log.skipTo("a", 0, 3);
    assertThat(log.progress()).isEmpty();
  }

  @Test
  void aFirstStartAwaitsTheEndsOfTheTopics() {
    EventLog log = new EventLog(State.NONE, State.NONE);
    log.await(positions("a/0:1"));
    log.add(at("a/0:0"));
    assertThat(log.progress()).isEmpty();
    log.add(at("a/0:1"));
    assertThat(log.progress()).isPresent();
    assertThatThrownBy(() -> log.await(positions("a/0:7")))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void positionsArePartiallyOrdered() {
    Positions some = positions("a/0:3,b/1:0");
    assertThat(some.cover(at("a/0:3"))).isTrue();
    assertThat(some.cover(at("a/0:4"))).isFalse();
    assertThat(some.cover(at("b/0:0"))).isFalse();
    assertThat(some.cover(Positions.NONE)).isTrue();
    assertThat(some.cover(positions("a/0:2"))).isTrue();
    assertThat(some.cover(positions("a/1:0"))).isFalse();
    assertThat(positions("a/0:7").union(some)).isEqualTo(positions("a/0:7,b/1:0"));
  }

  @Test
  void textsAreSortedAndParsedBack() {
    assertThat(at("shipments/3:4711"))
        .isEqualTo(new RecordPosition("shipments", 3, 4711))
        .hasToString("shipments/3:4711");
    assertThat(positions("b/0:1,a/10:0,a/9:2")).hasToString("a/9:2,a/10:0,b/0:1");
    assertThat(positions("")).isEqualTo(Positions.NONE).hasToString("");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "shipments",
        "shipments/3",
        "shipments:3",
        "shipments/3:",
        "/3:1",
        "a b/3:1",
        "a/-1:1",
        "a/1:-1",
        "a/01:1",
        "a/1:01",
        "a/9999999999:1",
        "a/1:9999999999999999999",
        "a/1:9223372036854775807",
        " a/1:1",
        "a/1:1\n",
        "a/b/1:1"
      })
  void aTextThatIsNoPositionIsRefused(String text) {
    assertThatThrownBy(() -> RecordPosition.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("not the position of a record; write it like shipments/3:4711");
  }

  @Test
  void positionsThatNameAPartitionTwiceAreRefused() {
    assertThatThrownBy(() -> positions("a/1:1,a/1:2")).hasMessageContaining("a partition twice");
    assertThatThrownBy(() -> positions("a/1:1,")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void statesAreReadBackAndDamagedOnesRefused() throws IOException {
    State state = new State(7, positions("a/0:3,b/1:0"));
    assertThat(State.fromBytes(state.toBytes())).isEqualTo(state);
    byte[] newer = state.toBytes();
    newer[0] = 2;
    assertThatThrownBy(() -> State.fromBytes(newer)).hasMessageContaining("has format 2");
    new DecoderFuzz()
        .with("State", State::fromBytes, IOException.class, List.of(state.toBytes()))
        .run();
  }
}
