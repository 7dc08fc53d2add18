package dev.freshet.view.form;

/** A text that a caller sent is not what it should be; the message says why, in one line. */
public final class BadForm extends Exception {
  private static final long serialVersionUID = 1L;

  public BadForm(String message) {
    super(message);
  }
}
