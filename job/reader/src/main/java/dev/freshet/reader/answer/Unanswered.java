package dev.freshet.reader.answer;

/** Neither the projection nor MySQL gave an answer. */
public final class Unanswered extends Exception {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /** What kept MySQL from answering; the wire name stands in problems and metrics. */
  public enum Kind {
    /** Too many fallbacks run already. */
    OVERLOAD("overload"),
    /** The statement took longer than it may. */
    TIMEOUT("timeout"),
    /** No connection. */
    SOURCE_UNAVAILABLE("source-unavailable"),
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

  public Kind kind() {
    return kind;
  }
}
