package dev.freshet.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.client.EventParser.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventParserTest {
  @Test
  void makesEventsOfLines() {
    assertThat(
            events(
                "retry: 1000",
                "",
                ":",
                "id: a:1",
                "data: x",
                "",
                "event: doubt",
                "data:y",
                "data: z",
                "unknown: 1",
                "",
                "data",
                ""))
        .containsExactly(
            new Event("message", Optional.of("a:1"), "x"),
            new Event("doubt", Optional.of("a:1"), "y\nz"),
            new Event("message", Optional.of("a:1"), ""));
  }

  @Test
  void anEventThatWasCutOffIsNone() {
    assertThat(events("id: a:2", "data: x")).isEmpty();
  }

  private static List<Event> events(String... lines) {
    EventParser parser = new EventParser(Optional.of("a:0"));
    List<Event> events = new ArrayList<>();
    for (String line : lines) {
      parser.line(line).ifPresent(events::add);
    }
    return events;
  }
}
