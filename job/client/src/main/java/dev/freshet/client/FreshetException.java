package dev.freshet.client;

/** A reader gave no answer. */
public abstract sealed class FreshetException extends RuntimeException
    permits ProblemException, UnreachableException {
  private static final long serialVersionUID = 1L;

  FreshetException(String message, Throwable cause) {
    super(message, cause);
  }
}
