package dev.freshet.reader.answer;

import java.util.Optional;
import java.util.concurrent.CompletionException;

/** There is no answer: neither the projection nor MySQL gave one, or the key does not exist. */
public final class Unanswered extends Exception {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /** The reasons why there is no answer; the wire name is part of problems and metrics. */
  public enum Kind {
    /** Too many queries run already, or were started within this second. */
    OVERLOAD("overload"),
    /** The statement exceeded its time limit. */
    TIMEOUT("timeout"),
    /** MySQL cannot be reached or does not answer. */
    SOURCE_UNAVAILABLE("source-unavailable"),
    /** The projection of a view over events cannot answer, and there is no MySQL to ask. */
    PROJECTION_UNAVAILABLE("projection-unavailable"),
    /** A view over events has no entry of the key. */
    UNKNOWN_KEY("unknown-key"),
    /** The caller has disconnected. */
    ABANDONED("abandoned"),
    /** MySQL rejects the view's query, or returns a value that an answer cannot contain. */
    SOURCE_REFUSED("source-refused"),
    /** The answer has more bytes than an answer may have. */
    ANSWER_TOO_LARGE("answer-too-large");

    private final String wireName;

    Kind(String wireName) {
      this.wireName = wireName;
    }

    public String wireName() {
      return wireName;
    }
  }

  public Unanswered(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /**
   * Returns the {@link Unanswered} with which a future failed; empty if it failed with another
   * exception.
   */
  public static Optional<Unanswered> behind(Throwable why) {
    Throwable cause = why instanceof CompletionException ? why.getCause() : why;
    return cause instanceof Unanswered unanswered ? Optional.of(unanswered) : Optional.empty();
  }

  /** Whether the failure is temporary, such as that of a MySQL that is down or too slow. */
  boolean mayPass() {
    return kind == Kind.OVERLOAD
        || kind == Kind.TIMEOUT
        || kind == Kind.SOURCE_UNAVAILABLE
        || kind == Kind.PROJECTION_UNAVAILABLE;
  }

  public Kind kind() {
    return kind;
  }
}
