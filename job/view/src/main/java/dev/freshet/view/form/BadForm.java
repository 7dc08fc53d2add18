package dev.freshet.view.form;

/** A caller sent a malformed text. The message says in one line what is wrong. */
public final class BadForm extends Exception {
  private static final long serialVersionUID = 1L;

  public BadForm(String message) {
    super(message);
  }
}
