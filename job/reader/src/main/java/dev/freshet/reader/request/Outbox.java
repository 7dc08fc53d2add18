package dev.freshet.reader.request;

import dev.freshet.view.stream.KeyRequest;

/** The way to the jobs. */
public interface Outbox extends AutoCloseable {
  /**
   * Hands a message over; returns when it is safe.
   *
   * @param key messages of one stay in order
   * @throws NotTaken when it may be lost
   */
  void send(byte[] key, byte[] message) throws NotTaken;

  /** Hands a request over, likewise. */
  default void send(KeyRequest request) throws NotTaken {
    send(request.kafkaKey(), request.toJson());
  }

  @Override
  void close();
}
