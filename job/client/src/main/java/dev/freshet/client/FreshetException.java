package dev.freshet.client;

/** A call or a stream got no answer from a reader. */
public abstract sealed class FreshetException extends RuntimeException
    permits ProblemException, UnreachableException {
  private static final long serialVersionUID = 1L;

  FreshetException(String message, Throwable cause) {
    super(message, cause);
  }
}
