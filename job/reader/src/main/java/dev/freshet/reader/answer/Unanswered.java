package dev.freshet.reader.answer;

import java.util.Optional;
import java.util.concurrent.CompletionException;

/** Neither the projection nor MySQL gave an answer. */
public final class Unanswered extends Exception {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /** What kept MySQL from answering; the wire name stands in problems and metrics. */
  public enum Kind {
    /** Too many fallbacks run already, or were begun within this second. */
    OVERLOAD("overload"),
    /** The statement took longer than it may. */
    TIMEOUT("timeout"),
    /** No connection, or it does not answer. */
    SOURCE_UNAVAILABLE("source-unavailable"),
    /** Nobody waited any more. */
    ABANDONED("abandoned"),
    /** MySQL does not run the view's query, or gives what no answer can hold. */
    SOURCE_REFUSED("source-refused");

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

  /** What a future failed of, if it is this. */
  public static Optional<Unanswered> behind(Throwable why) {
    Throwable cause = why instanceof CompletionException ? why.getCause() : why;
    return cause instanceof Unanswered unanswered ? Optional.of(unanswered) : Optional.empty();
  }

  /** Whether MySQL might answer at another time: it is away, too slow or asked too much. */
  boolean mayPass() {
    return kind == Kind.OVERLOAD || kind == Kind.TIMEOUT || kind == Kind.SOURCE_UNAVAILABLE;
  }

  public Kind kind() {
    return kind;
  }
}
