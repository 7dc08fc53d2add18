package dev.freshet.client;

/**
 * Receives the events of a key's stream. The client calls one method at a time, in threads of its
 * own. While a method runs, the reader keeps only the newest event for this stream.
 */
public interface EventListener {
  /**
   * Called with the key's current answer when the stream begins, and whenever the answer changes.
   * Versions never decrease.
   */
  void answer(Answer answer);

  /** Called when the last answer may be out of date; the next answer ends this. */
  default void doubt(Doubt doubt) {}

  /**
   * Called when the stream ended because the reader refuses it, or because the response is not a
   * reader's. No call follows.
   */
  default void failed(FreshetException cause) {}
}
