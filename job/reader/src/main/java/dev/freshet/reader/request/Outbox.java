package dev.freshet.reader.request;

import dev.freshet.view.stream.KeyRequest;

/** The way to the jobs. */
public interface Outbox extends AutoCloseable {
  /**
   * Hands a request over; returns when it is safe.
   *
   * @throws NotTaken when it may be lost
   */
  void send(KeyRequest request) throws NotTaken;

  @Override
  void close();
}
