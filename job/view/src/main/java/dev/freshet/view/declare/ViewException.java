package dev.freshet.view.declare;

/**
 * A declared view that cannot be taken. The message is one line and names the view, the construct,
 * where it stands and what to write instead.
 */
public final class ViewException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ViewException(String message) {
    super(message);
  }
}
