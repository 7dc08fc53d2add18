package dev.freshet.client;

/**
 * Hears of a key. Its methods are called one after the other, by threads of the client; while one
 * works the reader keeps the newest state alone.
 */
public interface EventListener {
  /** The key's answer, at once and whenever it changes; versions never go back. */
  void answer(Answer answer);

  /** The last answer may be out of date, until the next. */
  default void doubt(Doubt doubt) {}

  /** The stream is over: the reader refuses it, or what came is not of a reader. */
  default void failed(FreshetException cause) {}
}
