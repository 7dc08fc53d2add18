package dev.freshet.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.client.EventParser.ServerSentEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventParserTest {
  @Test
  void parsesLinesIntoEvents() {
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
            new ServerSentEvent("message", Optional.of("a:1"), "x"),
            new ServerSentEvent("doubt", Optional.of("a:1"), "y\nz"),
            new ServerSentEvent("message", Optional.of("a:1"), ""));
  }

  @Test
  void anIncompleteEventIsIgnored() {
    assertThat(events("id: a:2", "data: x")).isEmpty();
  }

  private static List<ServerSentEvent> events(String... lines) {
    EventParser parser = new EventParser(Optional.of("a:0"));
    List<ServerSentEvent> events = new ArrayList<>();
    for (String line : lines) {
      parser.line(line).ifPresent(events::add);
    }
    return events;
  }
}
