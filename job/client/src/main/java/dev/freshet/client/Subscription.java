package dev.freshet.client;

/** A running stream of events. */
public interface Subscription extends AutoCloseable {
  /**
   * Ends the stream. No call of the listener begins afterwards; one in progress is not waited for.
   */
  @Override
  void close();
}
