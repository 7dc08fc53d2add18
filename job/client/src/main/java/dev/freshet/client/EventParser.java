package dev.freshet.client;

import java.util.Optional;

/** Parses the lines of a stream of server-sent events (WHATWG HTML, section 9.2). */
final class EventParser {
  private static final String NO_TYPE = "message";

  private final StringBuilder data = new StringBuilder();
  private String type = NO_TYPE;
  private String lastId;
  private boolean any;

  /**
   * An event.
   *
   * @param id the id of this event, or else of the last event before it that had one
   */
  record ServerSentEvent(String type, Optional<String> id, String data) {}

  /**
   * Makes a parser for one connection.
   *
   * @param lastId the last id of the connection before
   */
  EventParser(Optional<String> lastId) {
    this.lastId = lastId.orElse(null);
  }

  /**
   * Takes the next line, without its end; returns the event that the line completes, if it does.
   */
  Optional<ServerSentEvent> line(String line) {
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
        // A comment, or a field that this client does not use.
      }
    }
    return Optional.empty();
  }

  private Optional<ServerSentEvent> event() {
    Optional<ServerSentEvent> event =
        any
            ? Optional.of(new ServerSentEvent(type, Optional.ofNullable(lastId), data.toString()))
            : Optional.empty();
    data.setLength(0);
    any = false;
    type = NO_TYPE;
    return event;
  }
}
