package dev.freshet.client;

import java.util.Optional;

/** Makes events of the lines of a stream, as HTML's server-sent events are written. */
final class EventParser {
  private static final String NO_TYPE = "message";

  private final StringBuilder data = new StringBuilder();
  private String type = NO_TYPE;
  private String lastId;
  private boolean any;

  /**
   * An event.
   *
   * @param id of the last event that had one, up to this
   */
  record Event(String type, Optional<String> id, String data) {}

  /**
   * A parser for one connection.
   *
   * @param lastId of the connection before
   */
  EventParser(Optional<String> lastId) {
    this.lastId = lastId.orElse(null);
  }

  /** Takes a line without its end; an empty one may complete an event. */
  Optional<Event> line(String line) {
    if (line.isEmpty()) {
      return event();
    }
    int colon = line.indexOf(':');
    String field = colon < 0 ? line : line.substring(0, colon);
    String value = colon < 0 ? "" : line.substring(colon + 1);
    value = value.startsWith(" ") ? value.substring(1) : value;
    switch (field) {
      case "data" -> {
        if (any) {
          data.append('\n');
        }
        data.append(value);
        any = true;
      }
      case "event" -> type = value.isEmpty() ? NO_TYPE : value;
      case "id" -> lastId = value;
      default -> {
        // A comment, or a field that is not for this client.
      }
    }
    return Optional.empty();
  }

  private Optional<Event> event() {
    Optional<Event> event =
        any
            ? Optional.of(new Event(type, Optional.ofNullable(lastId), data.toString()))
            : Optional.empty();
    data.setLength(0);
    any = false;
    type = NO_TYPE;
    return event;
  }
}
