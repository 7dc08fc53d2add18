package dev.freshet.flow.capture;

/** The source did what no view can follow. The message names it and what to do. */
public final class SourceFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SourceFault(String message) {
    super(message);
  }

  public SourceFault(String message, Throwable cause) {
    super(message, cause);
  }
}
