package dev.freshet.view.declare;

/**
 * A declared view is refused. The message is one line and names the view, the construct, its line,
 * and what to write instead.
 */
public final class ViewException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ViewException(String message) {
    super(message);
  }
}
