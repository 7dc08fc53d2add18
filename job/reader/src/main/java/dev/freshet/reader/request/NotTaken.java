package dev.freshet.reader.request;

/** A request was not handed over; the message says why and what to do. */
public final class NotTaken extends Exception {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /** Whose fault it is. */
  public enum Kind {
    /** Kafka is not there, or not configured. */
    UNAVAILABLE,
    /** More is asked than is handed over. */
    TOO_MANY
  }

  public NotTaken(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
