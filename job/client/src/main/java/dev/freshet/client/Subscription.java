package dev.freshet.client;

/** A stream of events. */
public interface Subscription extends AutoCloseable {
  /** Ends it. A call of the listener that has begun is not waited for; none begins afterwards. */
  @Override
  void close();
}
