package dev.freshet.reader.live;

/** A client could not subscribe; the message says why. */
public final class NotSubscribed extends Exception {
  private static final long serialVersionUID = 1L;

  NotSubscribed(String message) {
    super(message);
  }
}
