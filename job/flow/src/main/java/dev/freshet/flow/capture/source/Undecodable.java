package dev.freshet.flow.capture.source;

/** A value of the source that cannot be read. The message names table, column and row. */
public final class Undecodable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public Undecodable(String message) {
    super(message);
  }

  public Undecodable(String message, Throwable cause) {
    super(message, cause);
  }
}
