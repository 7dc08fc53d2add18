package dev.freshet.reader.request;

/**
 * A request was not handed over to Kafka, or dead letters were not read from it. The message says
 * why, and what to do.
 */
public final class NotTaken extends Exception {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /** Why a request was not handed over. */
  public enum Kind {
    /** Kafka does not answer, or is not configured. */
    UNAVAILABLE,
    /** The limit of requests is exceeded. */
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
