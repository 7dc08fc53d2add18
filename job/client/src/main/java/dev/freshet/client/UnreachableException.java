package dev.freshet.client;

/** No reader answered in time, or what answered is none. */
public final class UnreachableException extends FreshetException {
  private static final long serialVersionUID = 1L;

  UnreachableException(String message, Throwable cause) {
    super(message, cause);
  }
}
