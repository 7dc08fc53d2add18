package dev.freshet.reader.http;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * An error for the caller (RFC 9457): {@code type} is {@code urn:freshet:problem:} and the kind's
 * wire name, {@code detail} is one line for humans. Never contains a stack trace, a statement or a
 * secret.
 */
public record Problem(Kind kind, String detail) {
  /** The media type of {@link #json}. */
  public static final String MEDIA_TYPE = "application/problem+json";

  private static final JsonMapper JSON = new JsonMapper();

  /** The kinds of errors, with their wire name, HTTP status and title. */
  public enum Kind {
    UNAUTHORIZED("unauthorized", 401, "Token missing or wrong"),
    FORBIDDEN("forbidden", 403, "The token does not allow it"),
    UNKNOWN_ROUTE("unknown-route", 404, "Unknown path"),
    UNKNOWN_VIEW("unknown-view", 404, "Unknown view"),
    UNKNOWN_KEY("unknown-key", 404, "Unknown key"),
    UNKNOWN_LETTER("unknown-letter", 404, "Unknown dead letter"),
    METHOD_NOT_ALLOWED("method-not-allowed", 405, "Method not allowed"),
    BAD_REQUEST("bad-request", 400, "Request not understood"),
    BAD_KEY("bad-key", 400, "Key not understood"),
    BAD_PARAMETER("bad-parameter", 400, "Parameter not understood"),
    BAD_CURSOR("bad-cursor", 400, "Cursor not understood"),
    URI_TOO_LONG("uri-too-long", 414, "Path too long"),
    REQUEST_TIMEOUT("request-timeout", 408, "Request not complete in time"),
    TOO_LARGE("too-large", 431, "Request too large"),
    BODY_TOO_LARGE("body-too-large", 413, "Body too large"),
    ANSWER_TOO_LARGE("answer-too-large", 413, "Answer too large"),
    TOO_MANY_REQUESTS("too-many-requests", 429, "Too many requests"),
    OVERLOAD("overload", 503, "Too much to do at once"),
    TIMEOUT("timeout", 503, "MySQL did not answer in time"),
    SOURCE_UNAVAILABLE("source-unavailable", 503, "MySQL does not answer"),
    PROJECTION_UNAVAILABLE("projection-unavailable", 503, "The projection cannot answer"),
    ABANDONED("abandoned", 503, "The caller left"),
    SOURCE_REFUSED("source-refused", 502, "MySQL cannot answer the view's query"),
    TOO_MANY_STREAMS("too-many-streams", 503, "Too many event streams"),
    VIEW_UNAVAILABLE("view-unavailable", 503, "The view cannot be served"),
    REQUESTS_UNAVAILABLE("requests-unavailable", 503, "The request cannot be sent to the job"),
    INTERNAL("internal", 500, "The reader failed");

    private final String wireName;
    private final int status;
    private final String title;

    Kind(String wireName, int status, String title) {
      this.wireName = wireName;
      this.status = status;
      this.title = title;
    }

    public String wireName() {
      return wireName;
    }

    public int status() {
      return status;
    }
  }

  public Problem {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(detail, "detail");
  }

  /** Returns the response body. */
  public byte[] json() {
    ObjectNode body = JSON.createObjectNode();
    body.put("type", "urn:freshet:problem:" + kind.wireName);
    body.put("title", kind.title);
    body.put("status", kind.status);
    body.put("detail", detail);
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Returns an exception with this problem, to be thrown by a handler. */
  Refused refused() {
    return new Refused(this);
  }

  /** Ends the handling of a request with a problem. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    private Refused(Problem problem) {
      super(problem.detail(), null, false, false);
      this.problem = problem;
    }

    Problem problem() {
      return problem;
    }
  }
}
