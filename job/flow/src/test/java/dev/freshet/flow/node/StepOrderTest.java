package dev.freshet.flow.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.log.Event;
import dev.freshet.view.Key;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StepOrderTest {
  private static final Key ONE = Key.of(0L, 1L);
  private static final Key TWO = Key.of(0L, 2L);

  @Test
  void stepsAreDoneInTheOrderOfTheirWatermarks() {
    Steps steps = new Steps();
    steps.come(10);
    steps.come(20);

    assertThat(steps.current()).hasValue(10);
    steps.stepDone();
    assertThat(steps.current()).hasValue(20);
    steps.stepDone();
    assertThat(steps.current()).isEmpty();
  }

  @Test
  void keysAreDoneInTheOrderOfTheMap() {
    Steps steps = new Steps();
    steps.come(10);
    steps.begin(due(deleted(ONE), deleted(TWO)));
    steps.keyDone();

    assertThat(steps.key().getKey()).isEqualTo(TWO);
    steps.keyDone();
    assertThat(steps.key()).isNull();
  }

  private static Event deleted(Key key) {
    return new Event.RowChange(key, 5, 0, null);
  }

  private static Map<Key, List<Event>> due(Event... events) {
    Map<Key, List<Event>> due = new LinkedHashMap<>();
    for (Event event : events) {
      due.put(event.key(), List.of(event));
    }
    return due;
  }
}
