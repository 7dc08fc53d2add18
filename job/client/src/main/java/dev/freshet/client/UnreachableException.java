package dev.freshet.client;

/** No response came in time, or one that is not a reader's. */
public final class UnreachableException extends FreshetException {
  private static final long serialVersionUID = 1L;

  UnreachableException(String message, Throwable cause) {
    super(message, cause);
  }
}
