package dev.freshet.client;

import java.util.Objects;
import java.util.stream.Stream;

/**
 * The problem details (RFC 9457) of a response without an answer.
 *
 * @param status the HTTP status
 * @param detail one line that says what to do
 */
public record Problem(Kind kind, int status, String title, String detail) {
  private static final String TYPE = "urn:freshet:problem:";

  /** The kind of a problem. */
  public enum Kind {
    UNAUTHORIZED("unauthorized"),
    FORBIDDEN("forbidden"),
    UNKNOWN_ROUTE("unknown-route"),
    UNKNOWN_VIEW("unknown-view"),
    UNKNOWN_KEY("unknown-key"),
    UNKNOWN_LETTER("unknown-letter"),
    METHOD_NOT_ALLOWED("method-not-allowed"),
    BAD_REQUEST("bad-request"),
    BAD_KEY("bad-key"),
    BAD_PARAMETER("bad-parameter"),
    BAD_CURSOR("bad-cursor"),
    URI_TOO_LONG("uri-too-long"),
    REQUEST_TIMEOUT("request-timeout"),
    TOO_LARGE("too-large"),
    BODY_TOO_LARGE("body-too-large"),
    ANSWER_TOO_LARGE("answer-too-large"),
    TOO_MANY_REQUESTS("too-many-requests"),
    TOO_MANY_STREAMS("too-many-streams"),
    OVERLOAD("overload"),
    TIMEOUT("timeout"),
    SOURCE_UNAVAILABLE("source-unavailable"),
    PROJECTION_UNAVAILABLE("projection-unavailable"),
    ABANDONED("abandoned"),
    SOURCE_REFUSED("source-refused"),
    VIEW_UNAVAILABLE("view-unavailable"),
    REQUESTS_UNAVAILABLE("requests-unavailable"),
    INTERNAL("internal"),
    /** A kind that this client does not know: from a newer reader, or not from a reader. */
    OTHER("");

    private final String wireName;

    Kind(String wireName) {
      this.wireName = wireName;
    }

    /** The name in {@code type}, behind {@code urn:freshet:problem:}; empty for {@link #OTHER}. */
    public String wireName() {
      return wireName;
    }

    static Kind ofType(String type) {
      return Stream.of(values())
          .filter(kind -> type.equals(TYPE + kind.wireName))
          .findFirst()
          .orElse(OTHER);
    }
  }

  public Problem {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(title, "title");
    Objects.requireNonNull(detail, "detail");
  }

  /** Whether the same request may succeed later. */
  boolean mayPass() {
    return status == 503 || status == 429;
  }

  @Override
  public String toString() {
    return "%d %s: %s".formatted(status, title, detail);
  }
}
