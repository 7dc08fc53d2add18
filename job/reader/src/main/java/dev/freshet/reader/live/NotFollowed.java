package dev.freshet.reader.live;

/** A client is not taken; the message says why. */
public final class NotFollowed extends Exception {
  private static final long serialVersionUID = 1L;

  NotFollowed(String message) {
    super(message);
  }
}
